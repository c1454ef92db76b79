"""A bot's report as tables, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from rebalancing import numbers
from rebalancing.freqtrade_side.outside.bot_report import BotReport
from rebalancing.freqtrade_side.outside.bot_status import BotStatus, OpenRound
from rebalancing.numbers import NOTHING


def report_as_json(report: BotReport) -> str:
    """Return a report as one JSON object; moments are ISO, money is in the stake currency."""
    fields = asdict(report)
    fields["status"]["members"] = [
        {**asdict(member), "value": member.value} for member in report.status.members
    ]
    return json.dumps(fields, default=_iso, indent=2)


def _iso(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} has no place in JSON")
    return value.isoformat()


def print_report(report: BotReport) -> None:
    """Print a report for people."""
    console, stake = Console(markup=False), report.status.stake
    console.print(_overview(report, datetime.now(UTC)))
    if report.status.members:
        console.print(weights_table(report.status))
    if report.rounds:
        console.print(_rounds(report))
    if report.flows:
        table = _table("Cash flows", ["When (UTC)"], ["Amount"])
        for when, amount in report.flows:
            table.add_row(numbers.second(when), numbers.money(amount, stake, "+"))
        console.print(table)


def _overview(report: BotReport, now: datetime) -> Table:
    table = Table(title="SmartRebalance", show_header=False, title_justify="left")
    for label, value in _facts(report, now):
        table.add_row(label, value)
    return table


def _facts(report: BotReport, now: datetime) -> Iterator[tuple[str, str]]:
    status = report.status
    yield "State", f"{status.condition}: {status.why}" if status.why else status.condition
    if status.process:
        yield "Process", status.process.rstrip(",")
    if status.kept is not None:
        refused = f"the newest one was refused, the one before is in force: {status.kept}"
        yield "Configuration", refused
    yield "Trading", "dry-run, simulated" if report.dry_run else "live"
    yield "Since (UTC)", numbers.second(report.since)
    yield "Started (UTC)", numbers.second(report.started)
    if status.heard is not None:
        yield "Last heard of (UTC)", _dated(status.heard, now)
    if status.checked is not None:
        yield "Figures of (UTC)", _dated(status.checked, now)
        yield "NAV", numbers.money(status.nav, status.stake)
        yield "Cash", numbers.money(status.cash, status.stake)
    if status.boundary is not None:
        yield "Next boundary (UTC)", _dated(status.boundary, now)
    if status.round is not None:
        yield "Open round", _round_in_words(status.round, status.stake)
    if status.gave_up is not None:
        yield "Gave up", status.gave_up
    if report.waiting is not None:
        yield "Asked for", f"{report.waiting.do}, {numbers.distance(report.waiting.at, now)}"


def _dated(when: datetime, now: datetime) -> str:
    return f"{numbers.second(when)}, {numbers.distance(when, now)}"


def _round_in_words(current: OpenRound, stake: str) -> str:
    left = [
        f"{'buy' if size > 0 else 'sell'} {asset} for {numbers.money(abs(size), stake)}"
        for asset, size in current.left.items()
    ]
    tries = "" if current.tries < 2 else f", try {current.tries}"
    return f"{current.tag}{tries}: {'; '.join(left) or 'nothing left to trade'}"


def weights_table(status: BotStatus) -> Table:
    """Return the assets with their weights, targets and drifts."""
    stake = status.stake
    columns = ["Amount", "Price", f"Value, {stake}", "Weight", "Target", "Drift"]
    table = _table(None, ["Asset"], columns)
    for member in status.members:
        is_cash = member.asset == stake
        table.add_row(
            member.asset,
            "" if is_cash else numbers.quantity(member.amount),
            "" if is_cash else numbers.quantity(member.price, missing=NOTHING),
            numbers.money(member.value, stake, name=False, missing=NOTHING),
            numbers.percent(member.weight, missing=NOTHING),
            numbers.percent(member.target, missing=NOTHING),
            member.note or numbers.points(member.drift, "+", missing=NOTHING),
        )
    return table


def _rounds(report: BotReport) -> Table:
    stake = report.status.stake
    columns = ["Orders", f"Bought, {stake}", f"Sold, {stake}"]
    table = _table("Last rounds", ["Round", "Last order (UTC)"], columns)
    for past in report.rounds:
        table.add_row(
            past.tag,
            numbers.second(past.last),
            str(past.orders),
            numbers.money(past.bought, stake, name=False),
            numbers.money(past.sold, stake, name=False),
        )
    return table


def _table(title: str | None, texts: list[str], columns: list[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in texts:
        table.add_column(name, overflow="fold")
    for name in columns:
        table.add_column(name, justify="right", overflow="fold")
    return table
