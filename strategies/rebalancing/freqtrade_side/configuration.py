"""The rest of freqtrade's configuration: what a rebalancer needs of it, and what would harm it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from freqtrade.enums import OPTIMIZE_MODES, RunMode
from freqtrade.exceptions import OperationalException
from freqtrade.exchange import timeframe_to_seconds

from rebalancing.portfolio import Vector
from rebalancing.settings import MAX_ASSETS, Settings, read_settings
from rebalancing.targets import target_weights

DAY = 86_400.0
"""Seconds."""

_NO_SELLING_SPACES = ("roi", "stoploss", "trailing", "trades", "all", "default")


@dataclass(frozen=True)
class Setup:
    """A configuration that has been found valid.

    Parameters
    ----------
    settings : Settings
        The ``rebalance`` block.
    stake : str
        Code of the stake currency.
    assets : tuple of str
        Codes of the other members, in the order of the targets, or of the whitelist if equal.
    leaving : tuple of str
        Those at the end of `assets` that are no longer among the targets: they are sold.
    """

    settings: Settings
    stake: str
    assets: tuple[str, ...]
    leaving: tuple[str, ...] = ()

    @property
    def pairs(self) -> tuple[str, ...]:
        """freqtrade's pairs, in the order of the assets."""
        return tuple(f"{asset}/{self.stake}" for asset in self.assets)

    def target_of(self, pair: str) -> float:
        """Return the target weight of a pair; 0 for one that is not among the targets."""
        weights = dict(zip(self.pairs, self.targets.tolist(), strict=False))
        return float(weights.get(pair, 0.0))

    def with_leaving(self, leaving: Sequence[str]) -> Setup:
        """Return this setup with assets that are held and no longer wanted: target 0."""
        if not leaving:
            return self
        members, weights = (*self.assets, self.stake), self.targets.tolist()
        targets = dict(zip(members, weights, strict=True)) | dict.fromkeys(leaving, 0.0)
        settings = self.settings.model_copy(update={"targets": targets})
        return Setup(settings, self.stake, (*self.assets, *leaving), tuple(leaving))

    @property
    def targets(self) -> Vector:
        """Target weights over the assets and the stake currency, last."""
        return target_weights(self.settings.targets or "equal", self.assets, self.stake)


def read_setup(config: Mapping[str, Any], timeframe: str) -> Setup:
    """Read and check the configuration.

    Parameters
    ----------
    config : mapping
        freqtrade's, complete.
    timeframe : str
        The main timeframe if the configuration does not name one.

    Raises
    ------
    OperationalException
        If anything is wrong: one line for each problem, naming key, rule, value and remedy.
    """
    settings, problems = read_settings(config.get("rebalance"))
    stake = str(config.get("stake_currency"))
    pairs = [str(pair) for pair in _exchange(config).get("pair_whitelist") or []]
    if not any(line.startswith("rebalance.targets") for line in problems):
        problems += _target_problems(settings, stake, pairs)
    assets = _assets(settings, stake, pairs)
    problems += _threshold_problems(settings, (*assets, stake))
    problems += _period_problems(settings, config, str(config.get("timeframe") or timeframe))
    problems += _money_problems(config, len(assets))
    problems += seller_problems(config)
    problems += _maker_problems(settings, config)
    problems += _limit_problems(settings)
    problems += _pairlist_problems(config)
    if problems:
        raise OperationalException("\n".join(problems))
    return Setup(settings, stake, assets)


def plain_setup(config: Mapping[str, Any]) -> Setup:
    """Read a configuration that was checked before, as a result's; raises ValueError if its
    ``rebalance`` block is missing or invalid."""
    settings, problems = read_settings(config.get("rebalance"))
    if problems:
        raise ValueError(problems[0])
    stake = str(config["stake_currency"])
    return Setup(settings, stake, _assets(settings, stake, _exchange(config)["pair_whitelist"]))


def _exchange(config: Mapping[str, Any]) -> Mapping[str, Any]:
    return config.get("exchange") or {}


def _assets(settings: Settings, stake: str, pairs: list[str]) -> tuple[str, ...]:
    if isinstance(settings.targets, dict):
        return tuple(asset for asset in settings.targets if asset != stake)
    return tuple(dict.fromkeys(pair.split("/")[0] for pair in pairs))


def _target_problems(settings: Settings, stake: str, pairs: list[str]) -> list[str]:
    where = "exchange.pair_whitelist"
    problems = [
        f'{where}: "{pair}" is not a spot pair with the stake currency {stake}; '
        f'write pairs one by one, like "BTC/{stake}"'
        for pair in pairs
        if not _is_pair(pair, stake)
    ]
    if settings.targets == "equal":
        if not 2 <= len(set(pairs)) <= MAX_ASSETS:
            rule = f'"equal" divides over 2 to {MAX_ASSETS} pairs of {where}'
            problems.append(f"rebalance.targets: {rule}, {len(set(pairs))} given")
        return problems
    assets = _assets(settings, stake, pairs)
    for asset in assets:
        if f"{asset}/{stake}" not in pairs:
            remedy = f'add "{asset}/{stake}" to {where} or remove the target'
            problems.append(f"rebalance.targets: {asset} has no pair, {remedy}")
    for pair in pairs:
        if _is_pair(pair, stake) and pair.split("/")[0] not in assets:
            remedy = "give it a target (0 is one) or remove it from the whitelist"
            problems.append(f"rebalance.targets: {pair} of {where} has no target, {remedy}")
    return problems


