"""Can drift detection fail? Exchanges whose drift is known before anybody looks, and exchanges that have none."""
