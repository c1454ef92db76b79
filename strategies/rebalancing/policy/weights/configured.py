"""Target weights as they are configured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rebalancing.market.portfolio import Vector


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
