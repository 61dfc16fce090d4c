"""Drift: what exchanges have that the description does not say, and what the client makes of it."""
