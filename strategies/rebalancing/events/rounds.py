"""What happens to rounds, as it is written and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rebalancing.events.event import Event, Standing
from rebalancing.numbers import money, percent, weight
from rebalancing.policy.reason import Reason
from rebalancing.rounds.events import RoundClosed, RoundOpened, RoundPlanned
from rebalancing.rounds.opening import by_member, weights_by_member
from rebalancing.rounds.plan import Plan, omissions


@dataclass(frozen=True, eq=False)
class RoundBegan(Event):
    """A round has begun.

    Parameters
    ----------
    opened : RoundOpened
        The round, and what it began with.
    stake : str
        Code of the stake currency.
    without : mapping of str to str
        Assets that it does without, and why.
    """

    kind: ClassVar[str] = "round"

    opened: RoundOpened
    stake: str
    without: Mapping[str, str]

    @property
    def text(self) -> str:
        """Say what it trades in all; the message comes when market orders have filled already."""
        current = self.opened.round
        sold, bought = (money(part, self.stake) for part in _sums(current.plan))
        text = f"{current.tag} is under way: {sold} to sell and {bought} to buy in all"
        if current.plan.omitted:
            text += f" (left out: {current.plan.shortfall})"
        return text + "".join(f"; without {asset}: {why}" for asset, why in self.without.items())

    @property
    def line(self) -> dict[str, Any]:
        """Return the round, its reason and its plan."""
        return _planned(self.opened, self.stake, self.without)

    @property
    def logged(self) -> str:
        """Return the text, which names the round."""
        return self.text

    @property
    def message(self) -> str:
        """Return the text, which names the round."""
        return f"Rebalancing {self.text}"


@dataclass(frozen=True, eq=False)
class RoundPlannedAgain(Event):
    """A round has planned what is left; the fields are as in `RoundBegan`."""

    kind: ClassVar[str] = "plan"

    planned: RoundPlanned
    stake: str
    without: Mapping[str, str]

    @property
    def text(self) -> str:
        """Say how much is left."""
        current = self.planned.round
        return f"{current.tag}: try {current.tries}, {len(current.plan.trades)} trades left"

    @property
    def line(self) -> dict[str, Any]:
        """Return the round, its reason and its newest plan."""
        return _planned(self.planned, self.stake, self.without)

    @property
    def logged(self) -> str:
        """Return the text, which names the round."""
        return self.text


@dataclass(frozen=True)
class NoRound(Standing):
    """A round was due and holds no trade; it is written when what is left out changes.

    Parameters
    ----------
    reason : Reason
        Why it was due.
    plan : Plan
        What it leaves out.
    """

    kind: ClassVar[str] = "no round"

    reason: Reason
    plan: Plan

    @property
    def fact(self) -> str:
        """Return what is left out, and why."""
        return self.plan.shortfall

    @property
    def why(self) -> str:
        """Say why there is no trade."""
        return self.plan.shortfall or "every weight is where it should be"

    @property
    def text(self) -> str:
        """Say why it was due, and why there is none."""
        return f"{self.reason}: {self.why}"

    @property
    def facts(self) -> dict[str, Any]:
        """Return both as data."""
        return {"left_out": omissions(self.plan), "due": str(self.reason)}


@dataclass(frozen=True)
class NoRoundAsked(NoRound):
    """A person has asked for a round, and gets a message each time."""

    is_told: ClassVar[bool] = True

    @property
    def text(self) -> str:
        """Say that there is no round, and why."""
        return f"{self.reason}: no round, {self.why}"


@dataclass(frozen=True, eq=False)
class RoundEnded(Event):
    """A round has ended.

    Parameters
    ----------
    closed : RoundClosed
        The round, what it began with and what it ended with.
    stake : str
        Code of the stake currency.
    reason : str
        Why it gave up; empty if it did not.
    achieved : mapping of str to float
        What was bought (positive) and sold of each asset, stake currency.
    traded : float
        All notionals, stake currency.
    cost : float
        Fees, and what prices moved against the plan; stake currency.
    without : mapping of str to str
        Assets that it did without, and why.
    """

    kind: ClassVar[str] = "closed"

    closed: RoundClosed
    stake: str
    reason: str
    achieved: Mapping[str, float]
    traded: float
    cost: float
    without: Mapping[str, str]

    @property
    def turnover(self) -> float:
        """Half the notionals, as a fraction of the NAV at its start."""
        return self.traded / 2 / float(self.closed.opening["nav"])

    @property
    def text(self) -> str:
        """Say how it ended, what it cost, and which weights changed most."""
        outcome = _in_words(self.closed.outcome.value, self.reason)
        moved = _moved(self.closed.opening["weights"], self._weights())
        return (
            f"{self.closed.round.tag} {outcome}: turnover {percent(self.turnover)}, "
            f"cost {money(self.cost, self.stake)}, {moved}"
        )

    @property
    def line(self) -> dict[str, Any]:
        """Return what was wanted and what came of it."""
        ended, opening = self.closed.round, self.closed.opening
        return {
            "round": ended.number,
            "tag": ended.tag,
            "outcome": self.closed.outcome.value,
            "reason": self.reason or None,
            "planned": opening["planned"],
            "achieved": dict(self.achieved),
            "turnover": self.turnover,
            "cost": self.cost,
            "nav_before": opening["nav"],
            "nav_after": self.closed.portfolio.nav,
            "weights_before": opening["weights"],
            "weights_after": self._weights(),
            "left_out": opening["left_out"],
            "without": dict(self.without),
        }

    @property
    def logged(self) -> str:
        """Return the text, which names the round."""
        return self.text

    @property
    def message(self) -> str:
        """Return the text, which names the round."""
        return f"Rebalancing {self.text}"

    def _weights(self) -> dict[str, float]:
        return weights_by_member(self.closed.portfolio, self.stake)


@dataclass(frozen=True)
class LimitReached(Event):
    """A limit has stopped the bot; `why` names it, the value and the rule."""

    kind: ClassVar[str] = "stopped"
    is_told: ClassVar[bool] = True

    why: str

    @property
    def text(self) -> str:
        """Say which limit, and what to do."""
        return (
            f"stopped, the coins are kept: {self.why}. Look into it, then: rebalance resume or now"
        )


def _in_words(outcome: str, reason: str | None) -> str:
    """Return how a round ended, and why if it gave up."""
    return f"{outcome} ({reason})" if reason else outcome


def _planned(
    event: RoundOpened | RoundPlanned, stake: str, without: Mapping[str, str]
) -> dict[str, Any]:
    current, portfolio = event.round, event.portfolio
    reason = current.reason
    return {
        "round": current.number,
        "tag": current.tag,
        "reason": {"cause": str(reason.cause), "asset": reason.asset, "drift": reason.drift},
        "try": current.tries,
        "nav": portfolio.nav,
        "cash": portfolio.cash,
        "weights": weights_by_member(portfolio, stake),
        "targets": by_member((*portfolio.assets, stake), event.targets),
        "destination": current.destination,
        "trades": [
            {"asset": trade.asset, "amount": trade.amount, "price": trade.price}
            for trade in current.plan.trades
        ],
        "left_out": omissions(current.plan),
        "without": dict(without),
    }


def _sums(plan: Plan) -> tuple[float, float]:
    sold = sum(trade.notional for trade in plan.trades if trade.is_sell)
    return sold, sum(trade.notional for trade in plan.trades if not trade.is_sell)


def _moved(before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """Name the three weights that changed most."""
    names = sorted(after, key=lambda name: -abs(after[name] - before.get(name, 0.0)))[:3]
    return ", ".join(f"{n} {weight(before.get(n, 0.0))} to {weight(after[n])}" for n in names)
