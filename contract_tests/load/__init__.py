"""Load on servers: `make soak` checks every answer under load, `make bench-mock` measures how fast the mock is."""
