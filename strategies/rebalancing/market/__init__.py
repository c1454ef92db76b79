"""What is held, what it is worth, and what the exchange allows."""
