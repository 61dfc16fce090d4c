"""What becomes slower when the description grows: `make growth` makes larger ones in our style and measures."""
