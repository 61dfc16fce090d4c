"""Release tools: version gate, notes, check, dependency matrix, build hook."""
