"""The version of the package, and the versions of freqtrade it was tested with."""

__version__ = "0.1.0"

SUPPORTED_FREQTRADE = ("2026.9",)
