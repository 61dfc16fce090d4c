"""What a description may use: the rows of the generator's README, each with a small description that uses it."""
