"""Exchanges with known drift, and exchanges without drift, made from the description by mutation."""
