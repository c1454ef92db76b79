"""The keys an exchange wants before it lets anyone trade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ccxt

# ccxt's name of a credential: freqtrade's in the configuration, the usual one first.
_NAMES = {
    "apiKey": ("key", "api_key", "apiKey"),
    "secret": ("secret",),
    "password": ("password",),
    "uid": ("uid",),
    "accountId": ("account_id", "accountId"),
    "walletAddress": ("wallet_address", "walletAddress"),
    "privateKey": ("private_key", "privateKey"),
}


def missing_credentials(exchange: Mapping[str, Any]) -> list[str]:
    """Name the credentials that the exchange needs and the configuration lacks.

    Parameters
    ----------
    exchange : mapping
        The block "exchange" of freqtrade's configuration.

    Returns
    -------
    list of str
        Keys of that block, such as "key" and "secret"; their values are looked at nowhere else.
    """
    required = getattr(ccxt, str(exchange["name"]).lower())().requiredCredentials
    direct = {**exchange.get("ccxt_config", {}), **exchange.get("ccxt_sync_config", {})}
    return [
        names[0]
        for credential, names in _NAMES.items()
        if required.get(credential)
        and not direct.get(credential)
        and not any(exchange.get(name) for name in names)
    ]
