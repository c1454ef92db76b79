"""How Binance's spot API says it: paths, parameters, signatures, codes, limits, answers."""
