"""The faces of the clients, one module per resource."""
