"""Keeps the target weights of a portfolio: decisions, plans and rounds, without a framework."""

from rebalancing.config.policy_words import describe
from rebalancing.config.schema import config_schema
from rebalancing.config.settings import Settings, read_settings
from rebalancing.version import SUPPORTED_FREQTRADE, __version__

__all__ = [
    "SUPPORTED_FREQTRADE",
    "Settings",
    "__version__",
    "config_schema",
    "describe",
    "read_settings",
]
