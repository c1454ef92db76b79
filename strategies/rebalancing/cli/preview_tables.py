"""A preview as tables, and as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from rebalancing import numbers
from rebalancing.freqtrade_side.outside.preview import Preview
from rebalancing.rounds.plan import Trade


def preview_as_json(preview: Preview) -> str:
    """Return a preview as one JSON object; money is in the stake currency, buys are positive."""
    prices = [price if math.isfinite(price) else None for price in preview.prices]
    fields = {
        **asdict(preview),
        "assets": preview.assets,
        "prices": dict(zip(preview.assets, prices, strict=False)),  # the stake currency has none
        "weights": dict(zip(preview.assets, preview.weights, strict=True)),
        "targets": dict(zip(preview.assets, preview.targets, strict=True)),
    }
    return json.dumps(fields, indent=2)


def print_preview(preview: Preview) -> None:
    """Print a preview for people."""
    console = Console(markup=False, highlight=False)
    console.print(_table(preview))
    nav, cash = (numbers.money(value, preview.stake) for value in (preview.nav, preview.cash))
    console.print(f"NAV {nav}, cash {cash}; {_due(preview)}")
    for omission in preview.left_out:
        size = numbers.money(omission.size, preview.stake, "+")
        console.print(f"left out: {omission.asset} {size}, {omission.why}")
    for asset, why in preview.without.items():
        console.print(f"without {asset}: {why}")
    if preview.note:
        console.print(f"but no round starts: {preview.note}")


def _due(preview: Preview) -> str:
    if preview.reason is None:
        would = "this is what one would trade" if preview.trades else "one would trade nothing"
        return f"no round is due; asked for with rebalance now, {would}"
    nothing = "" if preview.trades else ", and nothing can be traded for it"
    return f"a round is due: {preview.reason}{nothing}"


def _table(preview: Preview) -> Table:
    table = Table(title="Trades of a round at this moment", title_justify="left")
    table.add_column("Asset")
    for name in ("Price", "Weight", "Target", "Drift", "Coins", preview.stake):
        table.add_column(name, justify="right")
    trades = {trade.asset: trade for trade in preview.trades}
    prices = (*preview.prices, math.nan)  # none of the stake currency
    rows = zip(preview.assets, prices, preview.weights, preview.targets, strict=True)
    for asset, price, weight, target in rows:
        table.add_row(
            asset,
            numbers.quantity(price, missing=numbers.NOTHING),
            numbers.percent(weight),
            numbers.percent(target),
            numbers.points(weight - target, "+"),
            *_trade(trades.get(asset), preview.stake),
        )
    return table


def _trade(trade: Trade | None, stake: str) -> tuple[str, str]:
    if trade is None:
        return "", ""
    coins = numbers.quantity(trade.amount, "+")
    return coins, numbers.money(trade.amount * trade.price, stake, "+", name=False)
