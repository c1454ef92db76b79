"""What a backtest or a bot did, read back from what it left behind."""
