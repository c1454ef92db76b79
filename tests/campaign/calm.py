"""The end of a life: nothing goes wrong any more, prices stand still, the bot has some loops."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.campaign.life import Life

_HOUR = 3_600.0  # seconds
_BALANCES_EVERY = 12  # quiet loops until a payment is noticed
_SECONDS = 180.0  # at most: machines may be busy
_STARTS = 6  # of a bot that ends by itself
_BEYOND = 0.002  # fraction of its price by which the market passes an order that rests


def calm_down(life: "Life") -> tuple[int, int]:
    """End all trouble, wait, and return how many loops the bot, and its neighbour, have completed.

    Notes
    -----
    The loop under way when the last fault ended does not count, nor those until a payment can
    have been noticed, nor those of a maker's round. While an order rests its pair trades at the
    order's price, and at its own again afterwards: a move that lasts is a drift, and starts another
    round. Where a boundary of the period has to come, or the bot is to wait for something that
    takes an hour, the hour passes first.
    """
    life.ground.faults.clear()
    life.repair()
    calm = dict(life.prices)
    if life.scenario.has_period:  # boundaries are counted from the end of the first round
        life.wait(life.scenario.calm_loops, lambda: _has_begun(life, calm))
        life.move(calm)
    waits = life.is_blind or life.ended or life.neighbour is not None or _is_patient(life)
    if life.scenario.has_period or waits:
        life.nap(1.1 * _HOUR)
    began = _loops(life)
    wanted = life.scenario.calm_loops
    unseen = _BALANCES_EVERY if life.hands.payments or life.hands.withdrawn else 0
    end = life.clock.now() + _SECONDS
    starts, shown = 0, 0
    first = began[0]
    while min(passed := _passed(life, began, unseen)) <= wanted:
        if life.clock.now() > end or starts > _STARTS:
            break
        starts += not life.bot.alive
        life.keep_alive()
        if _rests(life):
            began = _loops(life)
        _fill(life, calm)
        if life.bot.records.loops - first >= shown:
            if _is_stopped(life):  # somebody looks into it
                life.hands.resume()
            shown += 1
        life.clock.sleep(0.02)
    life.move(calm)
    return passed


def _loops(life: "Life") -> list[int]:
    keepers = [life.keeper] if life.neighbour is None else [life.keeper, life.neighbour]
    return [keeper.bot.records.loops for keeper in keepers]


def _passed(life: "Life", began: list[int], unseen: int) -> tuple[int, int]:
    passed = [now - then - unseen for now, then in zip(_loops(life), began, strict=True)]
    return passed[0], passed[-1]


def _has_begun(life: "Life", calm: Mapping[str, float]) -> bool:
    """Fill what rests, and tell whether a round has ended."""
    _fill(life, calm)
    return bool(life.bot.records.journal("closed"))


def _rests(life: "Life") -> bool:
    """Tell whether an order of a maker waits for its price, or what became of it is not known."""
    if life.scenario.kind != "maker":
        return False
    rounds = [line["event"] for line in life.bot.records.journal("round", "closed")]
    return rounds[-1:] == ["round"] and life.bot.alive


def _is_stopped(life: "Life") -> bool:
    """Tell whether a limit has stopped the bot, and nobody has told it to go on since."""
    events = [line["event"] for line in life.bot.records.journal("stopped", "command")]
    return events[-1:] == ["stopped"]


def _is_patient(life: "Life") -> bool:
    """Tell whether the bot tries nothing for a while."""
    return _gave_up(life) or _leaves_out(life)


def _gave_up(life: "Life") -> bool:
    """Tell whether the newest round did: after several of those the next one waits for minutes."""
    outcomes = [line["outcome"] for line in life.bot.records.journal("closed")]
    return outcomes[-1:] == ["gave up"]


def _leaves_out(life: "Life") -> bool:
    """Tell whether an asset is left out: after orders that were refused, for minutes."""
    texts = [line["text"] for line in life.bot.records.journal("left out")]
    return texts[-1:] not in ([], ["over"])


def _fill(life: "Life", calm: Mapping[str, float]) -> None:
    """Let pairs trade where their orders rest, and all others at their prices."""
    wanted = dict(calm)
    if life.scenario.kind != "market":
        for row in life.bot.records.orders():
            if row["ft_is_open"]:
                beyond = -_BEYOND if row["ft_order_side"] == "buy" else _BEYOND
                wanted[row["ft_pair"].partition("/")[0]] = row["ft_price"] * (1 + beyond)
    moved = {asset: price for asset, price in wanted.items() if price != life.prices[asset]}
    life.move(moved)
