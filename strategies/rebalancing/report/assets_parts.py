"""The parts of the page on assets: tables and charts."""

from __future__ import annotations

import numpy as np

from rebalancing.explore.assets.asset_figures import rolling_volatility
from rebalancing.explore.assets.cautions import day
from rebalancing.explore.assets.overview import Overview
from rebalancing.explore.assets.reversion import FEWEST, HORIZON, Reversion
from rebalancing.market.portfolio import Vector
from rebalancing.numbers import millions, percent, ratio
from rebalancing.performance.rolling import WINDOW
from rebalancing.report.asset_tables import correlation_table
from rebalancing.report.chart import Chart, Trace, line, money_axis, percent_axis, times_axis
from rebalancing.report.palette import style_of
from rebalancing.report.table import Cell, Table, shaded


def figures_table(found: Overview) -> Table:
    """Return a row for each asset."""
    stake = found.closes.stake
    return Table(
        "Every asset",
        "While it had candles. A year: compounded, from a year of candles on. Volatility: of daily "
        f"returns, for a year. Volume: of the median day, in million {stake}.",
        ("", "Return", "A year", "Volatility", "Drawdown", "Volume", "From", "To"),
        [
            (
                Cell(one.asset),
                Cell(percent(one.total_return, "+", 1)),
                Cell(percent(one.annual_return, "+", 1, missing="")),
                Cell(percent(one.volatility, digits=1, missing="")),
                Cell(percent(one.max_drawdown, digits=1)),
                Cell(millions(one.volume)),
                Cell(day(one.first)),
                Cell(day(one.last)),
            )
            for one in found.figures
        ],
    )


def price_chart(found: Overview) -> Chart:
    """Draw all prices, each against its own first one."""
    closes = found.closes
    grown = [_from_one(prices) for prices in closes.closes.T]
    return Chart(
        "prices",
        "Prices, against the first one",
        "Each begins with 1 at its own first close. Lines that stay side by side leave little to "
        "rebalance.",
        _lines(found, grown),
        {"xaxis": times_axis(closes.time), "yaxis": money_axis(hoverformat=".4~r"),
         "hovermode": "x unified"},
        scales="log",
    )  # fmt: skip


def volatility_lines(found: Overview) -> Chart:
    """Draw the volatility of the last days of every asset."""
    closes = found.closes
    values = [rolling_volatility(closes, column) for column in range(len(closes.assets))]
    return Chart(
        "volatility",
        f"Volatility of the last {WINDOW} days",
        "Standard deviation of daily returns (TA-Lib's STDDEV), for a year of 365 days.",
        _lines(found, values),
        {
            "xaxis": times_axis(closes.time),
            "yaxis": percent_axis(hoverformat=",.1%", rangemode="tozero"),
            "hovermode": "x unified",
        },
        height=340,
    )


def correlations_in_clusters(found: Overview) -> Table | None:
    """Return the correlations, with the members of a cluster beside each other."""
    names = tuple(asset for group in found.clusters for asset in group)
    places = [found.closes.assets.index(asset) for asset in names]
    return correlation_table(names, found.correlations[np.ix_(places, places)])


def ratio_chart(found: Overview) -> Chart | None:
    """Draw the ratios of one asset at a time to all others; none for a single asset."""
    closes = found.closes
    if len(closes.assets) < 2:
        return None
    traces: list[Trace] = []
    for number, prices in enumerate(closes.closes.T):
        for column, asset in enumerate(closes.assets):
            if column != number:
                style = style_of(column)
                traces.append(
                    line(asset, closes.time, _from_one(prices / closes.closes[:, column]),
                         style.color, len(closes.assets), dash=style.dash, width=1.4, view=number,
                         visible=number == 0)
                )  # fmt: skip
    return Chart(
        "ratios",
        "One asset against each other",
        "Its price in the other's, 1 on their first day in common. Rebalancing earns where such a "
        "line keeps coming back, and pays where it keeps going on.",
        traces,
        {"xaxis": times_axis(closes.time), "yaxis": money_axis(hoverformat=".4~r"),
         "hovermode": "x unified"},
        choices=closes.assets,
        scales="log",
    )  # fmt: skip


def reversion_map(found: Overview) -> Table | None:
    """Return the variance ratios of every two assets; none where nothing was tested."""
    tested = {(one.one, one.other): one for one in found.reversions}
    if not any(one.variance_ratio is not None for one in tested.values()):
        return None
    names = found.closes.assets
    rows = []
    for i, name in enumerate(names[1:], 1):
        cells = [_reversion(tested[other, name]) for other in names[:i]]
        rows.append((Cell(name), *cells, *[Cell("")] * (len(names) - 1 - i)))
    return Table(
        "Do their ratios come back?",
        f"Variance ratio over {HORIZON} days (Lo and MacKinlay 1988): 1 for a random walk, below 1 "
        "where a ratio tends to come back, above 1 where it goes on. A * stands where that is "
        "shown, at 5 % and corrected (Holm) for the number of ratios; without it, it may be luck. "
        f"Empty: fewer than {FEWEST} days in common.",
        ("", *names[:-1]),
        rows,
        is_map=True,
    )


def subsidy_table(found: Overview) -> Table:
    """Return what each asset would have drawn from the others."""
    largest = max(one.share for one in found.subsidies)
    return Table(
        "What the others would have put into it",
        "All brought back to equal weights once a day, without fees (a formula, no simulation): "
        "the time over which an asset would have received most, each day's share of the portfolio "
        "added up; what its price did meanwhile; and what was left of it at the asset's last "
        "close. Coloured: more than half of it was lost, in a coin whose price had halved.",
        ("", "Received", "Its price", "Left of it", "From", "To"),
        [
            (
                Cell(one.asset),
                shaded(-one.share if one.drains else None, largest, percent(one.share, digits=1)),
                Cell(percent(one.fall, "+", 1)),
                Cell(percent(one.left, digits=0, missing="")),
                Cell(day(one.begin)),
                Cell(day(one.end)),
            )
            for one in found.subsidies
        ],
    )


def _reversion(one: Reversion) -> Cell:
    if one.variance_ratio is None or one.p_value is None:
        return Cell("")
    is_shown = one.p_value < 0.05
    text = f"{ratio(one.variance_ratio)}{'*' if is_shown else ''}"
    return shaded(1 - one.variance_ratio, 1.0, text, f"{one.one}/{one.other}: p {one.p_value:.2f}")


def _from_one(values: Vector) -> Vector:
    known = np.flatnonzero(np.isfinite(values))
    return values / values[known[0]] if len(known) else values


def _lines(found: Overview, values: list[Vector]) -> list[Trace]:
    closes, traces = found.closes, []
    for number, (asset, own) in enumerate(zip(closes.assets, values, strict=True)):
        style = style_of(number)
        traces.append(
            line(asset, closes.time, own, style.color, len(values), dash=style.dash, width=1.4)
        )
    return traces
