"""Settings of a dry-run on the local exchange, in place of the user's."""

import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.binance.overlay import overlay
from sandbox.serving.server import LOOPBACK

TIMEFRAME = "1m"
"""The shortest there is, so that as much as possible happens."""

POLICY: Mapping[str, Any] = {
    "period": "1m",
    "threshold": 0.01,
    "threshold_kind": "absolute",
    "combine": "or",
    "cooldown": "0m",
    # Rounds as often as these are beyond the limits of a normal day.
    "limits": {"day_rounds": 100_000, "day_turnover": 100_000},
}
"""In place of the user's, which may not start a round for days."""

_MESSENGERS = ("telegram", "webhook", "discord")


@dataclass(frozen=True)
class RestApi:
    """freqtrade's REST API for one session: address, name and password."""

    port: int
    password: str
    user: str = "rebalance"

    @classmethod
    def fresh(cls) -> "RestApi":
        """Choose a free port and a new password."""
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            return cls(probe.getsockname()[1], secrets.token_urlsafe(12))

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{LOOPBACK}:{self.port}/api/v1"


def dry_run_settings(
    config: Mapping[str, Any], exchange_url: str, api: RestApi, database: Path
) -> dict[str, Any]:
    """Return what to merge over a configuration for a dry-run on the local exchange.

    Parameters
    ----------
    config
        The user's, merged.
    exchange_url
        Where the local exchange runs.
    api
        freqtrade's REST API.
    database
        Where the bot keeps its trades.
    """
    return {
        **overlay(exchange_url, config),
        "dry_run": True,
        "initial_state": "running",
        "timeframe": TIMEFRAME,
        "db_url": f"sqlite:///{database}",
        "rebalance": dict(POLICY),
        "api_server": {
            "enabled": True,
            "listen_ip_address": LOOPBACK,
            "listen_port": api.port,
            "verbosity": "error",
            "username": api.user,
            "password": api.password,
            "jwt_secret_key": secrets.token_hex(32),
            "ws_token": secrets.token_urlsafe(24),
            "CORS_origins": [],
        },
        **{name: {"enabled": False} for name in _MESSENGERS if name in config},
    }
