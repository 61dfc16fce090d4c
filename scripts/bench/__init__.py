"""`make bench`: what a call costs with this client and with others, measured side by side in one interleaved run."""
