"""Draw cases: mostly sound ones, with a few things done to each."""

import random
from collections.abc import Callable
from typing import Any

from tests.fuzz.case import HOURS, Case
from tests.support.builders import make_config

COINS = ("BTC", "ETH", "SOL", "ADA", "DOT")

Change = Callable[[Case, random.Random], None]


def draw_case(seed: int) -> Case:
    """Draw one; the same seed draws the same."""
    rng = random.Random(seed)
    coins = rng.sample(COINS, rng.randint(2, 4))
    stake = rng.choice(["USDT", "USDT", "EUR", "BTC" if "BTC" not in coins else "USDC"])
    pairs = [f"{coin}/{stake}" for coin in coins]
    policy: dict[str, Any] = rng.choice(
        [
            {"period": rng.choice(["1h", "6h", "1d"])},
            {"threshold": rng.choice([0.005, 0.02, 0.3])},
            {"period": "4h", "threshold": 0.01, "combine": rng.choice(["and", "or"])},
            {"threshold": 0.1, "threshold_kind": "relative", "scope": "drifted"},
            {"period": "2h", "destination": 0.5},
        ]
    )
    config = make_config(pairs, {"targets": _targets(coins, stake, rng), **policy})
    config |= {"dry_run_wallet": rng.choice([1000, 5000.5, {stake: 2000}])}
    case = Case(seed, config, dict.fromkeys(pairs, (0, HOURS)))
    drawn = {each.__name__: each for each in rng.sample(CHANGES, rng.choice([0, 1, 1, 2, 3]))}
    # The others need a list of pairs to change.
    for change in sorted(drawn.values(), key=lambda each: each.__name__ == "pair_whitelist_wrong"):
        change(case, rng)
        case.drawn.append(change.__name__.strip("_"))
    return case


def _targets(coins: list[str], stake: str, rng: random.Random) -> Any:
    if rng.random() < 0.3:
        return "equal"
    members = [*coins, stake] if rng.random() < 0.3 else coins
    shares = [rng.randint(1, 5) for _ in members]
    return {member: share / sum(shares) for member, share in zip(members, shares, strict=True)}


def _key(name: str, *values: Any, fault: bool = True) -> Change:
    """Set a key of freqtrade's to one of these values, which are all wrong, or all harmless."""

    def change(case: Case, rng: random.Random) -> None:
        case.config[name] = rng.choice(values)
        case.faults = [each for each in case.faults if not each.startswith(f"{name} ")]
        if fault:
            case.faults.append(f"{name} {case.config[name]}")

    change.__name__ = f"{name}_wrong" if fault else name
    return change


def _exchange(name: str, value: Callable[[Case, random.Random], Any], fault: bool) -> Change:
    def change(case: Case, rng: random.Random) -> None:
        case.config["exchange"][name] = value(case, rng)
        if fault:
            case.faults.append(f"exchange.{name} {case.config['exchange'][name]}")

    change.__name__ = f"{name}_wrong" if fault else name
    return change


def _blacklist(case: Case, rng: random.Random) -> list[str]:
    base, quote = rng.choice(case.config["exchange"]["pair_whitelist"]).split("/")
    return ["XRP/.*", rng.choice([f"{base}/{quote}", f"{base}/.*", f"{base.lower()}/.*", ".*"])]


def _badly_written(case: Case, rng: random.Random) -> list[str]:
    first, *rest = case.config["exchange"]["pair_whitelist"]
    base, quote = first.split("/")
    forms = [
        first.lower(),
        base + quote,
        f"{base}-{quote}",
        f"{first}:{quote}",
        f"{base}/XYZ",
        ".*",
    ]
    return [rng.choice(forms), *rest]


def _pairs_given(case: Case, rng: random.Random) -> None:
    """Name other pairs as arguments: all in another order, or one less."""
    pairs = list(case.config["exchange"]["pair_whitelist"])
    rng.shuffle(pairs)
    if rng.random() < 0.5 and len(pairs) > 2:
        pairs.pop()
        if case.block["targets"] != "equal":
            case.faults.append("a target that --pairs leaves out")
    case.options["pairs"] = pairs


def _range_given(case: Case, rng: random.Random) -> None:
    asked = rng.choice(
        [
            "20240102-",
            "-20240103",
            "20240101T1200-20240103",
            "20231215-20240110",
            "20240101-20240104",
        ]
    )
    case.options["timerange"] = asked


def _range_wrong(case: Case, rng: random.Random) -> None:
    case.options["timerange"] = rng.choice(
        [
            "20200101-20200201",
            "20240103-20240101",
            "yesterday",
            "20300101-",
            "2024-2025",
            "-20200101",
        ]
    )
    case.faults.append(f"timerange {case.options['timerange']}")


def _no_candles(case: Case, rng: random.Random) -> None:
    pair = rng.choice(list(case.candles))
    if pair in case.pairs:
        del case.candles[pair]
        case.faults.append(f"no candles of {pair}")


def _part_of_the_candles(case: Case, rng: random.Random) -> None:
    pair = rng.choice(list(case.candles))
    case.candles[pair] = rng.choice([(30, HOURS - 30), (0, 40), (20, 30)])


def _gap(case: Case, rng: random.Random) -> None:
    case.gaps[rng.choice(list(case.candles))] = (10, rng.choice([11, 14, 22]))


