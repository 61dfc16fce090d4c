"""The docs site: from the guides and the description to HTML pages. `python -m scripts.docs_site` builds it."""
