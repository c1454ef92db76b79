"""The deflated Sharpe ratio: what is left of the best Sharpe ratio of many trials."""

from __future__ import annotations

import numpy as np

from rebalancing.explore.choice.extras import ExtraMissingError
from rebalancing.market.portfolio import Vector


def deflated_sharpe(difference: Vector, chosen: int) -> float | None:
    """Return the probability that the true Sharpe ratio is above zero.

    It is that of the chosen policy, given how many were tried.

    Parameters
    ----------
    difference : array, shape (policies, stretches)
        Growth of every policy that was tried less that of the benchmark.
    chosen : int
        Row of the chosen one.

    Returns
    -------
    float or None
        From 0 to 1; None where the chosen one never differs from the benchmark. In plain words:
        below 0.95, a search of this size finds as good a policy by luck.

    Raises
    ------
    ExtraMissingError
        If skfolio is not installed.

    Notes
    -----
    skfolio's function. It takes the trials for independent; those of a search resemble each other,
    so the figure is rather too strict.

    References
    ----------
    .. [1] D. H. Bailey and M. Lopez de Prado, "The Deflated Sharpe Ratio: Correcting for Selection
       Bias, Backtest Overfitting, and Non-Normality", The Journal of Portfolio Management 40 (5),
       2014.
    """
    try:
        from skfolio.measures import deflated_sharpe_ratio
    except ImportError:
        raise ExtraMissingError("skfolio", "the deflated Sharpe ratio") from None
    spread = difference.std(axis=1, ddof=1)
    ratios = np.full(len(difference), np.nan)
    moves = spread > 0
    ratios[moves] = difference[moves].mean(axis=1) / spread[moves]
    if not moves[chosen]:
        return None
    return float(deflated_sharpe_ratio(difference[chosen], ratios))
