"""Watches the documents that the description was made from: which page changed, and which claims rest on it."""
