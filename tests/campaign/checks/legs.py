"""Orders: one at a time, none twice, none too small."""

from collections import Counter
from collections.abc import Iterator

from sandbox.exchange.orders import Order, OrderType, Side
from sandbox.exchange.refusals import Reason
from tests.campaign.evidence import Evidence, Leg, in_ms, round_of
from tests.campaign.scenario import ROUND_LOSS

_SLACK = 0.02  # of what was planned: fees, spread and lots
_UNSURE = 0.005  # of the value: prices that moved meanwhile
_TRIES = 3  # with a limit that was lowered since freqtrade last asked for it
_LATE_MS = 8_000  # from the prices of a loop to its last order


def one_order_of_a_pair_at_a_time(seen: Evidence) -> Iterator[str]:
    """Look for an order that came while another of the pair was open.

    Notes
    -----
    The ledger tells what came first, whatever clock the exchange showed at that time.
    """
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for place, entry in enumerate(seen.ledger):
        if entry.order_id is not None:
            first.setdefault(entry.order_id, place)
            last[entry.order_id] = place
    newest: dict[str, Order] = {}
    for order in seen.orders:
        before = newest.get(order.pair)
        if before is not None and (
            before.is_open or first.get(order.id, len(seen.ledger)) < last[before.id]
        ):
            yield f"order {order.id} ({order.pair}) was sent while order {before.id} was open"
        if order.id in first:
            newest[order.pair] = order


def no_leg_was_executed_twice(seen: Evidence) -> Iterator[str]:
    """Compare what each plan wanted of an asset with what was executed before the next one."""
    plans = list(seen.events("round", "plan"))
    for (number, asset), legs in seen.legs.items():
        mine = [line for line in plans if line["round"] == number]
        starts = [in_ms(line["time"]) for line in mine]
        for line, begun, ended in zip(mine, starts, [*starts[1:], float("inf")], strict=True):
            within = [leg for leg in legs if begun <= leg.time_ms < ended]
            wanted = [trade for trade in line["trades"] if trade["asset"] == asset]
            yield from _too_much(seen, f"round {number} {asset}", wanted, within)
        if starts and (early := [leg for leg in legs if leg.time_ms < starts[0]]):
            yield f"round {number} {asset}: {len(early)} orders before it was journalled"


def _too_much(seen: Evidence, name: str, wanted: list, within: list[Leg]) -> Iterator[str]:
    if not within:
        return
    planned = sum(trade["amount"] for trade in wanted)
    done = sum(leg.amount for leg in within)
    if planned * done <= 0:
        yield f"{name}: {done:.8g} executed, {planned:.8g} planned"
        return
    # A buy is for an amount of stake currency: as many coins more as the price has fallen.
    asset = within[0].asset
    price = wanted[0]["price"]
    cheapest = min([price, *(abs(leg.value / leg.amount) for leg in within)])
    allowed = abs(planned) * (1 + _SLACK) * (price / cheapest) + seen.lot(asset)
    if abs(done) > allowed:
        yield f"{name}: {done:.8g} executed in {len(within)} orders, {planned:.8g} planned"


def nothing_below_the_minimum(seen: Evidence) -> Iterator[str]:
    """Look for an order worth less than the exchange takes, or than the policy sends."""
    for order in seen.orders:
        market = seen.markets[order.pair.partition("/")[0]]
        price = order.price or (order.quote_filled / order.filled if order.filled else None)
        # A market order counts by the last price, and may be executed a little below it.
        if price and float(order.amount * price) < 0.99 * float(market.min_notional):
            yield f"order {order.id} ({order.pair}): {order.amount * price:.4f} is below minimum"


def nothing_too_small_was_asked_for(seen: Evidence) -> Iterator[str]:
    """Look for a buy handed to freqtrade that the exchange would refuse."""
    for line in seen.events("order"):
        least = float(seen.markets[line["asset"]].min_notional)
        if line["side"] == "buy" and line["notional"] < least:
            yield (
                f"round {line['round']}: a buy of {line['asset']} for {line['notional']:.2f} "
                f"was ordered, the least is {least:g}"
            )


def no_round_paid_much_for_its_books(seen: Evidence) -> Iterator[str]:
    """Compare what orders were filled at with the price of that time, which thin books do not
    show: their loss is bounded before they are sent."""
    lost: Counter[int] = Counter()
    orders = {order.id: order for order in seen.orders}
    for fill in seen.fills:
        order, number = orders[fill.order_id], round_of(seen.tags.get(str(fill.order_id), ""))
        if order.type is not OrderType.MARKET or number is None:
            continue
        asset = fill.pair.partition("/")[0]
        begun = min(order.created_ms, fill.time_ms) - _LATE_MS
        prices = seen.prices_between(asset, begun, fill.time_ms + _LATE_MS)
        sign = 1 if fill.side is Side.BUY else -1
        worse = min(sign * (float(fill.price) - price) for price in prices)
        lost[number] += max(0.0, worse) * float(fill.amount)
    for line in seen.events("round"):
        if lost[line["round"]] > (ROUND_LOSS + _UNSURE) * line["nav"]:
            yield (
                f"round {line['round']} lost {lost[line['round']]:.2f} of {line['nav']:.2f} to "
                "the books of its coins"
            )


def no_refusal_was_repeated(seen: Evidence) -> Iterator[str]:
    """Look for an order that was tried again although nothing had changed."""
    refusals = Counter(
        (one.request.pair, one.request.side.value, one.reason, one.request.amount)
        for one in seen.refused
        if one.reason is not Reason.HALTED
    )
    for (pair, side, reason, amount), count in refusals.items():
        if count > (_TRIES if reason is Reason.MARKET_LOT else 1):
            yield f"{side} of {amount} {pair} was refused {count} times: {reason}"
    for one in seen.refused:
        asset, at = one.request.pair.partition("/")[0], one.time_ms
        # What is enough at the price that is shown need not be at the one the exchange knows.
        frozen = any(f.was_shown(asset, at - _LATE_MS, at) for f in seen.frozen)
        if one.reason is not Reason.TOO_SMALL or frozen:
            continue
        yield f"{one.request.side.value} of {one.request.amount} {one.request.pair} was too small"
