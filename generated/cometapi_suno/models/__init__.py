"""Models and open enums, one module each. They are exported lazily by the package."""
