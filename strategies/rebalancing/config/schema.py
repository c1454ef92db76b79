"""The JSON schema of the configuration, for editors."""

from __future__ import annotations

from typing import Any

from rebalancing.config.settings import Settings


def config_schema() -> dict[str, Any]:
    """Return the JSON schema of a configuration file with a ``rebalance`` block.

    Notes
    -----
    freqtrade's own keys are left to freqtrade's schema; everything beside the block is allowed.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "freqtrade configuration with a rebalance block",
        "type": "object",
        "required": ["rebalance"],
        "properties": {"rebalance": Settings.model_json_schema()},
    }
