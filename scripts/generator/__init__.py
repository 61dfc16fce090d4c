"""From the description to the client's source: what `scripts/generate.py` drives."""
