"""What a search of policies found: the figures of each, and what may be concluded from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rebalancing.explore.choice.timing_luck import TimingLuck
from rebalancing.market.portfolio import Vector

if TYPE_CHECKING:
    from rebalancing.explore.choice.conclusion import Conclusion
    from rebalancing.explore.choice.judgement import Judgement

Block = Mapping[str, Any]
"""A `rebalance` block, as it would be configured."""

Whole = NDArray[np.int64]

UNJUDGED = "It was stopped before the judges were heard: nothing can be concluded."
"""Stands where a conclusion would."""


@dataclass(frozen=True)
class Axis:
    """What is swept.

    Parameters
    ----------
    name : str
        A key of the block; "targets" for given sets of weights.
    values : tuple
        As they would be configured; None for a key that is left out. In the order given.
    labels : tuple of str
        The same for people.
    """

    name: str
    values: tuple[Any, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Ground:
    """What all policies of a search ran on.

    Parameters
    ----------
    assets : tuple of str
        Codes, without the stake currency.
    stake : str
        Code of the stake currency.
    cash : float
        Stake currency at the start.
    fee : float
        Fraction of every notional.
    begin, end : int
        Starts of the first and the last candle, seconds since 1970, UTC.
    step : int
        Length of a candle, seconds.
    """

    assets: tuple[str, ...]
    stake: str
    cash: float
    fee: float
    begin: int
    end: int
    step: int


@dataclass(frozen=True, eq=False)
class Figures:
    """Figures of policies, arrays of shape (policies,), in the order of the policies.

    Parameters
    ----------
    nav, hodl_nav : array
        At the end, everything sold, after fees, as a backtest ends; HODL as the report has it.
        Stake currency.
    premium : array
        nav / hodl_nav - 1, a fraction; 0 if nothing is left of HODL.
    rounds : int array
        The initial allocation apart.
    turnover : array
        Of these rounds, a year: half the notionals / NAV.
    fees : array
        Of all orders, the closing ones among them, stake currency.
    max_drawdown : array
        Deepest fall from the highest NAV, of the closes of all candles; a positive fraction.
    mean_drift : array
        Mean of the absolute drifts over all candles and the members that have a target.
    tracking_error : array
        Standard deviation, for a year, of the growth over each stretch (`Exploration.days`) less
        that of the policy's own HODL, in logarithms; NaN for fewer than two stretches.
    """

    nav: Vector
    hodl_nav: Vector
    premium: Vector
    rounds: Whole
    turnover: Vector
    fees: Vector
    max_drawdown: Vector
    mean_drift: Vector
    tracking_error: Vector


@dataclass(frozen=True, eq=False)
class Paths:
    """Some policies over time, a column a day.

    Parameters
    ----------
    times : int array, shape (days,)
        Seconds since 1970, UTC: starts of candles a day apart, the last one that of the last
        candle. Candles longer than a day: every candle.
    rows : tuple of int
        Places of these policies: the chosen one first, then the present one if it is another, then
        the best of the others.
    nav : array, shape (rows, days)
        Stake currency, before the closing sale; the last column after it.
    hodl : array, shape (days,)
        HODL of the chosen policy, likewise.
    """

    times: Whole
    rows: tuple[int, ...]
    nav: Vector
    hodl: Vector


@dataclass(frozen=True)
class Seconds:
    """How long it took: to compile (0 where nothing had to be), to simulate, and altogether."""

    compile: float
    simulate: float
    total: float


@dataclass(frozen=True, eq=False)
class Ranked:
    """Policies that were simulated and ranked, and not judged yet.

    Parameters
    ----------
    ground : Ground
        What all policies ran on.
    policies : tuple of mapping
        `rebalance` blocks as they would be configured.
    axes : tuple of Axis
        What was swept; empty where the policies were given one by one.
    steps : int array, shape (policies, axes)
        Which value of each axis a policy has; -1 for a policy that is not of the sweep.
    figures : Figures
        Of each policy.
    ranking : tuple of int
        Places of all policies, highest NAV first.
    present : int or None
        Place of the configuration's own policy; None if there is none, or it was not finished.
    chosen : int
        Place of the policy that grew most.
    luck : mapping of int to TimingLuck
        By place, for the chosen one, the present one and the best of the others: growth over the
        whole time, begun at other moments. Logarithms.
    starts : mapping of int to array
        By place: the growth of each of these starts, the first one that of offset 0.
    paths : Paths
        Over time.
    growth : array, shape (policies, stretches)
        Of each policy over each stretch, logarithms.
    hodl : array, shape (stretches,)
        The same of the HODL of the chosen policy.
    days : float
        Length of a stretch, over which growth is compared.
    stretches : int array, shape (stretches + 1,)
        When the stretches begin and end, seconds since 1970, UTC: what the windows of the
        walk-forward count.
    round_times : tuple of int arrays, or None
        Starts of the rounds of each policy, the initial allocation apart, seconds since 1970, UTC;
        None where it was not asked for.
    asked : int
        How many policies were to be simulated: more than there are if the search was stopped.
    is_compiled : bool
        By numba; it says nothing about the figures.
    seconds : Seconds
        How long it took.
    """

    ground: Ground
    policies: tuple[Block, ...]
    axes: tuple[Axis, ...]
    steps: Whole
    figures: Figures
    ranking: tuple[int, ...]
    present: int | None
    chosen: int
    luck: Mapping[int, TimingLuck]
    starts: Mapping[int, Vector]
    paths: Paths
    growth: Vector
    hodl: Vector
    days: float
    stretches: Whole
    round_times: tuple[Whole, ...] | None
    asked: int
    is_compiled: bool
    seconds: Seconds

    @property
    def is_complete(self) -> bool:
        """All policies were simulated; otherwise it was stopped before."""
        return len(self.policies) == self.asked


@dataclass(frozen=True, eq=False)
class Exploration(Ranked):
    """What a search found.

    Parameters
    ----------
    judgement : Judgement
        What the judges say.
    conclusion : Conclusion
        What may be concluded.
    """

    judgement: Judgement
    conclusion: Conclusion
