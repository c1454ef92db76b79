"""The target weights, and what becomes of them while an asset is unavailable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rebalancing.portfolio import Mask, Vector


def target_weights(targets: Mapping[str, float] | str, assets: Sequence[str], stake: str) -> Vector:
    """Return the wanted weights as a vector.

    Parameters
    ----------
    targets : mapping of str to float, or "equal"
        Fractions by asset code; "equal" divides over `assets`.
    assets : sequence of str
        Codes of the assets other than the stake currency.
    stake : str
        Code of the stake currency; its weight is 0 if it is not among the targets.

    Returns
    -------
    array, shape (assets + 1,)
        Fractions that sum to 1, the cash weight last.

    Examples
    --------
    >>> target_weights({"BTC": 0.5, "USDT": 0.5}, ["BTC"], "USDT").tolist()
    [0.5, 0.5]
    """
    if isinstance(targets, str):
        return np.append(np.full(len(assets), 1 / len(assets)), 0.0)
    weights: Vector = np.array([targets.get(asset, 0.0) for asset in [*assets, stake]])
    weights /= weights.sum()
    return weights


def over_available(targets: Vector, available: Mask) -> Vector:
    """Renormalise the targets over the members that are available.

    Parameters
    ----------
    targets : array, shape (..., assets + 1)
        Fractions that sum to 1.
    available : bool array, shape (..., assets + 1)
        The last one, the stake currency's, is True.

    Returns
    -------
    array, shape (..., assets + 1)
        Fractions that sum to 1, 0 for what is unavailable. All cash if nothing that has a
        target is available.
    """
    if available.all():
        return np.broadcast_to(targets, available.shape)
    kept = np.where(available, targets, 0.0)
    total = kept.sum(axis=-1, keepdims=True)
    all_cash = np.zeros(kept.shape)
    all_cash[..., -1] = 1.0
    return np.where(total > 0, kept / np.where(total > 0, total, 1.0), all_cash)


def beside_reserve(targets: Vector, reserve: float, cash_weight: float) -> Vector:
    """Let cash between its target and the reserve count as no drift.

    Parameters
    ----------
    targets : array, shape (assets + 1,)
        Fractions that sum to 1.
    reserve : float
        Fraction of the NAV that buys leave uninvested.
    cash_weight : float
        Fraction of the NAV that is cash now. Negative where more has been taken out than there
        was: the sells that make up for it bring the reserve too.

    Returns
    -------
    array, shape (assets + 1,)
        Fractions that sum to 1: the cash that is tolerated, and the other targets in the rest.

    Examples
    --------
    >>> beside_reserve(np.array([0.5, 0.5, 0.0]), 0.02, 1.0).tolist()
    [0.49, 0.49, 0.02]
    >>> beside_reserve(np.array([0.5, 0.5, 0.0]), 0.02, -3.0).tolist()
    [0.49, 0.49, 0.02]
    """
    cash = float(targets[-1])
    most = max(cash, reserve)
    tolerated = most if cash_weight < 0 else min(max(cash_weight, cash), most)
    if tolerated == cash:
        return targets
    return np.append(targets[:-1] * ((1 - tolerated) / (1 - cash)), tolerated)


def held_in_cash(targets: Vector, out: Mask) -> Vector:
    """Hold the weights of assets that are kept out of the portfolio in cash.

    Parameters
    ----------
    targets : array, shape (assets + 1,)
        Fractions that sum to 1.
    out : bool array, shape (assets,)
        Assets that are neither bought nor missed.

    Returns
    -------
    array, shape (assets + 1,)
        Fractions that sum to 1, 0 for what is out.

    Examples
    --------
    >>> held_in_cash(np.array([0.75, 0.25, 0.0]), np.array([False, True])).tolist()
    [0.75, 0.0, 0.25]
    """
    if not out.any():
        return targets
    kept = np.where(np.append(out, False), 0.0, targets)
    kept[-1] += targets[:-1][out].sum()
    return kept
