"""How fast the mock is: its budgets, measured next to Prism and to the mock's server without the mock."""
