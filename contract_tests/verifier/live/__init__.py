"""Live verification: an explicit plan, sent through one proxy that holds the key, counts, caps and records."""
