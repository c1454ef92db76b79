"""The exchange's ledger, its fills and freqtrade's database tell the same."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from sandbox.exchange.ledger import ZERO, Balance, recompute
from sandbox.exchange.orders import Order, Side, Status
from tests.campaign.evidence import Evidence, in_ms
from tests.campaign.scenario import STAKE
from tests.campaign.witnessed import DELETED, WITHDRAWN, Touched

_LATE_MS = 8_000  # from the beginning of a loop, which its orders are dated by, to its prices
_OLD_MS = 60_000  # between two prices that a bot has known, while it is up
IN_KIND = ("adopted", "withdrawn")  # orders that the exchange never saw
_CLOSED = {Status.CANCELED: "canceled", Status.EXPIRED: "expired", Status.FILLED: "closed"}


def ledger_adds_up(seen: Evidence) -> Iterator[str]:
    """Recompute every balance."""
    if recompute(seen.ledger) != dict(seen.balances):
        yield "the ledger does not add up to the balances"


def no_balance_was_negative(seen: Evidence) -> Iterator[str]:
    """Walk through the ledger."""
    balances: dict[str, Balance] = {}
    for entry in seen.ledger:
        had = balances.get(entry.asset, Balance())
        has = balances[entry.asset] = Balance(had.free + entry.free, had.locked + entry.locked)
        if has.free < 0 or has.locked < 0:
            yield f"{entry.cause} of order {entry.order_id} left {has} of {entry.asset}"


def fills_are_the_ledgers(seen: Evidence) -> Iterator[str]:
    """Recompute what each order and payment changed: nothing else may change the NAV."""
    booked: Counter[tuple[int | None, str]] = Counter()
    for entry in seen.ledger:
        booked[entry.order_id, entry.asset] += entry.free + entry.locked
    told: Counter[tuple[int | None, str]] = Counter()
    for fill in seen.fills:
        base, _, quote = fill.pair.partition("/")
        sign = 1 if fill.side is Side.BUY else -1
        told[fill.order_id, base] += sign * fill.amount
        told[fill.order_id, quote] -= sign * fill.quote_amount
        told[fill.order_id, fill.fee_asset] -= fill.fee
    begun = {STAKE: seen.scenario.cash, "BNB": seen.scenario.fee_coins}
    for asset, amount in begun.items():
        told[None, asset] += Decimal(str(amount))
    for payment in seen.payments:
        told[None, STAKE] += Decimal(str(payment.amount))
    for asset, amount in seen.withdrawn:
        told[None, asset] -= amount
    for renamed in seen.renamed:
        told[None, renamed.old] -= renamed.amount_before
        told[None, renamed.new] += renamed.amount_after
    for key in booked.keys() | told.keys():
        if booked[key] != told[key]:
            whose = f"order {key[0]}" if key[0] else "payments"
            yield f"{whose}: {booked[key] or ZERO} {key[1]} booked, {told[key] or ZERO} explained"


def no_order_is_of_two_bots(seen: Evidence) -> Iterator[str]:
    """Two bots on one account each know their own orders only."""
    theirs = seen.neighbour.order_ids if seen.neighbour else frozenset()
    both = seen.order_ids & theirs
    yield from (f"two bots have order {number}" for number in sorted(both))


def freqtrade_knows_every_order(seen: Evidence) -> Iterator[str]:
    """Compare the exchange's orders with the database."""
    if seen.scenario.dry_run:
        return
    kept = {
        str(row["order_id"]): row for row in seen.kept_orders if row["ft_order_tag"] not in IN_KIND
    }
    if len(kept) < sum(row["ft_order_tag"] not in IN_KIND for row in seen.kept_orders):
        yield "freqtrade has an order twice"
    for order in seen.orders:
        row = kept.pop(str(order.id), None)
        name = f"order {order.id} ({order.side.value.lower()} {order.pair})"
        if row is None:
            # A buy that was cancelled before anything was filled takes its trade with it.
            if (order.filled or order.is_open) and not _went_with_its_trade(seen, order):
                yield f"{name}: {order.filled} filled, freqtrade does not know it"
            continue
        if row["ft_order_side"] != order.side.value.lower() or row["ft_pair"] != order.pair:
            yield f"{name}: freqtrade has a {row['ft_order_side']} of {row['ft_pair']}"
        if row.get("deleted"):
            continue  # what became of it later nobody wrote down
        if not order.is_open and row["status"] != _CLOSED[order.status]:
            yield f"{name}: is {_CLOSED[order.status]}, freqtrade says {row['status']}"
        if abs(float(order.filled) - (row["filled"] or 0.0)) > 1e-8:
            yield f"{name}: {order.filled} filled, freqtrade says {row['filled']}"
    for number, row in kept.items():
        yield f"freqtrade's order {number} ({row['ft_pair']}) is not on the exchange"


def _went_with_its_trade(seen: Evidence, order: Order) -> bool:
    """Tell whether an order came while its trade was being deleted."""
    return any(
        touched.begun_ms <= order.created_ms <= touched.ended_ms
        for touched in seen.done_by_hand(DELETED)
        if order.pair.partition("/")[0] == touched.asset
    )


