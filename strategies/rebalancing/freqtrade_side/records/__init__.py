"""What a bot has written: orders, state, journal, commands; read by whoever asks."""
