"""Walk-forward: chosen on one stretch of a history, judged on the next, rolled over all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rebalancing.market.portfolio import Vector

WINDOWS = 6
LEARNT = 3
"""Length of the time on which a policy is chosen, in lengths of the time on which it is judged."""


@dataclass(frozen=True)
class Window:
    """One choice, and what became of it. Growth is that over the benchmark, a logarithm.

    Parameters
    ----------
    begin, split, end : int
        Chosen on the stretches from `begin` to before `split`, judged from there to before `end`.
    chosen : int
        The policy that grew most before `split`.
    inside, outside : float
        Its growth before and after `split`.
    """

    begin: int
    split: int
    end: int
    chosen: int
    inside: float
    outside: float


@dataclass(frozen=True)
class WalkForward:
    """All windows of a history, oldest first.

    Notes
    -----
    In plain words: `outside` is what somebody would have earned over the benchmark who always
    followed the policy that had been the best so far; `inside` is what the choice had promised.

    References
    ----------
    .. [1] R. Pardo, "The Evaluation and Optimization of Trading Strategies", 2nd edition, Wiley,
       2008.
    """

    windows: tuple[Window, ...]

    @property
    def inside(self) -> float:
        """Mean growth over the benchmark of the chosen, per stretch, where it was chosen."""
        learnt = sum(window.split - window.begin for window in self.windows)
        return sum(window.inside for window in self.windows) / learnt

    @property
    def outside(self) -> float:
        """The same on the stretches after the choices: what the chosen really brought."""
        judged = sum(window.end - window.split for window in self.windows)
        return sum(window.outside for window in self.windows) / judged

    @property
    def kept(self) -> int:
        """Windows in which the chosen policy stayed ahead of the benchmark."""
        return sum(window.outside > 0 for window in self.windows)


def walk_forward(
    difference: Vector, windows: int = WINDOWS, learnt: int = LEARNT
) -> WalkForward | None:
    """Choose and judge, again and again.

    Parameters
    ----------
    difference : array, shape (policies, stretches)
        Growth of every policy less that of the benchmark.
    windows : int
        How often a policy is chosen.
    learnt : int
        How much longer the time of choosing is than that of judging.

    Returns
    -------
    WalkForward or None
        None if there is less than one stretch to judge a choice on. What is left over at the
        beginning of the history is not used.
    """
    found = tuple(
        _window(difference, begin, split, end)
        for begin, split, end in spans(difference.shape[1], windows, learnt)
    )
    return WalkForward(found) if found else None


def spans(stretches: int, windows: int, learnt: int) -> Iterator[tuple[int, int, int]]:
    """Give begin, split and end of each window; none if the history is too short.

    Examples
    --------
    >>> list(spans(11, 2, 3))
    [(1, 7, 9), (3, 9, 11)]
    """
    judged = stretches // (windows + learnt)
    first = stretches - judged * (windows + learnt)
    for number in range(windows if judged else 0):
        begin = first + number * judged
        split = begin + learnt * judged
        yield begin, split, split + judged


def _window(difference: Vector, begin: int, split: int, end: int) -> Window:
    before = difference[:, begin:split].sum(axis=1)
    chosen = int(before.argmax())
    after = float(difference[chosen, split:end].sum())
    return Window(begin, split, end, chosen, float(before[chosen]), after)
