"""Start freqtrade for the user, on a local exchange or his own, and say how it goes."""
