"""From the description to the reference site: what `scripts/docs_site/__main__.py` drives."""
