"""Proposals: overlays that bring the description in line with what was seen."""
