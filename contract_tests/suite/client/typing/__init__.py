"""Calls as users write them, read by type checkers and never run."""
