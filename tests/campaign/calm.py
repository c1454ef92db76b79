"""The end of a life: nothing goes wrong any more, prices stand still, the bot has some loops."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.campaign.life import Life

_HOUR = 3_600.0  # seconds
_BALANCES_EVERY = 12  # quiet loops until a payment is noticed
_SECONDS = 60.0  # at most
_STARTS = 6  # of a bot that ends by itself
_TREMBLE = 0.002  # by which prices swing wider in every loop, all alike: resting orders fill


def calm_down(life: "Life") -> int:
    """End all trouble, wait, and return how many loops the bot has completed since.

    Notes
    -----
    The loop under way when the last fault ended does not count, nor those until a payment can
    have been noticed. Where a boundary of the period has to come, or the bot is to wait for
    something that takes an hour, the hour passes first.
    """
    life.ground.faults.clear()
    life.repair()
    if life.scenario.has_period:  # boundaries are counted from the end of the first round
        life.wait(life.scenario.calm_loops, lambda: life.bot.records.journal("closed"))
    if life.scenario.has_period or life.is_blind or _gave_up(life) or _leaves_out(life):
        life.nap(1.1 * _HOUR)
    began, calm = life.bot.records.loops, dict(life.prices)
    if life.payments:
        began += _BALANCES_EVERY
    end = time.monotonic() + _SECONDS
    starts, shown = 0, 0
    while (passed := life.bot.records.loops - began) <= life.scenario.calm_loops:
        if time.monotonic() > end or starts > _STARTS:
            break
        starts += not life.bot.alive
        life.keep_alive()
        if passed >= shown:
            _tremble(life, calm, shown)
            shown += 1
        time.sleep(0.02)
    life.move(calm)
    return passed


def _gave_up(life: "Life") -> bool:
    """Tell whether the newest round did: after several of those the next one waits for minutes."""
    outcomes = [line["outcome"] for line in life.bot.records.journal("closed")]
    return outcomes[-1:] == ["gave up"]


def _leaves_out(life: "Life") -> bool:
    """Tell whether an asset is left out: after orders that were refused, for minutes."""
    texts = [line["text"] for line in life.bot.records.journal("left out")]
    return texts[-1:] not in ([], ["over"])


def _tremble(life: "Life", calm: Mapping[str, float], turn: int) -> None:
    if life.scenario.kind != "market":
        factor = 1 + _TREMBLE * turn * (-1) ** turn
        life.move({asset: price * factor for asset, price in calm.items()})
