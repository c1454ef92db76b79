"""Cautions: what is allowed and probably not meant, told when a run starts and by its result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from rebalancing.config.settings import Settings
from rebalancing.market.portfolio import Vector
from rebalancing.policy.drift import threshold_vector, tolerance_bands
from rebalancing.policy.weights.configured import target_weights

HIGH_FEE = 0.015
"""Fraction of a trade above which no spot exchange charges a usual account."""

FAR = 10.0
"""A threshold that needs a larger change of price than this factor is taken for out of reach."""


def cautions(
    settings: Settings, assets: Sequence[str], stake: str, fee: float, wallet: float
) -> list[str]:
    """Return what the user should look at again, a sentence each, with the remedy.

    Parameters
    ----------
    settings : Settings
        The policy, valid.
    assets : sequence of str
        Codes of the assets other than the stake currency.
    stake : str
        Code of the stake currency.
    fee : float
        Fraction of the notional.
    wallet : float
        Stake currency that there is at the start.

    Returns
    -------
    list of str
        Empty if nothing is strange.
    """
    return [
        *_fee(fee),
        *_investment(settings.investment, stake, wallet),
        *_threshold(settings, assets, stake),
    ]


def _fee(fee: float) -> Iterator[str]:
    if fee > HIGH_FEE:
        meant = f"if {fee:g} % was meant write {fee / 100:g}"
        yield f"fee: {fee:g} is {fee * 100:g} % of every trade; it is a fraction, {meant}"


def _investment(investment: float | None, stake: str, wallet: float) -> Iterator[str]:
    if investment is not None and investment > wallet:
        yield (
            f"rebalance.investment: {investment:.8g} {stake} is more than there is, "
            f"{wallet:.8g} {stake}; the portfolio has no more than that"
        )


def _threshold(settings: Settings, assets: Sequence[str], stake: str) -> Iterator[str]:
    """Name the members that cannot reach their own threshold.

    With one threshold for all a member that can is enough.
    """
    threshold = settings.threshold
    if threshold is None or settings.targets is None:
        return
    weights = target_weights(settings.targets, assets, stake)
    relative = settings.threshold_kind == "relative"
    bands = tolerance_bands(threshold_vector(threshold, assets, stake), weights, relative)
    needed = _needed_change(weights, bands)
    remedy = "set a smaller one"
    if isinstance(threshold, float):
        if (needed > FAR).all():
            least = "" if np.isinf(needed).all() else f" before a price changes {needed.min():.0f}x"
            yield f"rebalance.threshold: {threshold:g} is out of reach{least}; {remedy}"
        return
    for member, change in zip([*assets, stake], needed, strict=True):
        if member in threshold and change > FAR:
            least = "" if np.isinf(change) else f" before its price changes {change:.0f}x"
            yield f"rebalance.threshold: {member}'s is out of reach{least}; {remedy}"


def _needed_change(weights: Vector, bands: Vector) -> Vector:
    """Return the factor by which each price must change to reach its band.

    It rises or falls against all others; infinite where no price is far enough.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = weights / (1 - weights)
        above = np.where(weights + bands < 1, (weights + bands) / (1 - weights - bands), np.inf)
        below = np.where(weights > bands, (weights - bands) / (1 - weights + bands), 0.0)
        change = np.fmin(above / odds, odds / below)
    # Without a weight, or with all of it, nothing that prices do moves it.
    return np.where((weights > 0) & (weights < 1), change, np.inf)
