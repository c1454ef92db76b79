"""``rebalance lookahead``: the proof that no order knows the future."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from rebalancing.cli.refusals import RefusedError
from rebalancing.launch.errors import LaunchError, local_exchange_needed

if TYPE_CHECKING:
    from rebalancing.launch.lookahead import Finding, Order

_DIFFERS = 1


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]}
)
@click.option("--cuts", type=click.IntRange(1, 50), default=3, show_default=True, help="Moments.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[FREQTRADE ARGUMENTS]...")
def lookahead(cuts: int, as_json: bool, arguments: tuple[str, ...]) -> None:
    """Backtest several times, each time with other candles after a moment.

    No order up to that moment may differ: what decides it must be known by then. All further
    arguments are those of "freqtrade backtesting"; a --config given replaces config.json. Exit
    status 1 if an order differs.
    """
    try:
        with local_exchange_needed("lookahead"):
            from rebalancing.launch.lookahead import look_ahead

            found = look_ahead(arguments, cuts, lambda line: click.echo(f"{line} ...", err=True))
    except LaunchError as error:
        raise RefusedError(str(error)) from None
    if as_json:
        click.echo(json.dumps([_fields(finding) for finding in found], indent=2))
    else:
        _show(found)
    if any(finding.first_difference for finding in found):
        raise SystemExit(_DIFFERS)


def _show(found: list[Finding]) -> None:
    table = Table()
    for heading in ("Other candles from", "Orders until then", "Of these the first that differs"):
        table.add_column(heading)
    for finding in found:
        first = finding.first_difference
        told = "none" if first is None else f"{_words(first[0])}, then {_words(first[1])}"
        table.add_row(_moment(finding.cut), str(finding.compared), told)
    Console().print(table)
    if any(finding.first_difference for finding in found):
        click.echo("An order depends on candles that were not known when it was decided.")
    else:
        click.echo("No order depends on candles that were not known when it was decided.")


def _fields(finding: Finding) -> dict[str, object]:
    first = finding.first_difference
    return {
        "cut": datetime.fromtimestamp(finding.cut / 1000, UTC).isoformat(),
        "orders": finding.compared,
        "same": first is None,
        "first_difference": None if first is None else [_order(order) for order in first],
    }


def _order(order: Order | None) -> dict[str, object] | None:
    if order is None:
        return None
    time, pair, side, amount, price = order
    when = datetime.fromtimestamp(time / 1000, UTC).isoformat()
    return {"time": when, "pair": pair, "side": side, "amount": amount, "price": price}


def _words(order: Order | None) -> str:
    if order is None:
        return "nothing"
    time, pair, side, amount, price = order
    return f"{_moment(time)} {side} {amount:g} {pair} at {price:g}"


def _moment(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M}"
