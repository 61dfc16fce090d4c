"""The contract suite: every test of the client, the mock and the verifier."""
