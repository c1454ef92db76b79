"""What stops the bot before it trades: one clear line each, all at once, exit status 2."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from freqtrade.commands import Arguments
from freqtrade.commands.optimize_commands import setup_optimize_configuration
from freqtrade.enums import RunMode
from freqtrade.exceptions import OperationalException
from freqtrade.resolvers import StrategyResolver

from rebalancing.freqtrade_side.setup.configuration import examine
from tests.support.builders import PROJECT, make_candles, make_config, write_candles
from tests.support.freqtrade_runs import backtest, freqtrade_process

PAIRS = ["BTC/USDT", "ETH/USDT"]
EQUAL = {"targets": "equal", "period": "24h"}
NOT_BOTH = "remove the pattern, or take these pairs out of whitelist and targets"
BEHIND = "it would sell behind the policy's back"


def exchange(**changes: Any) -> dict[str, Any]:
    return {"name": "binance", "pair_whitelist": PAIRS, **changes}


def problems(
    folder: Path, config: dict[str, Any], mode: RunMode = RunMode.BACKTEST, *more: str
) -> list[str]:
    """Load the strategy as freqtrade does and return its complaints, a line each."""
    (folder / "user_data").mkdir()
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    words = [str(mode).replace("backtest", "backtesting"), "--config", str(file)]
    words += ["--userdir", str(folder / "user_data"), *more]
    settings = setup_optimize_configuration(Arguments(words).get_parsed_arg(), mode)
    try:
        StrategyResolver.load_strategy(settings)
    except OperationalException as error:
        return str(error).splitlines()
    return []


def test_a_valid_configuration_loads(tmp_path: Path) -> None:
    assert problems(tmp_path, make_config(PAIRS, EQUAL)) == []


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        pytest.param(
            {"available_capital": 500},
            "available_capital: freqtrade counts it at cost, a rebalancer capped by it starves; "
            'remove it and set "investment" in the rebalance block',
            id="available_capital",
        ),
        pytest.param(
            {"tradable_balance_ratio": 0.99},
            "tradable_balance_ratio: must be 1, is 0.99; to hold cash give the stake currency "
            "a target in rebalance.targets, its cash weight",
            id="tradable_balance_ratio",
        ),
        pytest.param(
            {"stake_amount": 100},
            'stake_amount: must be "unlimited", is 100; the targets size trades',
            id="stake_amount",
        ),
        pytest.param(
            {"max_open_trades": 1},
            "max_open_trades: must be at least 2, one for each asset, is 1",
            id="max_open_trades",
        ),
        pytest.param(
            {"max_entry_position_adjustment": 3},
            "max_entry_position_adjustment: must be -1, is 3; it would end the buys",
            id="max_entry_position_adjustment",
        ),
        pytest.param(
            {"stoploss": -0.1},
            f"stoploss: must be -1 or left out, is -0.1; {BEHIND}",
            id="stoploss",
        ),
        pytest.param(
            {"stoploss": -0.999},
            f"stoploss: must be -1 or left out, is -0.999; {BEHIND}",
            id="a stoploss of -0.999 did fire once",
        ),
        pytest.param(
            {"minimal_roi": {"0": 10}},
            f"minimal_roi: must be {{}} or left out, is {{'0': 10}}; {BEHIND}",
            id="minimal_roi",
        ),
        pytest.param(
            {"trailing_stop": True}, f"trailing_stop: must be false; {BEHIND}", id="trailing_stop"
        ),
        pytest.param(
            {
                "order_types": {
                    "entry": "limit",
                    "exit": "limit",
                    "stoploss": "limit",
                    "stoploss_on_exchange": True,
                }
            },
            f"order_types.stoploss_on_exchange: must be false; {BEHIND}",
            id="stoploss_on_exchange",
        ),
        pytest.param(
            {"trading_mode": "futures", "margin_mode": "isolated"},
            'trading_mode: must be "spot", is "futures"; coins are held, not lent',
            id="futures",
        ),
        pytest.param(
            {"pairlists": [{"method": "StaticPairList"}, {"method": "ShuffleFilter"}]},
            "pairlists: must be StaticPairList alone, is StaticPairList, ShuffleFilter; "
            "targets name pairs",
            id="filters",
        ),
        pytest.param(
            {"timeframe": "1d", "rebalance": {"targets": "equal", "period": "4h"}},
            "rebalance.period: 4h is below the timeframe 1d, "
            "lengthen the period or use a timeframe of at most 4h",
            id="period below the timeframe",
        ),
        pytest.param(
            {
                "rebalance": {"targets": {"BTC": 0.5, "ETH": 0.3, "SOL": 0.2}, "period": "24h"},
                "max_open_trades": 3,
            },
            'rebalance.targets: SOL has no pair, add "SOL/USDT" to exchange.pair_whitelist '
            "or remove the target",
            id="a target without a pair",
        ),
        pytest.param(
            {"rebalance": {"targets": {"BTC": 0.5, "USDT": 0.5}, "period": "24h"}},
            "rebalance.targets: ETH/USDT of exchange.pair_whitelist has no target, "
            "give it a target (0 is one) or remove it from exchange.pair_whitelist",
            id="a pair without a target",
        ),
        pytest.param(
            {"rebalance": {"targets": "equal", "threshold": {"SOL": 0.1}}},
            "rebalance.threshold: SOL is not among the assets, which are BTC, ETH, USDT",
            id="a threshold for a stranger",
        ),
        pytest.param(
            {"rebalance": {"targets": {"BTC": 0.5, "ETH": 0.47}, "period": "24h"}},
            "rebalance.targets: weights sum to 0.97, must sum to 1",
            id="sum",
        ),
        pytest.param(
            {"rebalance": {"targets": {"BTC": 40, "ETH": 60}, "period": "24h"}},
            "rebalance.targets: weights sum to 100: write fractions, 0.4 for 40 %",
            id="percent",
        ),
        pytest.param(
            {"rebalance": {"targets": "equal", "treshold": 0.1, "period": "24h"}},
            'rebalance.treshold: unknown key, did you mean "threshold"?',
            id="a typo, which freqtrade's schema lets pass",
        ),
        pytest.param(
            {"rebalance": None},
            'rebalance: the block is missing, add "rebalance": {"targets": "equal", '
            '"period": "24h"}',
            id="no block",
        ),
        pytest.param(
            {"exchange": {"name": "binance", "pair_whitelist": [".*/USDT", "BTC/USDT"]}},
            'exchange.pair_whitelist: ".*/USDT" is not a spot pair with the stake currency USDT; '
            'write pairs one by one, like "BTC/USDT"',
            id="a pattern in the whitelist",
        ),
        pytest.param(
            {
                "exchange": {
                    "name": "binance",
                    "pair_whitelist": PAIRS,
                    "pair_blacklist": ["ETH/USDT"],
                }
            },
            f'exchange.pair_blacklist: "ETH/USDT" excludes ETH/USDT; {NOT_BOTH}',
            id="a pair in both lists",
        ),
        pytest.param(
            {"exchange": exchange(pair_blacklist=["BNB/.*", "eth/.*"])},
            f'exchange.pair_blacklist: "eth/.*" excludes ETH/USDT; {NOT_BOTH}',
            id="a pattern excludes a target, whatever its case",
        ),
        pytest.param(
            {"exchange": exchange(pair_blacklist=[".*"])},
            f'exchange.pair_blacklist: ".*" excludes BTC/USDT, ETH/USDT; {NOT_BOTH}',
            id="a pattern excludes all",
        ),
        pytest.param(
            {
                "exchange": exchange(pair_blacklist=["ETH/USDT"]),
                "rebalance": {"targets": {"BTC": 1, "ETH": 0}, "period": "24h"},
            },
            f'exchange.pair_blacklist: "ETH/USDT" excludes ETH/USDT; {NOT_BOTH}',
            id="a target of 0 has to be sold, too",
        ),
        pytest.param(
            {"exchange": exchange(pair_blacklist=["*/BTC"])},
            'exchange.pair_blacklist: "*/BTC" is no pattern; write one like "BNB/.*" for all '
            "pairs of BNB",
            id="no pattern",
        ),
        pytest.param(
            {"exchange": exchange(pair_whitelist=["btc/usdt", "ETH/USDT"])},
            'exchange.pair_whitelist: write "BTC/USDT" for "btc/usdt"',
            id="small letters",
        ),
        pytest.param(
            {"exchange": exchange(pair_whitelist=["BTCUSDT", "ETH/USDT"])},
            'exchange.pair_whitelist: write "BTC/USDT" for "BTCUSDT"',
            id="as the exchange writes it",
        ),
        pytest.param(
            {"exchange": exchange(pair_whitelist=["BTC/USDT:USDT", "ETH/USDT"])},
            'exchange.pair_whitelist: write "BTC/USDT" for "BTC/USDT:USDT", a futures pair: '
            "coins are held, not lent",
            id="a futures pair",
        ),
        pytest.param(
            {"stake_currency": "usdt"},
            'stake_currency: write "USDT" for "usdt"',
            id="stake currency in small letters",
        ),
        pytest.param(
            {"stake_currency": "EUR"},
            'stake_currency: is "EUR", the pairs of exchange.pair_whitelist are priced in USDT; '
            'write "stake_currency": "USDT", or pairs like "BTC/EUR"',
            id="stake currency of other pairs",
        ),
        pytest.param(
            {"rebalance": None, "rebalancing": EQUAL},
            'rebalancing: the block is called "rebalance"; call it "rebalance"',
            id="a block of nearly the name",
        ),
        pytest.param(
            {"Rebalance": EQUAL},
            'Rebalance: the block is called "rebalance"; remove it, nobody reads it',
            id="a second block",
        ),
        pytest.param(
            {"timeframe": "1 h", "rebalance": {"targets": "equal", "period": "24h"}},
            'timeframe: "1 h" is not a timeframe: write one like "1h" or "5m"',
            id="timeframe",
        ),
    ],
)
def test_one_line_names_key_rule_value_and_remedy(
    tmp_path: Path, overrides: dict[str, Any], line: str
) -> None:
    overrides = dict(overrides)
    policy = overrides.pop("rebalance", EQUAL)
    config = make_config(PAIRS, policy or {}, **overrides)
    if policy is None:
        del config["rebalance"]
    assert problems(tmp_path, config) == [line]


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    policy = {"targets": {"BTC": 0.5, "ETH": 0.4}, "period": "0m", "scope": "some"}
    config = make_config(PAIRS, policy, stoploss=-0.1, tradable_balance_ratio=0.9)
    found = problems(tmp_path, config)
    assert [line.split(":")[0] for line in found] == [
        "rebalance.targets",
        "rebalance.period",
        "rebalance.scope",
        "tradable_balance_ratio",
        "stoploss",
    ]


@pytest.mark.parametrize("space", ["default", "all", "stoploss", "roi"])
def test_hyperopt_spaces_that_would_sell_are_refused(tmp_path: Path, space: str) -> None:
    loss = ("--hyperopt-loss", "OnlyProfitHyperOptLoss", "--spaces", space)
    found = problems(tmp_path, make_config(PAIRS, EQUAL), RunMode.HYPEROPT, *loss)
    assert found == [f'spaces: "{space}" would optimise stoploss or ROI, use --spaces rebalance']


def copied_strategies(folder: Path, parameters: dict[str, Any]) -> Path:
    """Copy the strategies and put a parameter file of a hyperopt beside them."""
    place = folder / "strategies"
    shutil.copytree(PROJECT / "strategies", place, ignore=shutil.ignore_patterns("__pycache__"))
    content = {"strategy_name": "SmartRebalance", "params": parameters, "ft_stratparam_v": 1}
    (place / "SmartRebalance.json").write_text(json.dumps(content))
    return place


def test_a_parameter_file_with_a_stoploss_is_refused(tmp_path: Path) -> None:
    place = copied_strategies(tmp_path, {"stoploss": {"stoploss": -0.2}})
    found = problems(tmp_path, make_config(PAIRS, EQUAL, strategy_path=str(place)))
    assert found == [
        f"SmartRebalance.json: stoploss: must be -1 or left out, is -0.2; {BEHIND}; "
        "delete the file or this value"
    ]


def test_a_parameter_file_with_an_invalid_value_is_refused(tmp_path: Path) -> None:
    place = copied_strategies(tmp_path, {"rebalance": {"threshold": 3}})
    candles = {pair: make_candles([1.0] * 30) for pair in PAIRS}
    config = make_config(PAIRS, {"targets": "equal", "threshold": 0.05}, strategy_path=str(place))
    with pytest.raises(OperationalException, match=r"^SmartRebalance.json .*rebalance.threshold"):
        backtest(tmp_path, config, write_candles(tmp_path / "data", "1h", candles))


def small(wallet: float, **policy: Any) -> dict[str, Any]:
    policy = {"targets": {"BTC": 0.9, "SOL": 0.1}, "period": "24h", **policy}
    return make_config(["BTC/USDT", "SOL/USDT"], policy, dry_run_wallet=wallet)


def test_an_investment_that_is_too_small_names_what_is_needed(tmp_path: Path) -> None:
    candles = {pair: make_candles([1.0] * 30) for pair in ("BTC/USDT", "SOL/USDT")}
    datadir = write_candles(tmp_path / "data", "1h", candles)
    ended = freqtrade_process(tmp_path, small(30), datadir)
    message = (
        "total investment 30 USDT is too small: SOL's 10 % is 3.00 USDT, the exchange's smallest "
        "order is 5.50 USDT; at least 55 USDT is needed"
    )
    log = " ".join(ended.stderr.split())
    assert message in log
    assert "Traceback" not in log
    assert ended.returncode == 2


def test_the_named_investment_suffices(tmp_path: Path) -> None:
    candles = {pair: make_candles([1.0] * 30) for pair in ("BTC/USDT", "SOL/USDT")}
    datadir = write_candles(tmp_path / "data", "1h", candles)
    found = backtest(tmp_path, small(55), datadir)
    assert found.complaints == []
    assert set(found.trades.pair) == {"BTC/USDT", "SOL/USDT"}


def test_the_users_own_smallest_trade_is_named_as_such(tmp_path: Path) -> None:
    candles = {pair: make_candles([1.0] * 30) for pair in ("BTC/USDT", "SOL/USDT")}
    datadir = write_candles(tmp_path / "data", "1h", candles)
    message = r"smallest trade \(rebalance.min_trade\) is 20.00 USDT .* at least 20[1-3] USDT"
    with pytest.raises(OperationalException, match=message):
        backtest(tmp_path, small(100, min_trade=20), datadir)


def test_a_whole_process_ends_with_status_2_and_no_traceback(tmp_path: Path) -> None:
    candles = {pair: make_candles([1.0] * 30) for pair in PAIRS}
    datadir = write_candles(tmp_path / "data", "1h", candles)
    config = make_config(PAIRS, {"targets": {"BTC": 1}, "periode": 1}, available_capital=5)
    ended = freqtrade_process(tmp_path, config, datadir)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    for key in (
        "rebalance.periode: unknown key",
        "rebalance.targets: 2 to 50",
        "available_capital:",
    ):
        assert key in ended.stderr


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
