"""The candles of assets that somebody asks about: which pairs, and where they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rebalancing.explore.assets.daily_closes import DailyCloses
from rebalancing.launch.arguments import Given
from rebalancing.launch.configuration import DEFAULT_CONFIG, load_configuration, read_setup
from rebalancing.launch.errors import LaunchError


@dataclass(frozen=True)
class AssetQuestion:
    """What was asked.

    Attributes
    ----------
    pairs
        Pairs, or codes of assets in the stake currency of the configuration; empty for its
        whitelist.
    configs
        Configuration files; empty for config.json, which need not be there if `pairs` and
        `datadir` say all.
    datadir, userdir
        The folders given; None where they are not.
    timeframe, timerange
        As given; None where they are not.
    """

    pairs: tuple[str, ...] = ()
    configs: tuple[str, ...] = ()
    datadir: Path | None = None
    userdir: Path | None = None
    timeframe: str | None = None
    timerange: str | None = None


def read_assets(asked: AssetQuestion) -> tuple[DailyCloses, str]:
    """Read daily closes, and say where they come from.

    Raises
    ------
    LaunchError
        If the configuration, a pair or a candle is missing or wrong.
    """
    from freqtrade.exceptions import FreqtradeException

    from rebalancing.freqtrade_side.history.daily_candles import pairs_in, read_daily_closes

    config, datadir = _place(asked)
    if not datadir.is_dir():
        raise LaunchError(f"{datadir}: is no folder of candles; download some: rebalance data")
    try:
        pairs = _named(pairs_in(datadir, asked.pairs or _whitelist(config)), config)
        preferred = config.get("timeframe")
        closes, timeframe = read_daily_closes(
            pairs,
            datadir,
            asked.timeframe,
            preferred if isinstance(preferred, str) else None,
            asked.timerange,
        )
    except (ValueError, OSError, FreqtradeException) as error:
        raise LaunchError(str(error)) from None
    return closes, f"candles of {timeframe} in {datadir}"


def _place(asked: AssetQuestion) -> tuple[Mapping[str, Any], Path]:
    """Return the configuration, if one is needed, and the folder of candles."""
    says_all = asked.datadir is not None and asked.pairs and all("/" in p for p in asked.pairs)
    if asked.datadir is not None and says_all and not asked.configs:
        return {}, asked.datadir
    given = Given(datadir=asked.datadir, user_data_dir=asked.userdir)
    setup = read_setup(load_configuration(asked.configs or (DEFAULT_CONFIG,)), given)
    return setup.config, setup.datadir


def _whitelist(config: Mapping[str, Any]) -> tuple[str, ...]:
    found = tuple(map(str, config["exchange"].get("pair_whitelist", ())))
    if not found:
        raise LaunchError(
            "exchange.pair_whitelist: is empty; name pairs: rebalance assets BTC/USDT"
        )
    return found


def _named(names: list[str], config: Mapping[str, Any]) -> list[str]:
    """Return pairs, all in one stake currency."""
    stake = config.get("stake_currency")
    pairs = list(dict.fromkeys(name if "/" in name else f"{name}/{stake}" for name in names))
    quotes = {pair.split("/")[1] for pair in pairs}
    if len(quotes) > 1:
        raise LaunchError(
            f"{', '.join(pairs)}: must have the same stake currency, have "
            f"{' and '.join(sorted(quotes))}; make candles of another pair with: rebalance cross"
        )
    if not pairs:
        raise LaunchError("no pair is left of the names given; write pairs such as BTC/USDT")
    return pairs
