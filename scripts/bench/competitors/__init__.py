"""What is compared: each module makes one family of clients do the same work."""