def _is_pair(pair: str, stake: str) -> bool:
    base, _, quote = pair.partition("/")
    return base.isalnum() and quote == stake and base != stake


def _threshold_problems(settings: Settings, members: tuple[str, ...]) -> list[str]:
    if not isinstance(settings.threshold, dict) or settings.targets is None:
        return []
    return [
        f"rebalance.threshold: {asset} is not among the assets, which are {', '.join(members)}"
        for asset in settings.threshold
        if asset not in members
    ]


def _period_problems(settings: Settings, config: Mapping[str, Any], timeframe: str) -> list[str]:
    if settings.period_duration is None or config.get("runmode") not in OPTIMIZE_MODES:
        return []
    if settings.period_duration.total_seconds() >= timeframe_to_seconds(timeframe):
        return []
    remedy = f"lengthen the period or use a timeframe of at most {settings.period}"
    return [f"rebalance.period: {settings.period} is below the timeframe {timeframe}, {remedy}"]


def _money_problems(config: Mapping[str, Any], assets: int) -> list[str]:
    problems = []
    if "available_capital" in config:
        problems.append(
            "available_capital: freqtrade counts it at cost, a rebalancer capped by it starves; "
            'remove it and set "investment" in the rebalance block'
        )
    ratio = config.get("tradable_balance_ratio", 0.99)
    if ratio != 1:
        problems.append(
            f"tradable_balance_ratio: must be 1, is {ratio}; to hold cash give the stake currency "
            "a target in rebalance.targets, its cash weight"
        )
    if config.get("stake_amount", "unlimited") != "unlimited":
        given = config["stake_amount"]
        problems.append(f'stake_amount: must be "unlimited", is {given}; the targets size trades')
    trades = config.get("max_open_trades", assets)
    if 0 <= trades < assets:
        rule = f"must be at least {assets}, one for each asset"
        problems.append(f"max_open_trades: {rule}, is {trades:g}")
    adjustments = config.get("max_entry_position_adjustment", -1)
    if adjustments != -1:
        problems.append(
            f"max_entry_position_adjustment: must be -1, is {adjustments}; it would end the buys"
        )
    if config.get("position_stacking"):
        problems.append("position_stacking: must be false, an asset is held in one trade")
    return problems


def seller_problems(config: Mapping[str, Any]) -> list[str]:
    """Find what would sell the portfolio behind the policy's back, one line each."""
    problems = []
    if str(config.get("trading_mode") or "spot") != "spot":
        given = config["trading_mode"]
        problems.append(f'trading_mode: must be "spot", is "{given}"; coins are held, not lent')
    behind = "it would sell behind the policy's back"
    stoploss = config.get("stoploss", -1)
    if stoploss != -1:
        problems.append(f"stoploss: must be -1 or left out, is {stoploss}; {behind}")
    if config.get("minimal_roi"):
        given = dict(config["minimal_roi"])
        problems.append(f"minimal_roi: must be {{}} or left out, is {given}; {behind}")
    for key in ("trailing_stop", "use_custom_stoploss"):
        if config.get(key):
            problems.append(f"{key}: must be false; {behind}")
    if (config.get("order_types") or {}).get("stoploss_on_exchange"):
        problems.append(f"order_types.stoploss_on_exchange: must be false; {behind}")
    hyperopt = config.get("runmode") == RunMode.HYPEROPT
    spaces = (config.get("spaces") or ["default"]) if hyperopt else []
    wrong = [space for space in spaces if space in _NO_SELLING_SPACES]
    if wrong:
        remedy = "use --spaces rebalance"
        problems.append(f'spaces: "{wrong[0]}" would optimise stoploss or ROI, {remedy}')
    return problems


def _maker_problems(settings: Settings, config: Mapping[str, Any]) -> list[str]:
    if settings.maker is None or config.get("runmode") in OPTIMIZE_MODES:
        return []
    problems = []
    for side in ("entry", "exit"):
        kind = (config.get("order_types") or {}).get(side, "limit")
        if kind != "limit":
            rule = 'must be "limit" with rebalance.maker'
            problems.append(f'order_types.{side}: {rule}, is "{kind}"')
        price = (config.get(f"{side}_pricing") or {}).get("price_side", "same")
        if price != "same":
            rule = 'must be "same" with rebalance.maker'
            problems.append(f'{side}_pricing.price_side: {rule}, is "{price}"')
    return problems


def _limit_problems(settings: Settings) -> list[str]:
    period, most = settings.period_duration, settings.limits.day_rounds
    if period is None or period.total_seconds() * most >= DAY:
        return []
    rounds = int(DAY / period.total_seconds())
    return [
        f"rebalance.limits.day_rounds: {most} would stop a period of {settings.period}, "
        f"which makes up to {rounds} rounds a day; raise it"
    ]


def _pairlist_problems(config: Mapping[str, Any]) -> list[str]:
    methods = [item.get("method") for item in config.get("pairlists") or []]
    problems = []
    if methods and methods != ["StaticPairList"]:
        shown = ", ".join(map(str, methods))
        problems.append(f"pairlists: must be StaticPairList alone, is {shown}; targets name pairs")
    blacklist = _exchange(config).get("pair_blacklist") or []
    for pair in set(blacklist) & set(_exchange(config).get("pair_whitelist") or []):
        problems.append(f"exchange.pair_blacklist: {pair} is in the whitelist too, remove it")
    return problems
