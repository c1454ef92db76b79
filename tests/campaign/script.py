"""What is to happen, drawn: prices move, and mostly something else at the same time."""

import math
import random
from collections.abc import Mapping

from tests.campaign.actions import Action, Break, Freeze, Halt, Move, Repair, Wait, WrongClock
from tests.campaign.hands import LockPair, Resume
from tests.campaign.intruders import LowLimits
from tests.campaign.markets import End, GiveBook, LargestOrder, NewLots, OtherFees, Rename
from tests.campaign.trouble import draw_event

REPAIRED = (Halt, Freeze, WrongClock, GiveBook, LockPair, LowLimits)
"""What goes on until `Repair`."""

FOR_GOOD = (LargestOrder, NewLots, OtherFees, End, Rename)
"""What goes on to the end."""


class Path:
    """Prices that wander and jump.

    Parameters
    ----------
    volatility
        Standard deviation of a step of the logarithm.
    """

    def __init__(self, dice: random.Random, prices: Mapping[str, float]) -> None:
        self._dice = dice
        self._prices = dict(prices)
        self._volatility = dice.uniform(0.02, 0.08)

    @property
    def assets(self) -> list[str]:
        """Those that have a price."""
        return list(self._prices)

    def step(self) -> dict[str, float]:
        """Return the next prices; in one step of four a coin jumps."""
        steps = {asset: self._dice.gauss(0, self._volatility) for asset in self._prices}
        if self._dice.random() < 0.25:
            jumping = self._dice.choice(list(steps))
            steps[jumping] += self._dice.choice([-1, 1]) * self._dice.uniform(0.05, 0.25)
        for asset, step in steps.items():
            price = self._prices[asset] * math.exp(step)
            self._prices[asset] = float(f"{price:.5g}")
        return dict(self._prices)


def draw_script(
    dice: random.Random,
    prices: Mapping[str, float],
    steps: int,
    *,
    cash: float,
    dry_run: bool,
    period: bool,
) -> tuple[Action, ...]:
    """Draw what happens, first to last.

    Parameters
    ----------
    prices
        Before the first step, stake currency.
    steps
        How many times prices move.
    cash
        What the account begins with.
    dry_run
        Leaves out what happens to orders and to the account.
    period
        Adds naps after which a boundary has passed.
    """
    path = Path(dice, prices)
    # Some begin with trouble during the first purchase.
    script: list[Action] = [Wait(dice.choice([0, 1, 3, 3]))]
    for _ in range(steps):
        count = dice.choices([0, 1, 2], [25, 50, 25])[0]
        events = [
            draw_event(dice, dice.choice(path.assets), path.step(), cash, dry_run, period)
            for _ in range(count)
        ]
        move = Move(path.step())
        script += [*events, move] if dice.random() < 0.7 else [move, *events]
        script.append(Wait(dice.choice([1, 2, 2, 3])))
        if dice.random() < 0.6:
            script.append(Repair())
    if dice.random() < 0.5:
        script.append(Resume())
    return tuple(script)


def kind_of(action: Action) -> str:
    """Name an action for the report."""
    name = type(action).__name__
    if isinstance(action, GiveBook):
        return f"{name} {action.shape}"
    return f"{name} {action.fault.kind}" if isinstance(action, Break) else name
