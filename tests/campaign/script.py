"""What is to happen, drawn: prices move, and mostly something else at the same time."""

import math
import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from sandbox.faults import Fault
from tests.campaign.actions import (
    ORDER,
    Action,
    Break,
    Deposit,
    Freeze,
    Halt,
    Kill,
    KillAtOrder,
    Move,
    Nap,
    Repair,
    Wait,
    Withdraw,
    WrongClock,
)
from tests.campaign.markets import End, GiveBook, LargestOrder, NewLots, OtherFees, Rename

REPAIRED = (Halt, Freeze, WrongClock, GiveBook)
"""What goes on until `Repair`."""

FOR_GOOD = (LargestOrder, NewLots, OtherFees, End, Rename)
"""What goes on to the end."""

SHAPES = ("thin", "wide", "no asks", "no bids", "crossed")
_ANY, _MARKET_DATA = "/api/v3/*", "/api/v3/ticker/*"
_HOUR = 3_600.0  # seconds
# After `timeout` of ccxt (2 seconds) the bot has given up.
_HANG = 2.5


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
    hard: bool = False,
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
    hard
        Adds what the bot is not known to survive.
    """
    path = Path(dice, prices)
    # Some begin with trouble during the first purchase.
    script: list[Action] = [Wait(dice.choice([0, 1, 3, 3]))]
    for _ in range(steps):
        count = dice.choices([0, 1, 2], [25, 50, 25])[0]
        events = [_draw_event(dice, path, cash, dry_run, period, hard) for _ in range(count)]
        move = Move(path.step())
        script += [*events, move] if dice.random() < 0.7 else [move, *events]
        script.append(Wait(dice.choice([1, 2, 2, 3])))
        if dice.random() < 0.6:
            script.append(Repair())
    return tuple(script)


def _draw_event(
    dice: random.Random, path: Path, cash: float, dry_run: bool, period: bool, hard: bool
) -> Action:
    coin = dice.choice(path.assets)
    offset = dice.choice([-1, 1]) * dice.choice([700, 60_000, 60_000, 5 * 3_600_000])
    choices: list[tuple[int, Action]] = [
        (3, Break(_draw_fault_of_any(dice))),
        (1, Halt(coin)),
        (1, Freeze(coin)),
        (3, Kill(dice.uniform(0, 0.8))),
        (5 * period, Nap(dice.choice([0.3, 1.2, 5]) * _HOUR)),
    ]
    if not dry_run:
        choices += [
            (4, Break(_draw_fault_of_orders(dice))),
            (1, WrongClock(offset)),
            (2, Deposit(round(cash * dice.uniform(0.02, 0.4), 2))),
            (2, Withdraw(dice.uniform(0.2, 1))),
            (3, KillAtOrder(path.step())),
            (2, NewLots(coin, Decimal(dice.choice(["0.1", "10", "10"])))),
        ]
    if hard:
        choices += _draw_of_markets(dice, coin, cash)
    weights, actions = zip(*choices, strict=True)
    return dice.choices(actions, weights)[0]


def _draw_of_markets(dice: random.Random, coin: str, cash: float) -> list[tuple[int, Action]]:
    fee = Decimal(dice.choice(["0.002", "0.005", "0.012"]))
    return [
        (6, draw_book(dice, coin, cash)),
        (3, LargestOrder(coin, round(cash * dice.uniform(0.01, 0.1), 2))),
        (3, OtherFees(coin, fee)),
        (1, End(coin)),
        (1, Rename(coin, Decimal(dice.choice([1, 1000])))),
    ]


def draw_book(dice: random.Random, coin: str, cash: float) -> GiveBook:
    """Draw a book of one of the `SHAPES`."""
    shape = dice.choice(SHAPES)
    much, little = 10 * cash, round(cash * dice.uniform(0.001, 0.02), 2)
    far = round(dice.uniform(0.02, 0.4), 4)
    near = [(1 - 0.0005, much)], [(1 + 0.0005, much)]
    bids, asks = {
        "thin": ([(0.9995, little), (1 - far, much)], [(1.0005, little), (1 + far, much)]),
        "wide": ([(1 - far, much)], [(1 + far, much)]),
        "no asks": (near[0], []),
        "no bids": ([], near[1]),
        "crossed": ([(1 + far / 4, little)], [(1 - far / 4, little)]),
    }[shape]
    return GiveBook(coin, shape, bids, asks)


def kind_of(action: Action) -> str:
    """Name an action for the report."""
    name = type(action).__name__
    if isinstance(action, GiveBook):
        return f"{name} {action.shape}"
    return f"{name} {action.fault.kind}" if isinstance(action, Break) else name


def _draw_fault_of_any(dice: random.Random) -> Fault:
    path = dice.choice([_ANY, _ANY, _MARKET_DATA, "/api/v3/account"])
    fault = dice.choice(
        [
            Fault("status", path=path, status=429, retry_after=1),
            Fault("status", path=path, status=418, retry_after=1),
            Fault("status", path=path, status=500),
            Fault("status", path=path, status=503),
            Fault("cut", path=path),
            Fault("hang", path=path, seconds=_HANG),
            Fault("late", path=path, seconds=dice.uniform(0.2, 1.5)),
        ]
    )
    count = 1 if fault.kind == "hang" else dice.choice([1, 1, 2, 4])
    return replace(fault, count=count)


def _draw_fault_of_orders(dice: random.Random) -> Fault:
    accepted = dice.random() < 0.6
    method = dice.choices(["POST", "GET", "DELETE"], [70, 20, 10])[0]
    fault = dice.choice(
        [
            Fault("cut", method, ORDER, accepted=accepted),
            Fault("status", method, ORDER, accepted=accepted, status=504),
            Fault("status", method, ORDER, accepted=accepted, status=500),
            Fault("hang", method, ORDER, accepted=accepted, seconds=_HANG),
            Fault("status", method, ORDER, status=429, retry_after=1),
            Fault("late", method, ORDER, seconds=dice.uniform(0.2, 1.5)),
        ]
    )
    return replace(fault, count=dice.choice([1, 1, 2]))
