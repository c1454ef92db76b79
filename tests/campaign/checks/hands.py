"""What people and other programs did to a bot was respected, and told."""

from collections.abc import Iterable, Iterator

from sandbox.exchange.orders import Side
from tests.campaign.evidence import Evidence, in_ms
from tests.campaign.witnessed import (
    DELETED,
    FORCED_TAG,
    LOCKED,
    PART_SOLD,
    SOLD,
    Intruder,
    Touched,
)

_REFUSED = 2
_LATE_MS = 8_000  # from the prices of a loop to its last order


def what_was_taken_out_stays_out(seen: Evidence) -> Iterator[str]:
    """No order of a coin that was sold by hand, or whose trade was deleted, until "resume"."""
    for touched in seen.done_by_hand(DELETED, SOLD, PART_SOLD):
        until = seen.until_resumed(touched)
        for order in seen.orders:
            of_it = order.pair.partition("/")[0] == touched.asset
            of_it = of_it and seen.tags.get(str(order.id)) != FORCED_TAG
            if of_it and touched.ended_ms < order.created_ms < until:
                yield (
                    f"order {order.id} ({order.side.value.lower()} {order.pair}) came after its "
                    f"coins had been {touched.kind}"
                )


def what_was_taken_out_is_told(seen: Evidence) -> Iterator[str]:
    """A line of the journal names a coin that was sold by hand, or whose trade was deleted."""
    for touched in seen.done_by_hand(DELETED, SOLD, PART_SOLD):
        until = seen.until_resumed(touched)
        told = [
            line
            for line in seen.events("hands off", "paused")
            if in_ms(line["time"]) >= touched.begun_ms - _LATE_MS and in_ms(line["time"]) <= until
        ]
        names = any(touched.asset in line["text"] or "everything" in line["text"] for line in told)
        # Told to go on at once, it may never have looked: while an order rests it takes no stock.
        if not names and until - touched.ended_ms > _LATE_MS:
            yield f"{touched.asset} was {touched.kind}, and nothing was said of it"


def a_locked_pair_is_not_opened(seen: Evidence) -> Iterator[str]:
    """Nothing is bought of a coin that the bot does not have while its pair is locked, and no
    round counts on it."""
    for lock in seen.done_by_hand(LOCKED):
        for order in seen.orders:
            of_it = order.pair.partition("/")[0] == lock.asset and order.side is Side.BUY
            if of_it and _opens(seen, lock, order.created_ms):
                yield f"order {order.id} bought {lock.asset}, whose pair was locked"
        for line in seen.events("round", "plan"):
            at = in_ms(line["time"])
            wanted = [t for t in line["trades"] if t["asset"] == lock.asset and t["amount"] > 0]
            if wanted and at > lock.begun_ms + _LATE_MS and _opens(seen, lock, at):
                yield f"round {line['round']} counts on buying {lock.asset}, whose pair was locked"


def _opens(seen: Evidence, lock: Touched, at_ms: int) -> bool:
    """Tell whether a buy of a moment within the lock would open a trade.

    Notes
    -----
    A trade that has nothing of its coins but the fee of a sell is open all the same.
    """
    is_locked = lock.begun_ms < at_ms < lock.ended_ms
    is_empty = seen.held(at_ms - 1)[lock.asset] < seen.lot(lock.asset)
    return is_locked and is_empty and not _has_trade(seen, lock.asset, at_ms)


def _has_trade(seen: Evidence, asset: str, at_ms: int) -> bool:
    """Tell whether freqtrade had an open trade of a coin at a moment."""
    return any(
        in_ms(trade["open_date"]) < at_ms
        and (trade["close_date"] is None or at_ms < in_ms(trade["close_date"]))
        for trade in seen.kept_trades
        if trade["base_currency"] == asset
    )


def a_second_process_is_refused(seen: Evidence) -> Iterator[str]:
    """It ends at once with one line and without a loop."""
    return _refused_at_once("a second process on the database", seen.intruders)


def an_adopter_beside_an_investment_is_refused(seen: Evidence) -> Iterator[str]:
    """It could take the coins of another bot for its own."""
    return _refused_at_once("a bot that is to adopt beside its investment", seen.adopters)


def _refused_at_once(what: str, started: Iterable[Intruder]) -> Iterator[str]:
    for one in started:
        if one.loops or one.status not in (None, _REFUSED):
            yield f"{what} ended with status {one.status} after {one.loops} loops"
        if one.status == _REFUSED and len(one.lines) != 1:
            yield f"{what} was refused in {len(one.lines)} lines: {one.lines}"
