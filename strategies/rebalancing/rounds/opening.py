"""The opening of a round: what is known at its start, to judge what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rebalancing.market.portfolio import Portfolio, Vector
from rebalancing.rounds.plan import Plan, omissions


def opening_facts(plan: Plan, portfolio: Portfolio, stake: str) -> dict[str, Any]:
    """Return what the end of a round is compared with.

    Parameters
    ----------
    plan : Plan
        Its first one.
    portfolio : Portfolio
        At its start.
    stake : str
        Code of the stake currency.

    Returns
    -------
    dict
        NAV in stake currency, weights, prices, planned notionals (sells negative), omissions.
    """
    prices = zip(portfolio.assets, portfolio.prices.tolist(), strict=True)
    return {
        "nav": portfolio.nav,
        "weights": weights_by_member(portfolio, stake),
        "prices": {asset: price for asset, price in prices if np.isfinite(price)},
        "planned": {trade.asset: trade.amount * trade.price for trade in plan.trades},
        "left_out": omissions(plan),
    }


def weights_by_member(portfolio: Portfolio, stake: str) -> dict[str, float]:
    """Return the weights by name of the member."""
    return by_member((*portfolio.assets, stake), portfolio.weights)


def by_member(members: Sequence[str], vector: Vector) -> dict[str, float]:
    """Return a vector over the members by their names."""
    return dict(zip(members, vector.tolist(), strict=True))
