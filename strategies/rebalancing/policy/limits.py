"""Which limit a round would exceed, or has exceeded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rebalancing.config.limits import Limits
from rebalancing.numbers import percent


@dataclass(frozen=True)
class Done:
    """What one round of the last 24 hours executed.

    Parameters
    ----------
    notional : float
        Sum over its orders, stake currency.
    """

    round: int
    notional: float


def breach_before(
    limits: Limits, nav: float, number: int, planned: float, day: Iterable[Done]
) -> str | None:
    """Tell which limit the trades of a plan would exceed.

    Parameters
    ----------
    nav : float
        Stake currency.
    number : int
        Of the round that plans.
    planned : float
        Sum of the notionals not executed yet, stake currency.
    day : iterable of Done
        The rounds of the last 24 hours, this one's executed part among them.

    Returns
    -------
    str or None
        Limit, rule and value; None if all is well.
    """
    done = list(day)
    own = sum(item.notional for item in done if item.round == number)
    turnover = (own + planned) / 2 / nav
    if turnover > limits.round_turnover:
        return _line("round_turnover", f"{turnover:.2f}", f"{limits.round_turnover:g} a round")
    turnover = (sum(item.notional for item in done) + planned) / 2 / nav
    if turnover > limits.day_turnover:
        return _line("day_turnover", f"{turnover:.2f}", f"{limits.day_turnover:g} a day")
    rounds = len({item.round for item in done} | {number})
    if rounds > limits.day_rounds:
        return _line("day_rounds", f"{rounds} rounds", f"{limits.day_rounds:g} a day")
    return None


def breach_after(limits: Limits, nav: float, cost: float) -> str | None:
    """Tell whether a round has lost more against its plan than it may.

    Parameters
    ----------
    nav : float
        At the start of the round, stake currency.
    cost : float
        What its orders got less, or paid more, than at the prices of the plan; stake currency.
    """
    if cost <= limits.round_loss * nav:
        return None
    lost, most = percent(cost / nav), percent(limits.round_loss)
    return _line("round_loss", f"{lost} of NAV", f"{most} a round")


def _line(key: str, value: str, rule: str) -> str:
    return f"limits.{key}: {value} would be more than {rule}"
