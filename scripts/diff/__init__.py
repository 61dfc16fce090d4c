"""What a change of the description means for its users."""