def freqtrade_holds_what_was_bought(seen: Evidence) -> Iterator[str]:
    """Compare the open trades with the fills."""
    if seen.scenario.dry_run:
        return
    open_trades = [trade for trade in seen.kept_trades if trade["is_open"]]
    pairs = Counter(trade["pair"] for trade in open_trades)
    yield from (f"{pair} has {count} open trades" for pair, count in pairs.items() if count > 1)
    kept = {trade["base_currency"]: trade["amount"] for trade in open_trades}
    renamed = {one.old for one in seen.renamed}
    for asset, amount in seen.held().items():
        if asset in renamed:
            continue  # there is no market in which its trade could end
        # freqtrade leaves a fee in coins to dust where there are enough of them.
        fees = sum(float(fill.fee) for fill in seen.fills if fill.fee_asset == asset)
        allowed = seen.lot(asset) * (1 + len(seen.fills)) + fees
        if abs(kept.get(asset, 0.0) - amount) > allowed:
            yield f"{asset}: {amount:.8g} bought, freqtrade holds {kept.get(asset, 0.0):.8g}"


def cash_flows_are_booked(seen: Evidence) -> Iterator[str]:
    """Compare what the bot booked, its opening among it, with what was paid.

    Notes
    -----
    freqtrade keeps one currency for the fees of a trade, and the plain mean of the fills' rates for
    its rate. Where BNB runs out among its orders, or fills as maker and as taker differ in size, a
    cash flow that is booked with them is only known to their fees. Coins that left the portfolio
    are a flow at a price between that moment and the moment when it was booked.
    """
    investment = seen.scenario.rebalance.get("investment")
    # With an investment of its own the account's deposits are not the portfolio's.
    paid = () if investment else seen.payments
    due = (investment or seen.scenario.cash) + sum(payment.amount for payment in paid)
    least, most = _worth_of_coins_gone(seen)
    booked = sum(flow.amount for flow in seen.kept_flows) - _withdrawn_in_kind(seen)
    fees = seen.scenario.fees
    traded = sum(float(fill.quote_amount) for fill in seen.fills)
    apart = float(abs(fees.taker - fees.maker)) if seen.scenario.kind != "market" else 0.0
    unsure = traded * (seen.fee_rate() if fees.discount else apart) if paid else 0.0
    allowed = max(0.01, 1e-6 * seen.scenario.cash, unsure)
    if not due - most - allowed <= booked <= due - least + allowed:
        amounts = [round(flow.amount, 4) for flow in seen.kept_flows]
        gone = f", coins of {least:.4f} to {most:.4f} gone" if most else ""
        yield (
            f"cash flows booked {amounts} ({booked:.4f}), "
            f"paid {[payment.amount for payment in paid]} ({due:.4f}){gone}"
        )


def _withdrawn_in_kind(seen: Evidence) -> float:
    rows = [row for row in seen.kept_orders if row["ft_order_tag"] == "withdrawn"]
    return float(sum(row["filled"] * row["price"] for row in rows))


def _worth_of_coins_gone(seen: Evidence) -> tuple[float, float]:
    """Return least and most that left the portfolio in kind, stake currency: what was withdrawn or
    renamed at its price, and what deleted trades had cost."""
    least = most = 0.0
    booked = [row for row in seen.kept_orders if row["ft_order_tag"] == "withdrawn"]
    until = max((in_ms(row["order_date"]) for row in booked), default=0) + _LATE_MS
    for asset, begun, amount in _coins_gone(seen):
        if asset in seen.ended:  # the last price that was known counts, which may be older
            begun -= _OLD_MS
        prices = seen.prices_between(asset, begun, until)
        dust = 2 * seen.lot(asset)
        tick = float(seen.markets[asset].tick)  # by which a book may stand beside its price
        least, most = (
            least + max(0.0, amount - dust) * (min(prices) - tick),
            most + (amount + dust) * (max(prices) + tick),
        )
    deleted = {str(row["order_id"]) for row in seen.kept_orders if row.get("deleted")}
    for fill in seen.fills:
        if str(fill.order_id) in deleted:
            cost = float(fill.quote_amount) * (1 if fill.side is Side.BUY else -1)
            fee = float(fill.fee) if fill.fee_asset == STAKE else 0.0
            unsure = seen.fee_rate() * float(fill.quote_amount)  # which freqtrade knows as a rate
            least, most = least + cost + fee - unsure, most + cost + fee + unsure
    return least, most


def _coins_gone(seen: Evidence) -> Iterator[tuple[str, int, float]]:
    """Yield the coins that were withdrawn, or went on under another name, and from when on."""
    for touched in seen.done_by_hand(WITHDRAWN):
        amount = _held_before(seen, touched) - seen.held(touched.ended_ms)[touched.asset]
        yield touched.asset, touched.begun_ms, amount
    for one in seen.renamed:
        if one.old in seen.scenario.assets and not seen.scenario.dry_run:
            yield one.old, one.time_ms, seen.held(one.time_ms - 1)[one.old]


def _held_before(seen: Evidence, touched: Touched) -> float:
    others = tuple(one for one in seen.touched if one is not touched)
    return replace(seen, touched=others).held(touched.ended_ms)[touched.asset]
