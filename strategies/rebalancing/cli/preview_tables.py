"""A preview as tables, and as JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from rebalancing.cli import figures
from rebalancing.freqtrade_side.preview import Preview
from rebalancing.plan import Trade


def preview_as_json(preview: Preview) -> str:
    """Return a preview as one JSON object; money is in the stake currency, buys are positive."""
    members = [*preview.assets, preview.stake]
    fields = {
        "stake": preview.stake,
        "nav": preview.nav,
        "cash": preview.cash,
        "reason": preview.reason,
        "note": preview.note,
        "prices": _named(preview.assets, preview.prices),
        "weights": _named(members, preview.weights),
        "targets": _named(members, preview.targets),
        "trades": [
            {
                "asset": trade.asset,
                "amount": trade.amount,
                "price": trade.price,
                "notional": trade.notional,
            }
            for trade in preview.trades
        ],
        "left_out": [
            {"asset": omission.asset, "size": omission.size, "why": str(omission.why)}
            for omission in preview.left_out
        ],
    }
    return json.dumps(fields, indent=2)


def _named(names: Any, values: Any) -> dict[str, float | None]:
    return {
        name: float(value) if np.isfinite(value) else None
        for name, value in zip(names, values, strict=True)
    }


def print_preview(preview: Preview) -> None:
    """Print a preview for people."""
    console = Console(markup=False)
    console.print(_table(preview))
    due = f"due: {preview.reason}" if preview.reason else "no round is due"
    nav, cash = (figures.money(value, preview.stake) for value in (preview.nav, preview.cash))
    console.print(f"NAV {nav}, cash {cash}; {due}")
    for omission in preview.left_out:
        size = figures.money(omission.size, preview.stake, sign=True)
        console.print(f"left out: {omission.asset} {size}, {omission.why}")
    if preview.note:
        console.print(preview.note)


def _table(preview: Preview) -> Table:
    table = Table(title="A round now would trade", title_justify="left")
    table.add_column("Asset")
    for name in ("Price", "Weight", "Target", "Drift", "Coins", preview.stake):
        table.add_column(name, justify="right")
    trades = {trade.asset: trade for trade in preview.trades}
    prices = [*preview.prices, np.nan]  # none of the stake currency
    members = zip(
        [*preview.assets, preview.stake], prices, preview.weights, preview.targets, strict=True
    )
    for asset, price, weight, target in members:
        table.add_row(
            asset,
            figures.price(price if np.isfinite(price) else None, preview.stake),
            figures.percent(weight),
            figures.percent(target),
            figures.points(weight - target),
            *_trade(trades.get(asset), preview.stake),
        )
    return table


def _trade(trade: Trade | None, stake: str) -> tuple[str, str]:
    if trade is None:
        return "", ""
    size = trade.amount * trade.price
    coins = figures.coins(trade.amount, trade.asset, sign=True)
    return coins, figures.money(size, stake, sign=True, name=False)
