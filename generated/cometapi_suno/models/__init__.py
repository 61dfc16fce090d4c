"""Models and open enums, one module each. The package exports them lazily."""
