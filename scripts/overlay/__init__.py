"""`make apply-overlay`: merge an OpenAPI Overlay into the description."""
