"""What becomes of the target weights while an asset is unavailable, or not traded."""

from __future__ import annotations

import numpy as np

from rebalancing.market.portfolio import Mask, Vector


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


def targets_in_force(
    targets: Vector, available: Mask, out: Mask, weights: Vector, reserve: float
) -> Vector:
    """Return the target weights that hold at a moment.

    Parameters
    ----------
    targets : array, shape (assets + 1,)
        As configured: fractions that sum to 1.
    available : bool array, shape (assets + 1,)
        Members with a price; the last one, the stake currency's, is True.
    out : bool array, shape (assets,)
        Assets that are neither bought nor sold, and whose weight nobody else gets.
    weights : array, shape (assets + 1,)
        Of now, fractions; 0 for what is unavailable.
    reserve : float
        Fraction of the NAV that buys leave uninvested.

    Returns
    -------
    array, shape (assets + 1,)
        Fractions that sum to 1.
    """
    cash = float(weights[-1])
    if not out.any():
        return beside_reserve(over_available(targets, available), reserve, cash, out)
    shared = over_available(targets, available | np.append(out, False))
    return beside_reserve(held_in_cash(shared, out, weights), reserve, cash, out)


def beside_reserve(targets: Vector, reserve: float, cash_weight: float, out: Mask) -> Vector:
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
    out : bool array, shape (assets,)
        Assets whose targets stay as they are.

    Returns
    -------
    array, shape (assets + 1,)
        Fractions that sum to 1: the cash that is tolerated, and the other targets in the rest.

    Examples
    --------
    >>> none = np.array([False, False])
    >>> beside_reserve(np.array([0.5, 0.5, 0.0]), 0.02, 1.0, none).tolist()
    [0.49, 0.49, 0.02]
    >>> beside_reserve(np.array([0.5, 0.5, 0.0]), 0.02, -3.0, none).tolist()
    [0.49, 0.49, 0.02]
    """
    cash = float(targets[-1])
    room = 1 - cash - float(targets[:-1][out].sum())
    wanted = reserve if cash_weight < 0 else cash_weight
    tolerated = min(max(wanted, cash), max(cash, reserve), cash + room)
    if tolerated <= cash:
        return targets
    rest = np.where(out, targets[:-1], targets[:-1] * ((room - (tolerated - cash)) / room))
    return np.append(rest, tolerated)


def targets_around(
    kept: Mask, targets: Vector, available: Mask, out: Mask, weights: Vector, reserve: float
) -> Vector:
    """Return the target weights that hold while some assets stay what they are.

    Parameters
    ----------
    kept : bool array, shape (assets,)
        The others share the rest by their targets.
    targets, available, out, weights, reserve
        As for `targets_in_force`.

    Returns
    -------
    array, shape (assets + 1,)
        Fractions that sum to 1.

    Examples
    --------
    >>> none, eth, prices = np.zeros(2, bool), np.array([False, True]), np.ones(3, bool)
    >>> targets, weights = np.array([0.375, 0.5, 0.125]), np.array([0.5, 0.25, 0.25])
    >>> targets_around(eth, targets, prices, none, weights, 0.0).tolist()
    [0.5625, 0.25, 0.1875]
    """
    if not kept.any():
        return targets_in_force(targets, available, out, weights, reserve)
    staying = np.append(kept & ~out, False)
    stays = np.where(staying, weights, 0.0)
    rest = 1 - float(stays.sum())
    if rest <= 0:  # a lowered investment leaves less than nothing in cash
        return weights
    others, shares = available & ~staying, (weights - stays) / rest
    return stays + rest * targets_in_force(targets, others, out, shares, reserve / rest)


def held_in_cash(targets: Vector, out: Mask, weights: Vector) -> Vector:
    """Leave assets at the weights they have, and hold the rest of their targets in cash.

    Parameters
    ----------
    targets : array, shape (assets + 1,)
        Fractions that sum to 1.
    out : bool array, shape (assets,)
        Assets that are neither bought nor sold.
    weights : array, shape (assets + 1,)
        Of now, fractions.

    Returns
    -------
    array, shape (assets + 1,)
        Fractions that sum to 1. Where what is out weighs more than its targets, the others share
        what it leaves them; nothing if more cash has been taken out than they are worth.

    Examples
    --------
    >>> held_in_cash(np.array([0.7, 0.3, 0.0]), np.array([False, True]), np.array([0.7, 0.2, 0.1]))
    array([0.7, 0.2, 0.1])
    """
    fixed = np.append(out, False)
    wanted, there = float(targets[fixed].sum()), float(weights[fixed].sum())
    if there >= 1:
        kept = np.where(fixed, weights, 0.0)
        kept[-1] = 1 - there
        return kept
    if there > wanted:
        return np.where(fixed, weights, targets * ((1 - there) / (1 - wanted)))
    kept = np.where(fixed, weights, targets)
    kept[-1] += wanted - there
    return kept
