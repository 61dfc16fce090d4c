"""HTTP exchanges: their form on disk, sanitizing, calls made from examples, and the targets that produce exchanges."""
