"""The reference site: from the description to HTML pages. `python -m scripts.docs_site` builds it."""
