"""Clusters: assets whose prices go at the same pace."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
from scipy.spatial.distance import squareform

from rebalancing.market.portfolio import Vector

TOGETHER = 0.8
"""Mean correlation between the members of a cluster, at least."""


def clusters(assets: tuple[str, ...], correlations: Vector) -> tuple[tuple[str, ...], ...]:
    """Group assets by the correlation of their daily returns.

    Parameters
    ----------
    correlations : array, shape (assets, assets)
        NaN where it is not known: taken for 0.

    Returns
    -------
    tuple of tuple of str
        Every asset is in one; those alone too. Neighbours resemble each other most.

    Notes
    -----
    Average linkage (scipy's) on the distance 1 - correlation, cut where the mean correlation
    between two groups is below 0.8.
    """
    if len(assets) < 2:
        return (assets,)
    known = np.nan_to_num(correlations, nan=0.0)
    distance = np.clip(1 - (known + known.T) / 2, 0.0, 2.0)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), "average", optimal_ordering=True)
    labels = fcluster(tree, 1 - TOGETHER, "distance")
    order = leaves_list(tree)
    turn = dict.fromkeys(int(labels[i]) for i in order)
    return tuple(tuple(assets[i] for i in order if labels[i] == label) for label in turn)
