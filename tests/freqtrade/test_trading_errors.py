"""Configurations that are refused only where the bot trades."""

from pathlib import Path
from typing import Any

import pytest
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException
from freqtrade.resolvers import StrategyResolver

from rebalancing.freqtrade_side.setup.configuration import examine
from tests.support.builders import make_config
from tests.support.configuration_problems import EQUAL, PAIRS


def load(tmp_path: Path, config: dict[str, Any], runmode: RunMode) -> Any:
    whole = {**config, "runmode": runmode, "user_data_dir": tmp_path}
    return StrategyResolver.load_strategy(whole)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({"order_types": {"entry": "market"}}, "order_types.entry", id="at market"),
        pytest.param({"exit_pricing": {"price_side": "other"}}, "exit_pricing", id="takes prices"),
    ],
)
def test_a_maker_waits_at_its_own_side_with_limit_orders(
    tmp_path: Path, changes: dict[str, Any], named: str
) -> None:
    config = {**make_config(PAIRS, {**EQUAL, "maker": "10m"}), **changes}
    with pytest.raises(OperationalException, match=named):
        load(tmp_path, config, RunMode.DRY_RUN)


@pytest.mark.parametrize(
    ("timeouts", "refused"),
    [
        pytest.param({"entry": 10, "exit": 30}, {"entry": "10 minutes"}, id="minutes unsaid"),
        pytest.param({"exit": 0, "unit": "minutes"}, {"exit": "0 minutes"}, id="at once"),
        pytest.param(
            {"entry": 1199, "exit": 20, "unit": "seconds"},
            {"entry": "1199 seconds", "exit": "20 seconds"},
            id="both sides",
        ),
        pytest.param({"entry": 20, "exit": 20}, {}, id="just a third"),
        pytest.param({"entry": 1200, "exit": 1200, "unit": "seconds"}, {}, id="in seconds"),
        pytest.param({}, {}, id="no time-out"),
    ],
)
def test_a_makers_orders_wait_as_long_as_configured(
    timeouts: dict[str, Any], refused: dict[str, str]
) -> None:
    """freqtrade cancels an order after `unfilledtimeout`, whatever the strategy says."""
    config = make_config(PAIRS, {**EQUAL, "maker": "1h"}, unfilledtimeout=timeouts)
    config |= {"entry_pricing": {"price_side": "same"}, "exit_pricing": {"price_side": "same"}}
    unit = timeouts.get("unit", "minutes")
    least = 1200 if unit == "seconds" else 20
    expected = [
        f"unfilledtimeout.{side}: must be at least {least} {unit}, a third of rebalance.maker 1h, "
        f"is {given}; freqtrade would cancel the maker's orders earlier"
        for side, given in refused.items()
    ]
    assert examine({**config, "runmode": RunMode.DRY_RUN}, "1h")[1] == expected
    assert examine({**config, "runmode": RunMode.BACKTEST}, "1h")[1] == []


DEPTH = {"check_depth_of_market": {"enabled": True, "bids_to_ask_delta": 1.5}}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param(
            {"ignore_buying_expired_candle_after": 300},
            "ignore_buying_expired_candle_after: must be 0 or left out, is 300",
            id="old candles",
        ),
        pytest.param(
            {"entry_pricing": {"price_side": "other", **DEPTH}},
            r"entry_pricing.check_depth_of_market.enabled: must be false or left out",
            id="depth of the market",
        ),
    ],
)
def test_what_keeps_a_bot_from_buying_is_refused_where_it_trades(
    tmp_path: Path, changes: dict[str, Any], named: str
) -> None:
    config = {**make_config(PAIRS, EQUAL), **changes}
    for mode in (RunMode.DRY_RUN, RunMode.LIVE):
        with pytest.raises(OperationalException, match=named):
            load(tmp_path, dict(config), mode)
    load(tmp_path, dict(config), RunMode.BACKTEST)


def test_a_period_that_its_own_limit_would_stop_is_refused(tmp_path: Path) -> None:
    config = make_config(PAIRS, {**EQUAL, "period": "5m"})
    with pytest.raises(OperationalException, match=r"day_rounds: 100 .*288 rounds a day"):
        load(tmp_path, config, RunMode.DRY_RUN)