def _timeframe(case: Case, rng: random.Random) -> None:
    case.options["timeframe"] = rng.choice(["4h", "5m", "1 h", "7x"])
    case.faults.append(f"timeframe {case.options['timeframe']}")


def _detail(case: Case, _rng: random.Random) -> None:
    case.options["timeframe_detail"] = "5m"
    case.faults.append("no candles of 5m")


def _fee_given(case: Case, rng: random.Random) -> None:
    case.options["fee"] = rng.choice([0.0, 0.002, 0.03])


def _small_wallet(case: Case, rng: random.Random) -> None:
    share = 1e-5 if case.config["stake_currency"] == "BTC" else 1.0
    case.config["dry_run_wallet"] = rng.choice([1.0, 7.5]) * share
    case.faults.append("a wallet below the smallest orders")


def _wallet_of_others(case: Case, _rng: random.Random) -> None:
    case.config["dry_run_wallet"] = {"XYZ": 1000}
    case.faults.append("a wallet without the stake currency")


def _investment(case: Case, rng: random.Random) -> None:
    case.block["investment"] = rng.choice([500, 800.5, 100_000])


def _misnamed(case: Case, rng: random.Random) -> None:
    case.config[rng.choice(["rebalancing", "Rebalance", "rebalanced"])] = dict(case.block)
    case.faults.append("a second block")


def _stake_lower(case: Case, _rng: random.Random) -> None:
    case.config["stake_currency"] = case.config["stake_currency"].lower()
    case.faults.append("a stake currency in small letters")


def _stake_other(case: Case, _rng: random.Random) -> None:
    case.config["stake_currency"] = "JPY"
    case.faults.append("a stake currency of no pair")


def _block_wrong(case: Case, rng: random.Random) -> None:
    key, value = rng.choice(
        [
            ("period", "1 day"),
            ("period", 24),
            ("threshold", "2%"),
            ("threshold", 3),
            ("targets", {"BTC": 33.3, "ETH": 66.6}),
            ("targets", {"btc": 0.5, "ETH": 0.5}),
            ("peroid", "1d"),
            ("scope", "some"),
        ]
    )
    case.block[key] = value
    case.faults.append(f"rebalance.{key} {value}")


def _another_pair(case: Case, _rng: random.Random) -> None:
    stake = case.config["exchange"]["pair_whitelist"][0].split("/")[1]
    if case.block["targets"] != "equal" and "pairs" not in case.options:
        case.config["exchange"]["pair_whitelist"].append(f"LTC/{stake}")
        case.faults.append("a pair without a target")


def _markets_at_their_own_side(case: Case, _rng: random.Random) -> None:
    case.config["order_types"] = {
        **dict.fromkeys(("entry", "exit", "stoploss"), "market"),
        "stoploss_on_exchange": False,
    }
    case.faults.append("market orders at their own side")


CHANGES: list[Change] = [
    _exchange("pair_blacklist", lambda _case, _rng: ["XRP/.*", "BTCUP/USDT"], fault=False),
    _exchange("pair_blacklist", _blacklist, fault=True),
    _exchange("pair_blacklist", lambda _case, rng: rng.choice([["*/X"], "BTC/.*"]), fault=True),
    _exchange("pair_whitelist", _badly_written, fault=True),
    _exchange("pair_whitelist", lambda _case, rng: rng.choice([[], "BTC/USDT", None]), fault=True),
    _exchange("name", lambda _case, rng: rng.choice(["binnance", "", "krakn"]), fault=True),
    _exchange("name", lambda _case, rng: rng.choice(["kraken", "okx", "Binance"]), fault=False),
    *(_pairs_given, _range_given, _range_wrong, _no_candles, _part_of_the_candles, _gap),
    *(_timeframe, _detail, _fee_given, _small_wallet, _wallet_of_others, _investment, _misnamed),
    *(_stake_lower, _stake_other, _block_wrong, _another_pair, _markets_at_their_own_side),
    _key("fee", 0.5, -0.1, "0.1 %"),
    _key("fee", 0, 0.0005, 0.05, fault=False),
    _key("max_open_trades", 1, -1, "all", 0),
    _key("max_open_trades", 4, 50, fault=False),
    _key("stake_amount", 100, "all", None),
    _key("tradable_balance_ratio", 0.99, 0.5, "1"),
    _key("available_capital", 500),
    _key("stoploss", -0.1, -0.999),
    _key("minimal_roi", {"0": 0.1}),
    _key("trailing_stop", True),
    _key("trading_mode", "futures", "margin", "stocks"),
    _key("pairlists", [{"method": "VolumePairList"}], [], [{"method": "Static"}], 5),
    _key("pairlists", [{"method": "StaticPairList", "allow_inactive": True}], fault=False),
    _key("strategy_path", "nowhere", "/"),
    _key("position_stacking", True),
    _key("max_entry_position_adjustment", 2),
    _key("dry_run_wallet", "1000", [1000], -5),
    _key("entry_pricing", {"price_side": "mine"}, {}, "same"),
    _key("unfilledtimeout", {"entry": 5, "exit": 5, "unit": "hours"}, {"unit": "hours"}),
    _key("internals", {"process_throttle_secs": 5}, fault=False),
    _key("cancel_open_orders_on_exit", True, False, fault=False),
    _key("dataformat_ohlcv", "feathers", "json"),
]
