"""``rebalance hyperopt``: a search for the best period and threshold."""

from __future__ import annotations

from typing import Any

import click

from rebalancing.cli.freqtrade_command import end_with, freqtrade_command, online_option
from rebalancing.launch.errors import local_exchange_needed


@freqtrade_command("hyperopt")
@online_option
@click.option("--write", is_flag=True, help="Write the best values into the configuration.")
@click.option(
    "--turnover-weight",
    type=click.FloatRange(0, 100),
    help="Premium, a fraction of HODL, that a turnover of one NAV a year must earn. Default: 0.",
)
@click.option(
    "--drawdown-weight",
    type=click.FloatRange(0, 100),
    help="Premium that a drawdown of the whole portfolio must earn. Default: 0.",
)
def hyperopt(arguments: tuple[str, ...], **wishes: Any) -> None:
    """Search the best period and threshold for config.json, without network.

    It minimises RebalancingLoss: the premium over holding, after fees, less what turnover and
    drawdown are said to cost. No parameter file is left: what is found is printed as lines for the
    configuration. All further arguments are those of "freqtrade hyperopt" and win over the
    defaults, e.g. --epochs 50, --job-workers 2, --hyperopt-loss NAME.
    """

    def run() -> int:
        with local_exchange_needed("hyperopt"):
            from rebalancing.launch import hyperopt as launch

            return launch.hyperopt(launch.Search(arguments, **wishes))

    end_with(run)
