"""The journal tells what the exchange's books tell."""

from collections import Counter
from collections.abc import Iterator

from tests.campaign.checks.books import IN_KIND
from tests.campaign.evidence import Evidence, Leg, Row, in_ms, round_of
from tests.campaign.scenario import STAKE
from tests.campaign.witnessed import BY_HAND_TAGS, DELETED, PART_SOLD, SOLD, WITHDRAWN

# A line has the time at which its loop began; prices and balances came later, or slowly.
_BEFORE_MS, _AFTER_MS = 1_000, 8_000
_SLACK = 0.005


def lines_are_whole(seen: Evidence) -> Iterator[str]:
    """Every line is a JSON object with time and event, whatever was killed."""
    for number, line in enumerate(seen.journal, start=1):
        if line is None:
            yield f"line {number} of the journal is torn"
        elif not {"time", "event"} <= line.keys():
            yield f"line {number} of the journal has no time or no event"


def every_tag_has_its_round(seen: Evidence) -> Iterator[str]:
    """An order's tag is that of a round in the journal."""
    opened = {line["tag"] for line in seen.events("round")}
    sold = {f"{one.asset}/{STAKE}" for one in seen.done_by_hand(SOLD, PART_SOLD)}
    for row in seen.kept_orders:
        tag = row["ft_order_tag"] or ""
        # freqtrade that looks for a lost answer finds old orders, too, that it had thrown away.
        by_hand = tag in BY_HAND_TAGS and row["ft_pair"] in sold
        if tag not in opened and tag not in IN_KIND and not by_hand:
            yield f"order {row['order_id']} ({row['ft_pair']}) is tagged {tag!r}: no such round"


def rounds_end_once(seen: Evidence) -> Iterator[str]:
    """Every round in the journal ends once, the last one may be under way."""
    yield from _repeated("was opened", _told(seen, "round"))
    yield from _repeated("was closed", _told(seen, "closed"))
    opened = [line["round"] for line in seen.events("round")]
    closed = [line["round"] for line in seen.events("closed")]
    for number in set(opened[:-1]) - set(closed):
        yield f"round {number} never ended"
    for number in set(closed) - set(opened):
        yield f"round {number} ended and never began"


def _told(seen: Evidence, event: str) -> list[int]:
    """Return the rounds of an event; what the first loop after a start says again counts once.

    Notes
    -----
    A bot that is killed between a line and the state it belongs to must write it again, or might
    never have written it.
    """
    told: list[int] = []
    last_of_life_before = None
    for line in seen.events("start", event):
        if line["event"] == "start":
            last_of_life_before = told[-1] if told else None
        elif line["round"] != last_of_life_before:
            told.append(line["round"])
        else:
            last_of_life_before = None
    return told


def _repeated(what: str, numbers: list[int]) -> Iterator[str]:
    for number, count in Counter(numbers).items():
        if count > 1:
            yield f"round {number} {what} {count} times"


def closed_rounds_tell_what_was_executed(seen: Evidence) -> Iterator[str]:
    """Compare what a round says it has achieved with its orders."""
    for line in seen.events("closed"):
        number = line["round"]
        if round_of(line["tag"]) != number:
            yield f"round {number} has the tag {line['tag']!r}"
        told = {asset: value for asset, value in line["achieved"].items() if value}
        done = {asset: legs for (of, asset), legs in seen.legs.items() if of == number}
        for asset in told.keys() | done.keys():
            value = sum(leg.value for leg in done.get(asset, []))
            if _went_with_its_trade(seen, asset, done.get(asset, []), told.get(asset, 0.0), line):
                continue
            if abs(value - told.get(asset, 0.0)) > max(0.01, _SLACK * abs(value)):
                yield (
                    f"round {number} {asset}: {told.get(asset, 0.0):.4f} achieved by the journal, "
                    f"{value:.4f} by its orders"
                )


def _went_with_its_trade(
    seen: Evidence, asset: str, legs: list[Leg], told: float, line: Row
) -> bool:
    """Tell whether a round tells only what it executed after a trade of it was deleted."""
    for touched in seen.done_by_hand(DELETED):
        later = sum(leg.value for leg in legs if leg.time_ms > touched.begun_ms)
        is_its = touched.asset == asset and touched.begun_ms <= in_ms(line["time"]) + _AFTER_MS
        if is_its and abs(later - told) <= max(0.01, _SLACK * abs(later)):
            return True
    return False


def value_is_that_of_the_ledger(seen: Evidence) -> Iterator[str]:
    """Compare the value at the end of a round with balances and prices of that moment."""
    if seen.scenario.dry_run or "investment" in seen.scenario.rebalance:
        return
    in_doubt = False
    for line in seen.events("waiting", "closed"):
        if line["event"] == "waiting":
            in_doubt = line["text"] != "over"
        if line["event"] == "waiting" or in_doubt:  # an older price stands for one in doubt
            continue
        now = in_ms(line["time"])
        # An asset without a price, as of a halted pair, is not in the NAV.
        weights = line["weights_after"]
        counted = {asset for asset in seen.scenario.assets if weights.get(asset)}
        least, most = _value_around(seen, now, counted)
        told = line["nav_after"]
        if not least * (1 - _SLACK) <= told <= most * (1 + _SLACK):
            yield (
                f"round {line['round']}: NAV after it {told:.2f} by the journal, "
                f"{least:.2f} to {most:.2f} by the ledger"
            )


def _value_around(seen: Evidence, now_ms: int, counted: set[str]) -> tuple[float, float]:
    """Return lowest and highest NAV a loop that began at a moment may have seen."""
    begun, ended = now_ms - _BEFORE_MS, now_ms + _AFTER_MS
    paid = [payment.time_ms for payment in seen.payments if begun <= payment.time_ms <= ended]
    cash = [_cash_at(seen, moment) for moment in (now_ms, *paid)]
    least, most = min(cash), max(cash)
    taken = seen.done_by_hand(DELETED, WITHDRAWN)
    gone = [one for one in taken if begun <= one.ended_ms <= ended]
    moments = [now_ms, *(one.ended_ms for one in gone), *(one.begun_ms for one in gone)]
    held = [seen.held(moment) for moment in moments]
    for asset in counted:
        prices, amounts = _prices_around(seen, asset, now_ms), [one[asset] for one in held]
        least, most = least + min(amounts) * min(prices), most + max(amounts) * max(prices)
    return least, most


def _cash_at(seen: Evidence, now_ms: int) -> float:
    # Payments by our clock: the exchange's may have been wrong when they came.
    paid = sum(payment.amount for payment in seen.payments if payment.time_ms <= now_ms)
    entries = (
        entry
        for entry in seen.ledger
        if entry.asset == STAKE and entry.order_id is not None and entry.time_ms <= now_ms
    )
    return seen.scenario.cash + paid + float(sum(entry.free + entry.locked for entry in entries))


def _prices_around(seen: Evidence, asset: str, now_ms: int) -> list[float]:
    return seen.prices_between(asset, now_ms - _BEFORE_MS, now_ms + _AFTER_MS)
