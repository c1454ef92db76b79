"""Rounds, targets and weights on freqtrade's charts."""
