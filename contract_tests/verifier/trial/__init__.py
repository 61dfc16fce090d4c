"""Trial: whether proposals can be accepted, on a copy of the description and with the client that it gives."""
