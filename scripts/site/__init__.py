"""From the description to the reference site: what `scripts/docs.py` drives."""
