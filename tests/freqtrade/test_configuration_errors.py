"""What stops the bot before it trades: one clear line each, all at once, exit status 2."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.builders import make_candles, make_config, write_candles
from tests.support.configuration_problems import BEHIND, EQUAL, PAIRS, problems
from tests.support.freqtrade_runs import freqtrade_process

NOT_BOTH = "remove the pattern, or take these pairs out of whitelist and targets"


def exchange(**changes: Any) -> dict[str, Any]:
    return {"name": "binance", "pair_whitelist": PAIRS, **changes}


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
