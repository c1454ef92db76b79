"""Read what is left of a life: the exchange's books, freqtrade's, and the journal."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.campaign.actions import STAKE
from tests.campaign.evidence import Evidence, Row
from tests.campaign.keeper import Keeper
from tests.campaign.true_times import true_books
from tests.campaign.witnessed import WITHDRAWN, Payment
from tests.support.bot_records import BotRecords

if TYPE_CHECKING:
    from tests.campaign.life import Life


def collect(life: "Life", loops: tuple[int, int]) -> Evidence:
    """Read all books of a bot that has ended, and of its neighbour.

    Parameters
    ----------
    loops
        How many each of them has completed while prices stood still.
    """
    trading, hands, scenario = life.ground.trading, life.hands, life.scenario
    with life.ground.exchange.lock:
        books = true_books(trading, life.clock_changes)
        books["balances"] = trading.account.balances
    seen = Evidence(
        scenario=scenario,
        markets={
            asset: life.ground.exchange.listing.of(f"{asset}/{STAKE}") for asset in scenario.prices
        },
        **books,
        **_kept(life.bot.records),
        **_ends(life.keeper),
        moves=tuple(life.moves),
        frozen=tuple(life.frozen),
        payments=tuple(hands.payments),
        disturbances=life.disturbances,
        secrets=(trading.keys.key, trading.keys.secret),
        loops=loops[0],
        happened=tuple(life.happened),
        fired=tuple(fault.kind for fault, _, _ in life.ground.faults.fired),
        coarsest=dict(life.coarsest),
        dearest_fee=life.dearest_fee,
        ended=frozenset(life.ended),
        renamed=tuple(life.renamed),
        touched=tuple(hands.touched),
        withdrawn=tuple(hands.withdrawn),
        resumed=tuple(hands.resumed),
        locked_databases=tuple(hands.locked_databases),
        intruders=tuple(hands.intruders),
        adopters=tuple(hands.adopters),
    )
    seen = replace(seen, kept_orders=(*hands.deleted_rows, *seen.kept_orders))
    return seen if life.neighbour is None else _with_neighbour(seen, life.neighbour, loops[1])


def _with_neighbour(seen: Evidence, keeper: Keeper, loops: int) -> Evidence:
    """Add what there is of another bot: an order that neither knows is not its."""
    config, kept = keeper.bot.config, _kept(keeper.bot.records)
    its = {str(row["order_id"]) for row in kept["kept_orders"]}
    scenario = replace(
        seen.scenario, rebalance=config["rebalance"], kind="market", dry_run=False, script=()
    )
    of_it = replace(
        seen,
        scenario=scenario,
        **kept,
        **_ends(keeper),
        loops=loops,
        touched=tuple(seen.done_by_hand(WITHDRAWN)),
        intruders=(),
        adopters=(),
    )
    others = {order.id for order in seen.orders if str(order.id) not in its}
    return replace(seen, neighbour=of_it.without(others))


def _kept(records: BotRecords) -> dict[str, Any]:
    return {
        "kept_orders": tuple(records.orders()),
        "kept_trades": tuple(records.trades()),
        "kept_flows": tuple(
            Payment(int(when.timestamp() * 1000), amount) for when, amount in records.flows()
        ),
        "journal": tuple(map(_line, records.journal_text.splitlines())),
        "log": records.log,
        "written": dict(records.written()),
    }


def _ends(keeper: Keeper) -> dict[str, Any]:
    return {
        "deaths": tuple(keeper.deaths),
        "starts": keeper.starts,
        "stubborn": keeper.stubborn,
    }


def _line(text: str) -> Row | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None
