"""The configuration of a new portfolio."""

from typing import Any

import pytest

from rebalancing.config.new_portfolio import NewPortfolio, new_configuration

PAIR = ("BTC", "ETH")


def block(**answers: Any) -> dict[str, Any]:
    found = new_configuration(NewPortfolio(**{"assets": PAIR, **answers}), "1h", "s", "x")
    told: dict[str, Any] = found["rebalance"]
    return told


def test_the_policy_is_what_was_answered_and_nothing_else() -> None:
    assert block() == {
        "investment": 1000,
        "targets": "equal",
        "period": "24h",
        "threshold": 0.02,
        "combine": "and",
    }
    assert block(threshold=None) == {"investment": 1000, "targets": "equal", "period": "24h"}
    assert block(period=None) == {"investment": 1000, "targets": "equal", "threshold": 0.02}
    assert block(investment=99.5)["investment"] == 99.5


def test_coins_are_adopted_beside_all_of_the_cash() -> None:
    found = block(adopt_holdings=True)
    assert found["adopt_holdings"] is True
    assert "investment" not in found


@pytest.mark.parametrize(
    ("assets", "weights", "targets"),
    [
        (PAIR, None, "equal"),
        (PAIR, (0.7, 0.3), {"BTC": 0.7, "ETH": 0.3}),
        (("BTC", "USDT"), None, {"BTC": 0.5, "USDT": 0.5}),
        (("BTC", "USDT"), (0.9, 0.1), {"BTC": 0.9, "USDT": 0.1}),
    ],
)
def test_targets_name_the_members(
    assets: tuple[str, ...], weights: tuple[float, ...] | None, targets: object
) -> None:
    assert block(assets=assets, weights=weights)["targets"] == targets


@pytest.mark.parametrize(
    ("period", "timeframes"),
    [
        ("24h", ("4h", "1h", "30m", "15m", "5m", "1m")),
        ("6h", ("1h", "30m", "15m", "5m", "1m")),
        ("45m", ("15m", "5m", "1m")),
        ("7m", ("1m",)),
        (None, ("1h", "30m", "15m", "5m", "1m", "4h")),
    ],
)
def test_candles_divide_the_period(period: str | None, timeframes: tuple[str, ...]) -> None:
    assert NewPortfolio(PAIR, period=period).timeframes == timeframes


def test_freqtrade_is_told_the_rest() -> None:
    portfolio = NewPortfolio(("BTC", "EUR", "ETH"), "EUR", "kraken", investment=500.0, fee=0.002)
    found = new_configuration(portfolio, "4h", "strategies", "schema.json")
    assert found.pop("rebalance")["targets"] == dict.fromkeys(("BTC", "EUR", "ETH"), 1 / 3)
    assert found == {
        "$schema": "schema.json",
        "strategy": "SmartRebalance",
        "strategy_path": "strategies",
        "timeframe": "4h",
        "trading_mode": "spot",
        "stake_currency": "EUR",
        "stake_amount": "unlimited",
        "tradable_balance_ratio": 1,
        "max_open_trades": 2,
        "initial_state": "running",
        "dry_run": True,
        "dry_run_wallet": 500,
        "fee": 0.002,
        "order_types": {
            "entry": "market",
            "exit": "market",
            "stoploss": "market",
            "stoploss_on_exchange": False,
        },
        "entry_pricing": {"price_side": "other"},
        "exit_pricing": {"price_side": "other"},
        "exchange": {"name": "kraken", "pair_whitelist": ["BTC/EUR", "ETH/EUR"]},
        "pairlists": [{"method": "StaticPairList"}],
    }
