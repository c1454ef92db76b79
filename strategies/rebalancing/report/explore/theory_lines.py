"""The band of theory, as lines in charts of the threshold, and in words."""

from __future__ import annotations

from collections.abc import Mapping

from rebalancing.explore.choice.theory import theory_band, theory_sentences
from rebalancing.explore.exploration import Exploration
from rebalancing.numbers import percent, points
from rebalancing.policy.destination import EDGE
from rebalancing.report.chart import Trace
from rebalancing.report.explore.policy_words import configured
from rebalancing.report.explore.scale import Scale
from rebalancing.report.table import Cell, Note, Table

VOLATILITY = 0.8
"""A year: an assumption of the sentences, which name it."""


def theory_lines(
    found: Exploration, x: Scale, y: Scale | None = None
) -> tuple[list[Trace], list[str]]:
    """Draw the bands of theory where one axis is the threshold.

    Returns
    -------
    list of dict
        Lines; the layout of a chart without `y` needs `edge_axis`.
    list of str
        What is to be said of bands that are not on the axis.
    """
    scale = next((one for one in (x, y) if one and one.axis.name == "threshold"), None)
    if scale is None:
        return [], []
    lines: list[Trace] = []
    absent = []
    for kind, bands in _bands(found).items():
        name = f"band of theory, {_size(bands, kind)}"
        named = {"name": name, "legendgroup": name}
        ends = sorted({min(bands), max(bands)})
        inside = [place for end in ends if (place := scale.position(end)) is not None]
        if not inside:
            absent.append(f"The {name}, is not on this axis.")
        for number, position in enumerate(inside):
            lines.append({**_line(position, x, y, is_upright=scale is x), **named,
                          "showlegend": number == 0})  # fmt: skip
    return lines, absent


def theory_parts(found: Exploration) -> tuple[Table | Note, ...]:
    """Say what theory asks for, for the weights of the chosen policy and the fee."""
    fee, weights = found.ground.fee, _weights(found)
    if not fee > 0:
        return (Note("", ("Without a fee a trade costs nothing: theory asks for no band.",)),)
    if not weights:
        return (Note("", ("Theory tells nothing of a portfolio of a single asset.",)),)
    shared: dict[float, list[str]] = {}
    for asset, weight in weights.items():
        shared.setdefault(weight, []).append(asset)
    rows = [
        (
            Cell(", ".join(assets)),
            Cell(percent(weight, digits=1)),
            *(Cell(points(theory_band(weight, fee, left=left))) for left in (0.0, 0.5, 1.0)),
        )
        for weight, assets in sorted(shared.items(), reverse=True)
    ]
    return (
        Note("", theory_sentences(max(shared), fee, VOLATILITY)),
        Table(
            "Bands of theory",
            f"The best threshold of each asset against all others, at a fee of {percent(fee)}, by "
            "how far a trade goes. For a price without memory that is watched all the time.",
            ("", "Weight", "To the target", "Half-way", "To the edge"),
            rows,
        ),
    )


def _bands(found: Exploration) -> dict[str, list[float]]:
    """Return the bands of all assets, by each kind of threshold that was tried."""
    block, fee, weights = found.policies[found.chosen], found.ground.fee, _weights(found)
    if not (fee > 0 and weights):
        return {}
    kinds = next((axis.values for axis in found.axes if axis.name == "threshold_kind"), ())
    destination = configured(block, "destination")
    words = {"target": 0.0, "edge": EDGE}
    left = words[destination] if destination in words else 1 - float(destination)
    bands = {weight: theory_band(weight, fee, left=left) for weight in weights.values()}
    return {
        kind: [band / weight if kind == "relative" else band for weight, band in bands.items()]
        for kind in kinds or (configured(block, "threshold_kind"),)
    }


def _weights(found: Exploration) -> dict[str, float]:
    """Return the target weights of the chosen policy, without cash and what is all or nothing."""
    targets, assets = found.policies[found.chosen]["targets"], found.ground.assets
    if not isinstance(targets, Mapping):
        targets = dict.fromkeys(assets, 1 / len(assets))
    return {asset: targets[asset] for asset in assets if 0 < targets.get(asset, 0) < 1}


def _size(bands: list[float], kind: str) -> str:
    show = percent if kind == "relative" else points
    ends = [show(band, digits=1) for band in (min(bands), max(bands))]
    text = " to ".join(dict.fromkeys(ends))
    return f"{text} of the target" if kind == "relative" else text


def _line(position: float, x: Scale, y: Scale | None, *, is_upright: bool) -> Trace:
    """Draw a line from edge to edge, upright or across."""
    ends: Trace = {"y": [0, 1], "yaxis": "y9"}
    if y is not None:
        ends = {"y": [-0.5, y.count - 0.5]}
    if not is_upright:
        ends = {"x": [-0.5, x.count - 0.5], "y": [position, position]}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [position, position],
        "hoverinfo": "name",
        "line": {"color": "--ink", "width": 1.6, "dash": "dash"},
        "opacity": 0.7,
        **ends,
    }
