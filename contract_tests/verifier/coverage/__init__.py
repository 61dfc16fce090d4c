"""Coverage: which parts of the description were exercised, and by whom."""
