"""Hansen's test and stepwise selection: whether any of many policies is better than another."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rebalancing.explore.choice.extras import ExtraMissingError
from rebalancing.market.portfolio import Mask, Vector

Rows = NDArray[np.intp]

LEVEL = 0.05
"""Chance that anything is called better where nothing is."""

RESAMPLES = 1000
SEED = 1
_SAMPLED = 50
_TOGETHER = 1024


@dataclass(frozen=True, eq=False)
class Superiority:
    """What the tests say of all policies of a search together.

    Parameters
    ----------
    p_value : float
        Of Hansen's SPA test [1]_ (the "consistent" one): how often luck alone would show a best
        policy at least as far ahead. In plain words: below 0.05, some policy is better than the
        benchmark; above, the best one may just be the luckiest of many.
    superior : bool array, shape (policies,)
        Those that the stepwise selection of Romano and Wolf [2]_ calls better. In plain words: the
        chance that even one of them is on this list by luck is at most `level`.
    level : float
        Of the stepwise selection.
    block : int
        Mean length of the blocks of the stationary bootstrap [3]_, in stretches of the growth.
    resamples : int
        How often the history was drawn again.

    References
    ----------
    .. [1] P. R. Hansen, "A Test for Superior Predictive Ability", Journal of Business & Economic
       Statistics 23 (4), 2005.
    .. [2] J. P. Romano and M. Wolf, "Stepwise Multiple Testing as Formalized Data Snooping",
       Econometrica 73 (4), 2005.
    .. [3] D. N. Politis and J. P. Romano, "The Stationary Bootstrap", Journal of the American
       Statistical Association 89 (428), 1994.
    """

    p_value: float
    superior: Mask
    level: float
    block: int
    resamples: int


def superiority(
    growth: Vector,
    benchmark: Vector,
    *,
    level: float = LEVEL,
    block: int | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Superiority:
    """Test all policies of a search against a benchmark.

    Parameters
    ----------
    growth : array, shape (policies, stretches)
        Logarithms of growth, as `log_growth` gives them.
    benchmark : array, shape (stretches,)
        Those of holding, or of the present policy.
    level : float
        Chance of a wrong "better", from 0 to 1.
    block : int or None
        Mean length of the blocks; None: as the series ask for (`block_length`).

    Raises
    ------
    ExtraMissingError
        If arch is not installed.
    ValueError
        If there are fewer than 10 stretches.

    Notes
    -----
    The resampling is arch's; the statistics are those of its `SPA` and `StepM`, to the digit, but
    computed for all resamples in one product of matrices (docs/measurements.md says what that
    saves). As in arch, mean differences are compared as they are, not divided by their standard
    errors.
    """
    difference = growth - benchmark
    stretches = difference.shape[-1]
    if stretches < 10:
        raise ValueError(f"a test needs at least 10 stretches of growth, there are {stretches}")
    block = block or block_length(difference)
    shares = _shares(stretches, block, resamples, seed)
    means = difference.mean(axis=1)
    centred = np.where(_relevant(difference, block), means, 0.0)
    everyone = np.ones(len(means), dtype=bool)
    first = drawn = _largest(shares, difference, centred, everyone)
    superior = ~everyone
    while True:
        better = ~superior & (means > np.percentile(drawn, 100 * (1 - level)))
        superior |= better
        if not better.any() or superior.all():
            break
        drawn = _largest(shares, difference, centred, ~superior)
    p_value = float((first > means.max()).mean())
    return Superiority(p_value, superior, level, block, resamples)


def block_length(difference: Vector) -> int:
    """Choose the mean length of the blocks of the stationary bootstrap.

    Parameters
    ----------
    difference : array, shape (policies, stretches)
        Growth of the policies less that of the benchmark.

    Returns
    -------
    int
        At least 1: the median over up to 50 policies, spread evenly over the search, rounded up.

    References
    ----------
    .. [1] D. N. Politis and H. White, "Automatic Block-Length Selection for the Dependent
       Bootstrap", Econometric Reviews 23 (1), 2004; corrected with A. Patton, 28 (4), 2009.
    """
    try:
        from arch.bootstrap import optimal_block_length
    except ImportError:
        raise ExtraMissingError("arch", "the choice of a block length") from None
    rows = np.unique(np.linspace(0, len(difference) - 1, _SAMPLED).astype(int))
    sample = difference[rows]
    sample = sample[np.ptp(sample, axis=1) > 0]
    if not len(sample):
        return 1
    with np.errstate(all="ignore"):  # some series divide by 0; the longest length is theirs
        lengths = optimal_block_length(sample.T)["stationary"].to_numpy()
    return max(1, math.ceil(float(np.median(lengths))))


def _shares(stretches: int, block: int, resamples: int, seed: int) -> Vector:
    """Draw histories again.

    Return the share of each stretch in them, shape (resamples, stretches).
    """
    try:
        from arch.bootstrap import StationaryBootstrap
    except ImportError:
        raise ExtraMissingError("arch", "a test of many policies") from None
    bootstrap = StationaryBootstrap(block, np.arange(stretches), seed=seed)
    counts = [
        np.bincount(drawn[0], minlength=stretches) for drawn, _ in bootstrap.bootstrap(resamples)
    ]
    return np.array(counts) / stretches


def _largest(shares: Vector, difference: Vector, centred: Vector, among: Mask) -> Vector:
    """Return the largest centred mean difference of each resample, among some policies."""
    largest = np.full(len(shares), -np.inf)
    for part in _parts(np.flatnonzero(among)):
        means = shares @ difference[part].T - centred[part]
        np.maximum(largest, means.max(axis=1), out=largest)
    return largest


def _relevant(difference: Vector, block: int) -> Mask:
    """Tell which policies are not so far behind that they say nothing about the best one."""
    stretches = difference.shape[1]
    limit = 2 * math.log(math.log(stretches)) / stretches
    relevant = np.empty(len(difference), dtype=bool)
    for part in _parts(np.arange(len(difference))):
        variance = _long_run_variance(difference[part], block)
        relevant[part] = difference[part].mean(axis=1) >= -np.sqrt(variance * limit)
    return relevant


def _long_run_variance(difference: Vector, block: int) -> Vector:
    """Return the variance that the stationary bootstrap gives a mean, times the stretches."""
    from scipy.fft import irfft, next_fast_len, rfft  # it takes long to be imported

    stretches = difference.shape[1]
    centred = difference - difference.mean(axis=1, keepdims=True)
    length = next_fast_len(2 * stretches, real=True)
    spectrum = np.abs(rfft(centred, length)) ** 2
    covariance = irfft(spectrum, length)[:, :stretches] / stretches
    lag, stay = np.arange(stretches), 1 - 1 / block
    weight = (1 - lag / stretches) * stay**lag + lag / stretches * stay ** (stretches - lag)
    weight[0] = 0.5
    variance: Vector = 2 * covariance @ weight
    return variance


def _parts(rows: Rows) -> Iterator[Rows]:
    """Part policies into groups whose resamples fit into memory."""
    for begin in range(0, len(rows), _TOGETHER):
        yield rows[begin : begin + _TOGETHER]
