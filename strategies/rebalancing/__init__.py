"""Keeps the target weights of a portfolio: decisions, plans and rounds, without a framework."""

from rebalancing.version import SUPPORTED_FREQTRADE, __version__

__all__ = ["SUPPORTED_FREQTRADE", "__version__"]
