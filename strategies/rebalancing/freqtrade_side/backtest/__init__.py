"""freqtrade's backtest and hyperopt."""
