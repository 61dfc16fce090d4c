"""The soak catches what it is there for, and lets nothing near the live service."""
