"""Trouble, drawn: what goes wrong while prices move."""

import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from sandbox.serving.faults import Fault
from tests.campaign.actions import (
    ORDER,
    Action,
    Break,
    Deposit,
    Freeze,
    Halt,
    Kill,
    KillAtOrder,
    Nap,
    Withdraw,
    WrongClock,
)
from tests.campaign.hands import (
    DeleteTrade,
    LockPair,
    PayInRound,
    Resume,
    SellByHand,
    WithdrawCoins,
)
from tests.campaign.intruders import LockDatabase, LowLimits, SecondProcess
from tests.campaign.markets import End, GiveBook, LargestOrder, NewLots, OtherFees, Rename

SHAPES = ("thin", "wide", "no asks", "no bids", "crossed")
_ANY, _MARKET_DATA = "/api/v3/*", "/api/v3/ticker/*"
_HOUR = 3_600.0  # seconds
# After `timeout` of ccxt (2 seconds) the bot has given up.
_HANG = 2.5


def draw_event(
    dice: random.Random,
    coin: str,
    prices: Mapping[str, float],
    cash: float,
    dry_run: bool,
    period: bool,
) -> Action:
    """Draw something that goes wrong with a coin; `prices` are those of the next step."""
    choices: list[tuple[int, Action]] = [
        (3, Break(_draw_fault_of_any(dice))),
        (1, Halt(coin)),
        (1, Freeze(coin)),
        (3, Kill(dice.uniform(0, 0.8))),
        (5 * period, Nap(dice.choice([0.3, 1.2, 5]) * _HOUR)),
    ]
    choices += _draw_of_markets(dice, coin, cash)
    choices += _draw_of_programs(dice, prices)
    if not dry_run:
        choices += _draw_of_account(dice, coin, prices, cash)
        choices += _draw_of_hands(dice, coin, prices, cash)
    weights, actions = zip(*choices, strict=True)
    return dice.choices(actions, weights)[0]


def _draw_of_account(
    dice: random.Random, coin: str, prices: Mapping[str, float], cash: float
) -> list[tuple[int, Action]]:
    wrong_by = dice.choice([700, 60_000, 60_000, 5 * 3_600_000])  # ms
    return [
        (4, Break(_draw_fault_of_orders(dice))),
        (2, WrongClock(dice.choice([-1, 1]) * wrong_by)),
        (2, Deposit(round(cash * dice.uniform(0.02, 0.4), 2))),
        (2, Withdraw(dice.uniform(0.2, 1))),
        (3, KillAtOrder(prices)),
        (2, NewLots(coin, Decimal(dice.choice(["0.1", "10", "10"])))),
    ]


def _draw_of_markets(dice: random.Random, coin: str, cash: float) -> list[tuple[int, Action]]:
    fee = Decimal(dice.choice(["0.002", "0.005", "0.012"]))
    return [
        (6, draw_book(dice, coin, cash)),
        (3, LargestOrder(coin, round(cash * dice.uniform(0.01, 0.1), 2))),
        (3, OtherFees(coin, fee)),
        (1, End(coin)),
        (1, Rename(coin, Decimal(dice.choice([1, 1000])))),
    ]


def _draw_of_programs(dice: random.Random, prices: Mapping[str, float]) -> list[tuple[int, Action]]:
    weight, orders = round(dice.uniform(1, 600)), dice.choice([1, 2, 100])
    return [
        (1, SecondProcess()),
        (2, LockDatabase(prices, dice.uniform(1, 2.5))),
        (2, LowLimits(weight, orders, ban_after=dice.choice([3, 1_000]))),
    ]


def _draw_of_hands(
    dice: random.Random, coin: str, prices: Mapping[str, float], cash: float
) -> list[tuple[int, Action]]:
    small = round(dice.choice([-1, 1]) * cash * dice.uniform(1e-4, 1e-3), 2)
    return [
        (3, DeleteTrade(coin)),
        (3, SellByHand(coin, dice.choice([1.0, 1.0, 0.5]))),
        (3, LockPair(coin, is_sold=dice.random() < 0.7)),
        (3, Resume()),
        (3, WithdrawCoins(coin, prices, dice.uniform(0.1, 1))),
        (3, PayInRound(small, prices)),
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
