"""The proof: one file for each question about the contract. See ARCHITECTURE.md for the list."""
