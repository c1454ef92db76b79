"""Signed requests: whose keys and signatures are taken, when, and what is logged of them."""

import contextlib
import logging
import urllib.error
from typing import Any

import ccxt
import pytest

from sandbox.binance.dialect import Binance
from sandbox.binance.overlay import overlay
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.keys import Keys
from sandbox.serving.server import running
from tests.support.exchanges import (
    GOOD_ORDER,
    ORDER,
    Caller,
    make_trading,
    now_ms,
    refused,
)


def test_ccxt_knows_wrong_keys(call: Caller) -> None:
    exchange = overlay(call.url, {}, Keys.generate())["exchange"]
    stranger = ccxt.binance(
        {"apiKey": exchange["key"], "secret": exchange["secret"], **exchange["ccxt_config"]}
    )
    with pytest.raises(ccxt.AuthenticationError, match="-2015"):
        stranger.fetch_balance()


@pytest.mark.parametrize("key", [None, "short", "x" * 63 + "!"])
def test_a_key_of_another_form_is_refused(call: Caller, key: str | None) -> None:
    got = refused(lambda: call.raw("GET", "/api/v3/account", "timestamp=1", key))
    assert got == (401, -2014, "API-key format invalid.")


def test_no_other_key_is_accepted(call: Caller) -> None:
    got = refused(lambda: call.raw("GET", "/api/v3/account", "timestamp=1", Keys.generate().key))
    assert got[:2] == (401, -2015)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("timestamp={now}&signature=" + "0" * 64, id="wrong"),
        pytest.param("timestamp={now}&signature=%C3%A4", id="not hexadecimal"),
    ],
)
def test_a_wrong_signature_is_refused(call: Caller, query: str) -> None:
    got = refused(lambda: call.raw("GET", "/api/v3/account", query.format(now=now_ms())))
    assert got == (400, -1022, "Signature for this request is not valid.")


def test_a_changed_parameter_breaks_the_signature(call: Caller) -> None:
    query = f"symbol=BTCUSDT&timestamp={now_ms()}"
    signature = call.keys.signature(query)
    changed = query.replace("BTC", "ETH") + f"&signature={signature}"
    assert refused(lambda: call.raw("GET", "/api/v3/allOrders", changed))[1] == -1022


def test_query_and_body_are_signed_together(call: Caller) -> None:
    query, body = f"symbol=BTCUSDT&timestamp={now_ms()}", "side=BUY&type=MARKET&quantity=1"
    body += "&signature=" + call.keys.signature(query + body)
    assert call.raw("POST", ORDER, query, body=body)["status"] == "FILLED"


@pytest.mark.parametrize(
    ("sent", "code", "text"),
    [
        pytest.param({"timestamp": now_ms(3_600)}, -1021, "1000ms ahead", id="ahead"),
        pytest.param({"timestamp": now_ms(-3_600)}, -1021, "outside of", id="behind"),
        pytest.param({"timestamp": "now"}, -1102, "timestamp", id="no number"),
        pytest.param({"timestamp": ""}, -1102, "timestamp", id="empty"),
        pytest.param({"recvWindow": 60_001}, -1131, "60000", id="window too wide"),
        pytest.param({"recvWindow": "wide"}, -1102, "recvWindow", id="window no number"),
    ],
)
def test_the_time_of_a_request_is_checked(
    call: Caller, sent: dict[str, Any], code: int, text: str
) -> None:
    _, got, message = call.refusal("GET", "/api/v3/account", **sent)
    assert got == code
    assert text in message


def test_the_window_decides_how_old_a_request_may_be(call: Caller) -> None:
    assert call("GET", "/api/v3/account", timestamp=now_ms(-8), recvWindow=10_000)
    assert call.refusal("GET", "/api/v3/account", timestamp=now_ms(-8))[1] == -1021


def test_without_an_account_nothing_is_signed() -> None:
    trading = make_trading()
    with (
        running(trading.exchange, Binance()) as url,
        pytest.raises(urllib.error.HTTPError, match="404"),
    ):
        Caller(url, trading)("GET", "/api/v3/account")


def test_keys_are_never_printed() -> None:
    keys = Keys.generate()
    assert keys.key not in f"{keys} {keys!r}"
    assert keys.secret not in f"{keys} {keys!r}"
    assert Keys.generate() != keys


@pytest.mark.parametrize("text", ["", "x" * 64, "sandbox", "sandbox" + "!" * 57])
def test_keys_of_a_real_account_are_refused_without_repeating_them(text: str) -> None:
    with pytest.raises(SandboxError, match="no keys of the sandbox") as caught:
        Keys(text, Keys.generate().secret)
    assert not text or text == "sandbox" or text not in str(caught.value)


def test_the_overlay_hands_out_the_sandboxs_keys_and_no_others() -> None:
    keys = Keys.generate()
    config = {"exchange": {"key": "theirs", "apiKey": "theirs", "secret": "theirs", "uid": "u"}}
    made = overlay("http://127.0.0.1:1", config, keys)["exchange"]
    assert {made[name] for name in ("key", "api_key", "apiKey")} == {keys.key}
    assert made["secret"] == keys.secret
    assert made["uid"] == ""
    assert "theirs" not in str(made)


@pytest.mark.parametrize("part", ["ccxt_config", "ccxt_sync_config", "ccxt_async_config"])
def test_keys_that_would_win_are_named(part: str) -> None:
    config = {"exchange": {part: {"apiKey": "theirs"}}}
    with pytest.raises(SandboxError, match=f"exchange.{part}.apiKey: keys belong into"):
        overlay("http://127.0.0.1:1", config, Keys.generate())


def test_no_key_and_no_signed_query_is_logged(
    call: Caller, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        call("GET", "/api/v3/account")
        call.refusal("POST", ORDER, **(GOOD_ORDER | {"symbol": "NOPE"}))
        with contextlib.suppress(Exception):
            call("GET", "/api/v3/nothing")
        call.trading.exchange.set_price = None
        call.trading.advance = None
        with contextlib.suppress(Exception):
            call("GET", "/api/v3/account")  # an error inside the server
    written = caplog.text + "".join(capfd.readouterr())
    assert "TypeError" in written
    assert call.keys.key not in written
    assert call.keys.secret not in written
    assert "signature=" not in written
