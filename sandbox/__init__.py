"""A local exchange for tests and offline backtests: Binance's public spot API on loopback.

Use `sandbox.exchange.LocalExchange` and `sandbox.server.running` from a test, and
``python -m sandbox`` from a shell. Nothing is imported here, so that the command starts fast.
"""
