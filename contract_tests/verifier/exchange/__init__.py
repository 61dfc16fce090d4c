"""Exchanges: their form on disk, HAR import, sanitizing, and the targets that give them."""
