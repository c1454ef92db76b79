"""All that is known of assets, gathered."""

from __future__ import annotations

from dataclasses import dataclass

from rebalancing.explore.assets.asset_figures import AssetFigures, asset_figures
from rebalancing.explore.assets.clusters import clusters
from rebalancing.explore.assets.daily_closes import DailyCloses
from rebalancing.explore.assets.reversion import Reversion, reversions
from rebalancing.explore.assets.subsidies import Subsidy, subsidies
from rebalancing.explore.choice.extras import ExtraMissingError
from rebalancing.market.portfolio import Vector
from rebalancing.performance.correlation import correlation_matrix


@dataclass(frozen=True, eq=False)
class Overview:
    """What is known of assets.

    Parameters
    ----------
    correlations : array, shape (assets, assets)
        Of daily returns; NaN for fewer than 20 days in common.
    clusters : tuple of tuple of str
        Assets that go at the same pace; every asset is in one.
    reversions : tuple of Reversion
        Of every two assets; empty where arch is not installed.
    missing : str
        What could not be computed, and what to install; empty if nothing.
    """

    closes: DailyCloses
    figures: tuple[AssetFigures, ...]
    correlations: Vector
    clusters: tuple[tuple[str, ...], ...]
    reversions: tuple[Reversion, ...]
    subsidies: tuple[Subsidy, ...]
    missing: str


def overview(closes: DailyCloses) -> Overview:
    """Gather it.

    Raises
    ------
    ValueError
        If an asset has fewer than two closes: one line.
    """
    figures = asset_figures(closes)
    matrix = correlation_matrix(closes.returns)
    tested: tuple[Reversion, ...] = ()
    missing = ""
    try:
        tested = reversions(closes)
    except ExtraMissingError as error:
        missing = str(error)
    groups = clusters(closes.assets, matrix)
    return Overview(closes, figures, matrix, groups, tested, subsidies(closes), missing)
