"""How the client behaves beyond the contract: repeating, waiting, options, secrets, types."""
