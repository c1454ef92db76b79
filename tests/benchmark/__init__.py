"""What SmartRebalance costs: whole freqtrade processes against bare strategies, by ratio."""
