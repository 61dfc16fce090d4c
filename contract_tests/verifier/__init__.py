"""`make verify`: ask a target, hold what it answers against the description, and report."""
