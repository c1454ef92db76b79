"""What is so now: prices, balances, rules, and what the bot left; for it and beside it."""
