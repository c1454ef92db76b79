"""The paths of the chosen policy, the present policy and HODL."""

from __future__ import annotations

import numpy as np

from rebalancing.explore.exploration import Exploration
from rebalancing.report.chart import Chart, line, money_axis, times_axis
from rebalancing.report.explore.policy_words import rule
from rebalancing.report.palette import GREY, HODL, MIX, NAV
from rebalancing.report.value_charts import WIDE


def path_chart(found: Exploration) -> Chart:
    """Draw NAV over time, and below it what became of the lead over HODL."""
    paths = found.paths
    time, held = paths.times.astype(float), paths.hodl
    chosen, *_ = paths.rows
    shown = [
        (
            "chosen policy" if chosen != found.present else "chosen and present policy",
            0,
            NAV,
            "solid",
        )
    ]
    if found.present is not None and found.present != chosen:
        shown.append(("present policy", paths.rows.index(found.present), MIX, "dot"))
    above = [line(name, time, paths.nav[row], color, dash=dash) for name, row, color, dash in shown]
    below = [
        line(f"{name} / HODL", time, paths.nav[row] / held, color, dash=dash, width=1.5, yaxis="y2",
             showlegend=False)
        for name, row, color, dash in shown
    ]  # fmt: skip
    said = [f"Chosen: {rule(found, chosen)}."]
    if len(shown) > 1 and found.present is not None:
        said.append(f"Present: {rule(found, found.present)}.")
    one = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y2", "y0": 1, "y1": 1}
    return Chart(
        "paths",
        f"NAV day by day, in {found.ground.stake}",
        " ".join(["HODL is the first purchase of the chosen policy, held. Below: NAV / HODL, above "
                  "1 where the policy is ahead.", *said]),
        [*above, line("HODL", time, held, HODL, dash="dash"), *below],
        {
            "xaxis": times_axis(time, anchor="y2"),
            "yaxis": money_axis(domain=[0.36, 1]),
            "yaxis2": {"domain": [0, 0.27], "tickformat": ".4~f", "hoverformat": ".4f"},
            "hovermode": "x unified",
            "shapes": [{**one, "line": {"color": GREY, "width": 1}}],
        },
        scales="log" if float(np.ptp(np.log(paths.nav[0]))) >= np.log(WIDE) else "both",
        height=500,
    )  # fmt: skip
