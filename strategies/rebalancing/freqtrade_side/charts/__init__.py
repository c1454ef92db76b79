"""What freqtrade's charts show."""
