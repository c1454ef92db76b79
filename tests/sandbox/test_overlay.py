"""The overlay: freqtrade reaches the local exchange and nothing else, without a user's keys."""

import json
from collections.abc import Iterator
from typing import Any

import ccxt
import ccxt.pro
import pytest
from freqtrade.configuration.config_secrets import _SENSITIVE_KEYS
from freqtrade.misc import deep_merge_dicts
from freqtrade.resolvers import ExchangeResolver

from rebalancing.launch.configuration import child_environment
from sandbox.binance.dialect import Binance
from sandbox.binance.overlay import CREDENTIALS, overlay
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.local_exchange import LocalExchange
from sandbox.serving.server import running

SECRET = "c0ffee-secret"


def user_config() -> dict[str, Any]:
    return {
        "dry_run": True,
        "runmode": "other",
        "stake_currency": "USDT",
        "entry_pricing": {"price_side": "same"},
        "exit_pricing": {"price_side": "same"},
        "exchange": {
            "name": "kraken",
            **dict.fromkeys(CREDENTIALS, SECRET),
            "demo_trading": True,
            "pair_whitelist": ["BTC/USDT"],
            "ccxt_config": {
                "apiKey": SECRET,
                "httpsProxy": f"http://{SECRET}:1",
                "sandbox": True,
                "timeout": 10_000,
                "urls": {"api": {"public": "https://api.kraken.com", "zone": "https://kraken.com"}},
                "options": {"fetchMarkets": ["spot", "linear"], "testnet": True},
            },
            "ccxt_sync_config": {"secret": SECRET, "proxies": {"http": f"http://{SECRET}"}},
            "ccxt_async_config": {
                "headers": {"X-Key": SECRET},
                "aiohttp_trust_env": True,
                "urls": {"api": {"public": "https://api.binance.com/api/v3"}},
            },
        },
    }


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def test_the_overlay_repeats_no_value_of_the_user() -> None:
    written = json.dumps(overlay("http://127.0.0.1:1", user_config()))
    assert SECRET not in written
    assert "kraken" not in written


def test_every_credential_freqtrade_knows_is_blanked() -> None:
    known = {key.removeprefix("exchange.") for key in _SENSITIVE_KEYS if "exchange." in key}
    assert known <= set(CREDENTIALS)


@pytest.mark.parametrize("module", [ccxt, ccxt.pro], ids=["ccxt", "ccxt.pro"])
def test_every_address_ccxt_knows_is_replaced(module: Any) -> None:
    made = overlay("http://127.0.0.1:1", {})["exchange"]["ccxt_config"]
    addresses = list(texts(module.binance(made).urls["api"]))
    assert addresses
    assert all(address.split("://")[1].startswith("127.0.0.1:1") for address in addresses)


def test_freqtrade_runs_merged_with_the_worst_of_configurations() -> None:
    with running(LocalExchange(["BTC/USDT"]), Binance()) as url:
        config = user_config()
        merged = deep_merge_dicts(overlay(url, config), config)
        exchange = ExchangeResolver.load_exchange(merged, validate=True)
        try:
            assert list(exchange.markets) == ["BTC/USDT"]
            for api in (exchange._api, exchange._api_async):
                hosts = [text.split("://")[1] for text in texts(api.urls["api"])]
                assert {host.split("/")[0] for host in hosts} == {url.removeprefix("http://")}
                emptied = (api.apiKey, api.secret, api.password, api.uid, api.httpsProxy)
                assert not any((*emptied, api.aiohttp_trust_env))
            assert SECRET not in json.dumps(merged, default=str)
            assert exchange.get_tickers() is not None
        finally:
            exchange.close()


@pytest.mark.parametrize(
    ("exchange", "key"),
    [
        ({"ccxt_config": None}, "exchange.ccxt_config"),
        ({"ccxt_config": {"urls": {"api": "https://x"}}}, r"exchange.ccxt_config.urls.api"),
        ({"ccxt_async_config": {"options": "x"}}, "exchange.ccxt_async_config.options"),
    ],
)
def test_what_freqtrade_cannot_merge_over_is_named(exchange: dict[str, Any], key: str) -> None:
    with pytest.raises(SandboxError, match=f"^{key}: "):
        overlay("http://127.0.0.1:1", {"exchange": exchange})


def test_only_variables_that_beat_the_overlay_are_taken_from_the_child() -> None:
    kept = {
        "PATH": "/bin",
        "FREQTRADE__EXCHANGE__PAIR_WHITELIST": '["A/B"]',
        "FREQTRADE__STAKE_CURRENCY": "BTC",
    }
    taken = {
        "FREQTRADE__EXCHANGE__NAME": "kraken",
        "FREQTRADE__EXCHANGE__KEY": SECRET,
        "FREQTRADE__exchange__apiKey": SECRET,
        "FREQTRADE__EXCHANGE__CCXT_CONFIG__urls__api__public": "https://x",
        "FREQTRADE__EXCHANGE__ccxt_async_config__secret": SECRET,
        "FREQTRADE__EXCHANGE__ENABLE_WS": "true",
    }
    assert child_environment(kept | taken, overlay("http://127.0.0.1:1", {})) == kept
