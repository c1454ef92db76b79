"""The configuration that turns freqtrade's Binance class to the local exchange and nowhere else."""

from collections.abc import Mapping
from typing import Any

from sandbox.exchange.errors import SandboxError
from sandbox.exchange.keys import Keys

CREDENTIALS = (
    "key",
    "api_key",
    "apiKey",
    "secret",
    "password",
    "uid",
    "account_id",
    "accountId",
    "wallet_address",
    "walletAddress",
    "private_key",
    "privateKey",
)
# Every address ccxt's binance class knows, with its path on the exchange.
_PATHS = {
    "public": "api/v3",
    "private": "api/v3",
    "v1": "api/v1",
    "sapi": "sapi/v1",
    "sapiV2": "sapi/v2",
    "sapiV3": "sapi/v3",
    "sapiV4": "sapi/v4",
    "papi": "papi/v1",
    "papiV2": "papi/v2",
    "eapiPublic": "eapi/v1",
    "eapiPrivate": "eapi/v1",
    "dapiData": "futures/data",
    "dapiPublic": "dapi/v1",
    "dapiPrivate": "dapi/v1",
    "dapiPrivateV2": "dapi/v2",
    "fapiData": "futures/data",
    "fapiPublic": "fapi/v1",
    "fapiPublicV2": "fapi/v2",
    "fapiPublicV3": "fapi/v3",
    "fapiPrivate": "fapi/v1",
    "fapiPrivateV2": "fapi/v2",
    "fapiPrivateV3": "fapi/v3",
}
_STREAMS = (
    "spot",
    "margin",
    "linear",
    "inverse",
    "stock",
    "option",
    "optionMarket",
    "optionPrivate",
    "papi",
)
_STREAM_CALLS = ("spot", "linear", "inverse")


_KEY_NAMES = ("key", "api_key", "apiKey")  # the later ones beat the first


def overlay(url: str, config: Mapping[str, Any], keys: Keys | None = None) -> dict[str, Any]:
    """Return what to merge over a configuration so that freqtrade talks to the local exchange.

    Parameters
    ----------
    url
        Where the exchange runs, without a slash at the end.
    config
        The configuration it will be merged over, already merged itself. None of its values are
        repeated in the result.
    keys
        The sandbox's keys, for trading. None: no keys at all.

    Raises
    ------
    SandboxError
        If a value of `config` is of a kind that freqtrade cannot merge over, or holds credentials
        where they would beat `keys`.

    Notes
    -----
    freqtrade merges deeply and cannot remove a key. So whatever the user wrote for ccxt (proxies,
    hosts, keys, headers, other addresses) is named again here and emptied.
    """
    theirs = _map(config, "exchange", "")
    ours = _ccxt_settings(url)
    exchange: dict[str, Any] = {
        "name": "binance",
        "enable_ws": False,
        "demo_trading": False,
        # Or freqtrade fetches fine candles from Binance's public archive, past ccxt.
        "only_from_ccxt": True,
    }
    exchange.update(dict.fromkeys(CREDENTIALS, ""))
    if keys is not None:
        exchange |= {**dict.fromkeys(_KEY_NAMES, keys.key), "secret": keys.secret}
    for key in ("ccxt_config", "ccxt_sync_config", "ccxt_async_config"):
        given = _map(theirs, key, "exchange.")
        if keys is not None:
            _check_no_credentials(given, f"exchange.{key}")
        exchange[key] = _emptied(given, ours, f"exchange.{key}", complete=key == "ccxt_config")
    return {"exchange": exchange}


def _ccxt_settings(url: str) -> dict[str, Any]:
    stream = "ws" + url.removeprefix("http")
    addresses: dict[str, Any] = {name: f"{url}/{path}" for name, path in _PATHS.items()}
    addresses["ws"] = dict.fromkeys(_STREAMS, stream)
    addresses["ws"]["ws-api"] = dict.fromkeys(_STREAM_CALLS, stream)
    return {
        "urls": {"api": addresses},
        "options": {
            "fetchMarkets": {"types": ["spot"]},
            "fetchCurrencies": False,
            "fetchMargins": False,
        },
    }


def _check_no_credentials(given: Mapping[str, Any], path: str) -> None:
    # They win over exchange.key, and freqtrade writes all of these settings to its log.
    for name in CREDENTIALS:
        if name in given:
            raise SandboxError(f"{path}.{name}: keys belong into exchange.key and exchange.secret")


def _map(parent: Mapping[str, Any], key: str, prefix: str) -> Mapping[str, Any]:
    found = parent.get(key, {})
    if not isinstance(found, Mapping):
        raise SandboxError(f"{prefix}{key}: must be an object, is {_kind(found)}")
    return found


def _emptied(
    theirs: Mapping[str, Any], ours: Mapping[str, Any], path: str, complete: bool = False
) -> dict[str, Any]:
    """Return ours where both have a key, nothing where only they have it.

    With `complete`, also what only we have.
    """
    result = dict(ours) if complete else {}
    for key, value in theirs.items():
        here = f"{path}.{key}"
        if key not in ours:
            result[key] = _nothing(value, "" if key == "headers" else None)
        elif not isinstance(ours[key], Mapping):
            result[key] = ours[key]
        elif isinstance(value, Mapping):
            result[key] = _emptied(value, ours[key], here, complete)
        elif key == "fetchMarkets" and isinstance(value, list):
            result[key] = ours[key]["types"]  # the older way to write the same
        else:
            raise SandboxError(
                f"{here}: {_kind(value)} cannot be replaced by the local exchange; remove it"
            )
    return result


def _nothing(value: Any, text: str | None) -> Any:
    # Numbers stay: no host and no key is a number.
    if isinstance(value, Mapping):
        return {
            key: _nothing(inner, "" if key == "headers" else text) for key, inner in value.items()
        }
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return value
    return [] if isinstance(value, list) else text


def _kind(value: Any) -> str:
    return {type(None): "null", str: "text", list: "a list"}.get(type(value), "a plain value")
