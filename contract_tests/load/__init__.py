"""Load on the mock: `make soak` and `make bench-mock`."""
