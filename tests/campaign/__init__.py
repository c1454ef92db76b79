"""Random prices, faults, kills and restarts against the real ``freqtrade trade``."""
