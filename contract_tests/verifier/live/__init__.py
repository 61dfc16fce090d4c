"""Live verification: send a printed plan through one local proxy that holds the key, counts, caps and records."""
