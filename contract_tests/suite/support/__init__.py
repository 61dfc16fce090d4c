"""What several questions share: the description at hand, raw exchanges, links, and what drives schemathesis."""
