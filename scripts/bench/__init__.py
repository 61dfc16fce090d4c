"""`make bench` compares what a call costs with this client and with others; `make growth` shows how the costs grow."""
