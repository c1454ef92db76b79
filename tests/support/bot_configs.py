"""Configurations of bots that trade on the local exchange."""

import json
import secrets
import socket
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.serving.server import LOOPBACK
from tests.support.builders import PROJECT
from tests.support.flat_candles import TIMEFRAME

_CCXT = {
    # All pairs in one request are worth two seconds of Binance's limit; here nobody counts.
    "enableRateLimit": False,
    "timeout": 2_000,
    "options": {"recvWindow": 1_000},
}


def make_bot_config(
    rebalance: Mapping[str, Any], assets: Sequence[str], kind: str = "market", **overrides: Any
) -> dict[str, Any]:
    """Build the user's config.json with another ``rebalance`` block, for short loops.

    Parameters
    ----------
    kind
        ``market``, ``limit`` (which takes the other side's price) or ``maker`` (which joins its
        own side).
    """
    config: dict[str, Any] = json.loads((PROJECT / "config.json").read_text())
    order = "market" if kind == "market" else "limit"
    pricing = {"price_side": "same" if kind == "maker" else "other"}
    timeout = 20 if kind == "maker" else 2  # a third of the shortest patience of a maker
    config |= {
        "strategy_path": str(PROJECT / "strategies"),
        "timeframe": TIMEFRAME,
        "max_open_trades": max(1, len(assets)),
        "initial_state": "running",
        "order_types": config["order_types"] | {"entry": order, "exit": order},
        "entry_pricing": pricing,
        "exit_pricing": pricing,
        "unfilledtimeout": {"entry": timeout, "exit": timeout, "unit": "seconds"},
        "internals": {"heartbeat_interval": 1e-6},  # every loop says so
        "rebalance": {"cooldown": "0m", **rebalance},
        **overrides,
    }
    pairs = [f"{asset}/{config['stake_currency']}" for asset in assets]
    config["exchange"] = {"name": "binance", "pair_whitelist": pairs, "ccxt_config": _CCXT}
    return config


def with_api(config: Mapping[str, Any]) -> dict[str, Any]:
    """Add freqtrade's REST API on loopback, with a password nobody knows."""
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port = free.getsockname()[1]
    return {
        **config,
        "api_server": {
            "enabled": True,
            "listen_ip_address": LOOPBACK,
            "listen_port": port,
            "verbosity": "error",
            "jwt_secret_key": secrets.token_hex(32),
            "username": "bot",
            "password": secrets.token_hex(16),
        },
    }
