"""What may be wrong with a configuration: one line each, with key, rule, value and remedy."""
