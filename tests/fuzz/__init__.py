"""Random configurations: each ends with an error that names a remedy, or runs as configured.

Random policies: the explorer says what freqtrade's own backtest makes of each.
"""
