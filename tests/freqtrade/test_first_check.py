"""What is known to be wrong before freqtrade and an exchange are started."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from freqtrade.configuration import TimeRange
from freqtrade.enums import RunMode
from freqtrade.exceptions import ConfigurationError

from rebalancing.freqtrade_side.setup.checks.candles import parse_range
from rebalancing.freqtrade_side.setup.first_check import check_configuration, merged_configuration
from tests.support.builders import PROJECT, make_candles, make_config, write_candles

PAIRS = ["BTC/USDT", "ETH/USDT"]
EQUAL = {"targets": "equal", "period": "24h"}
MARKET = {"entry": "market", "exit": "limit", "stoploss": "limit", "stoploss_on_exchange": False}
GET = ("./setup.sh", "data")


def checked(folder: Path, config: dict[str, Any], **options: Any) -> list[str]:
    """Check a configuration for a backtest with 30 hourly candles of both pairs."""
    data = write_candles(folder / "data", "1h", {pair: make_candles([1.0] * 30) for pair in PAIRS})
    file = folder / "my.json"
    file.write_text(json.dumps(config))
    options = {"datadir": data, **options}
    return check_configuration(
        merged_configuration([str(file)], options, {}, RunMode.BACKTEST), GET
    )


def test_what_can_run_has_no_problems(tmp_path: Path) -> None:
    assert checked(tmp_path, make_config(PAIRS, EQUAL)) == []


@pytest.mark.parametrize(
    ("overrides", "options", "line"),
    [
        pytest.param(
            {"exchange": {"name": "binnance", "pair_whitelist": PAIRS}},
            {},
            'exchange.name: no exchange is called "binnance", did you mean "binance"?',
            id="exchange",
        ),
        pytest.param(
            {"exchange": {"name": "Wall Street", "pair_whitelist": PAIRS}},
            {},
            'exchange.name: no exchange is called "Wall Street", `freqtrade list-exchanges` names '
            "them",
            id="no exchange at all",
        ),
        pytest.param(
            {"strategy_path": "strategy"},
            {},
            f'strategy_path: there is no folder "strategy"; it is sought from {Path.cwd()}',
            id="strategy_path",
        ),
        pytest.param(
            {"strategy_path": "tests"},
            {},
            "strategy: SmartRebalance is in no file of tests and user_data/strategies; set "
            "strategy_path to the folder of SmartRebalance.py",
            id="a folder without the strategy",
        ),
        pytest.param(
            {"trading_mode": "futures", "margin_mode": "isolated"},
            {},
            'trading_mode: must be "spot", is "futures"; coins are held, not lent',
            id="futures",
        ),
        pytest.param(
            {"max_open_trades": "many"},
            {},
            'max_open_trades: must be a number, is "many"',
            id="type",
        ),
        pytest.param(
            {"max_open_trades": -1},
            {},
            "max_open_trades: must be at least 2, one for each asset, is -1",
            id="unlimited trades, which freqtrade refuses with status 0",
        ),
        pytest.param(
            {"pairlists": []},
            {},
            "pairlists: must not be empty, add an element or remove the key",
            id="empty",
        ),
        pytest.param(
            {"order_types": MARKET},
            {},
            'entry_pricing.price_side: must be "other" for market orders, is "same"',
            id="market orders",
        ),
        pytest.param({"fee": 0.5}, {}, "fee: must be at most 0.1, is 0.5", id="range"),
        pytest.param({"stake_amount": None}, {}, "stake_amount: is required", id="missing"),
        pytest.param(
            {"entry_pricing": {"price_side": "mine"}},
            {},
            'entry_pricing.price_side: must be one of "ask", "bid", "same", "other"; is "mine"',
            id="word",
        ),
        pytest.param(
            {},
            {"pairs": ["BTC/USDT", "SOL/USDT", "ETH/USDT"], "max_open_trades": 2},
            "max_open_trades: must be at least 3, one for each asset, is 2",
            id="arguments win",
        ),
        pytest.param(
            {"rebalance": {"targets": {"BTC": 0.5, "ETH": 0.5}, "period": "24h"}},
            {"pairs": ["BTC/USDT"]},
            'rebalance.targets: ETH has no pair, add "ETH/USDT" to --pairs or remove the target',
            id="fewer pairs than targets",
        ),
        pytest.param(
            {},
            {"timerange": "20240301-20240201"},
            'timerange: "20240301-20240201" ends before it begins; write the earlier date first',
            id="timerange",
        ),
        pytest.param(
            {},
            {"timerange": "2024"},
            'timerange: "2024" is no range; write "20240101-20240301", "20240101-" or "-20240301"',
            id="no timerange",
        ),
    ],
)
def test_each_mistake_is_one_line_with_its_remedy(
    tmp_path: Path, overrides: dict[str, Any], options: dict[str, Any], line: str
) -> None:
    policy = overrides.pop("rebalance", EQUAL)
    assert checked(tmp_path, make_config(PAIRS, policy, **overrides), **options) == [line]


@pytest.mark.parametrize(
    ("overrides", "options", "line"),
    [
        pytest.param(
            {"timeframe": "4h"},
            {},
            "timeframe 4h: no candle of BTC/USDT, ETH/USDT in {data}, BTC/USDT has 1h; get them: "
            "./setup.sh data --config {config} --pairs BTC/USDT ETH/USDT "
            "--timeframes 4h --datadir {data}",
            id="timeframe",
        ),
        pytest.param(
            {},
            {"timeframe_detail": "5m"},
            "timeframe 5m: no candle of BTC/USDT, ETH/USDT in {data}, BTC/USDT has 1h; get them: "
            "./setup.sh data --config {config} --pairs BTC/USDT ETH/USDT "
            "--timeframes 5m --datadir {data}",
            id="detail",
        ),
        pytest.param(
            {},
            {"timerange": "20200101-20200201"},
            "timeframe 1h: no candle of BTC/USDT, ETH/USDT within 20200101-20200201 in {data}; "
            "get them: "
            "./setup.sh data --config {config} --pairs BTC/USDT ETH/USDT --timeframes 1h "
            "--timerange 20200101-20200201 --datadir {data}",
            id="range",
        ),
        pytest.param(
            {"max_open_trades": 3},
            {"pairs": [*PAIRS, "SOL/USDT"]},
            "timeframe 1h: no candle of SOL/USDT in {data}; get them: "
            "./setup.sh data --config {config} --pairs SOL/USDT --timeframes 1h --datadir {data}",
            id="one pair",
        ),
    ],
)
def test_missing_candles_name_the_command_that_gets_them(
    tmp_path: Path, overrides: dict[str, Any], options: dict[str, Any], line: str
) -> None:
    found = checked(tmp_path, make_config(PAIRS, EQUAL, **overrides), **options)
    assert found == [line.format(data=tmp_path / "data", config=tmp_path / "my.json")]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    (found,) = checked(tmp_path, make_config(PAIRS, EQUAL), datadir=nowhere)
    assert found.startswith(f"{nowhere}: no such data folder; get candles: ./setup.sh data ")


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    config = make_config(
        ["btc/usdt", "ETH/USDT"],
        {"targets": {"BTC": "40%", "ETH": 0.6}, "period": "1 day"},
        stake_currency="USDT",
        trading_mode="futures",
        strategy_path="nowhere",
        fee=7,
        pairlists=5,
        max_open_trades=1,
    )
    config["exchange"] |= {"name": "kraken2", "pair_blacklist": ["ETH/.*"]}
    assert [line.split(":")[0] for line in checked(tmp_path, config)] == [
        "exchange.name",
        "strategy_path",
        "fee",
        "pairlists",
        "rebalance.targets",
        "rebalance.period",
        "exchange.pair_whitelist",
        "exchange.pair_blacklist",
        "max_open_trades",
        "trading_mode",
    ]


def test_a_wrong_configuration_costs_neither_freqtrade_nor_pandas_nor_an_exchange(
    tmp_path: Path,
) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(make_config(PAIRS, EQUAL, timeframe="7h", fee=1)))
    code = (
        f"import sys; sys.path.insert(0, {str(PROJECT / 'strategies')!r})\n"
        "from rebalancing.freqtrade_side.setup.first_check import *\n"
        f"config = merged_configuration([{str(file)!r}], {{}}, {{}}, RunMode.BACKTEST)\n"
        "assert check_configuration(config)\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}), 'freqtrade.exchange' in "
        "sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"pandas", "ccxt", "sqlalchemy", "True"} & set(run.stdout.split())


RANGES = ["", "20240101-", "-20240301", "20240101-20240301", "20240101T1230-20240101T123059"]
RANGES += ["1704067200-1709251200", "1704067200000-", "2024-2025", "20240101", "-", "x-y", "1-2-3"]


@pytest.mark.parametrize("text", RANGES)
def test_ranges_are_read_as_freqtrade_reads_them(text: str) -> None:
    try:
        asked = TimeRange.parse_timerange(text)
    except ConfigurationError:
        with pytest.raises(ValueError, match="is no range"):
            parse_range(text)
    else:
        assert parse_range(text) == (asked.startdt, asked.stopdt)
