"""A bot that trades, in dry-run and live."""
