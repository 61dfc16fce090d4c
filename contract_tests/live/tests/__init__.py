"""The live tools, tried out on a stand-in on this machine. Nothing here reaches the service."""
