"""How fast the mock is: what it promises, measured beside Prism."""
