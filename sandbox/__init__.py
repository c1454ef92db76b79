"""A local exchange for tests and offline backtests: Binance's spot API on loopback.

The exchange is in `exchange`, what it is asked and answers in `binance`, the server in `serving`;
from a shell it is ``python -m sandbox``. Nothing is imported here, so that the command starts fast.
"""
