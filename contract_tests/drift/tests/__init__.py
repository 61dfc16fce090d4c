"""Do recordings, drift detection, proposals and coverage do what they say?"""
