"""Keeps the target weights of a portfolio: decisions, plans and rounds, without a framework."""

from rebalancing.policy_words import describe
from rebalancing.schema import config_schema
from rebalancing.settings import Settings, read_settings
from rebalancing.version import SUPPORTED_FREQTRADE, __version__

__all__ = [
    "SUPPORTED_FREQTRADE",
    "Settings",
    "__version__",
    "config_schema",
    "describe",
    "read_settings",
]
