"""The tools a maintainer runs: one module per verb of the Makefile."""
