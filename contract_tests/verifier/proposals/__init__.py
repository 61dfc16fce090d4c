"""Proposals: overlay actions that would make the description say what was found."""
