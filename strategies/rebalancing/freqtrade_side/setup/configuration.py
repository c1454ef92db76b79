"""The rest of freqtrade's configuration: what a rebalancer needs of it, and what would harm it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from freqtrade.exceptions import OperationalException

from rebalancing.config.settings import Settings, read_settings
from rebalancing.freqtrade_side.setup.checks.block import block_problems
from rebalancing.freqtrade_side.setup.checks.entries import entry_problems
from rebalancing.freqtrade_side.setup.checks.money import money_problems
from rebalancing.freqtrade_side.setup.checks.pairs import members_of, pair_problems
from rebalancing.freqtrade_side.setup.checks.policy import policy_problems
from rebalancing.freqtrade_side.setup.checks.sellers import seller_problems
from rebalancing.market.portfolio import Mask, Vector
from rebalancing.policy.weights.configured import target_weights


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

    def mask(self, names: Collection[str]) -> Mask:
        """Tell which assets are among those named, shape (assets,)."""
        return np.array([asset in names for asset in self.assets], dtype=bool)

    def named(self, mask: Mask) -> frozenset[str]:
        """Return the assets that a mask of shape (assets,) picks."""
        return frozenset(np.array(self.assets)[mask].tolist())

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
    setup, problems = examine(config, timeframe)
    if problems:
        raise OperationalException("\n".join(problems))
    return setup


def examine(config: Mapping[str, Any], timeframe: str) -> tuple[Setup, list[str]]:
    """Read the configuration and find everything that is wrong with it.

    Returns
    -------
    Setup
        Valid if there are no problems.
    list of str
        One line for each problem.
    """
    settings, problems = read_settings(config.get("rebalance"))
    misnamed = block_problems(config)
    problems = misnamed + (problems if config.get("rebalance") is not None or not misnamed else [])
    problems += pair_problems(settings, config)
    stake, pairs = str(config.get("stake_currency")), _pairs(config)
    assets = members_of(settings, stake, pairs)
    timeframe = str(config.get("timeframe") or timeframe)
    members = (*assets, stake) if settings.targets else ()
    problems += policy_problems(settings, config, timeframe, members)
    problems += money_problems(config, len(assets))
    problems += entry_problems(config)
    problems += seller_problems(config)
    return Setup(settings, stake, assets), problems


def plain_setup(config: Mapping[str, Any]) -> Setup:
    """Read a configuration that was checked before, as a result's.

    Raises ValueError if its ``rebalance`` block is missing or invalid.
    """
    settings, problems = read_settings(config.get("rebalance"))
    if problems:
        raise ValueError(problems[0])
    stake = str(config["stake_currency"])
    return Setup(settings, stake, members_of(settings, stake, config["exchange"]["pair_whitelist"]))


def _pairs(config: Mapping[str, Any]) -> list[str]:
    pairs = (config.get("exchange") or {}).get("pair_whitelist")
    return [str(pair) for pair in pairs] if isinstance(pairs, list) else []
