"""The mock gateway, the verifier, the load tools, and the suite: one test file for each question about the contract."""
