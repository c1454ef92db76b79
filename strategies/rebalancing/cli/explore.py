"""``rebalance explore``: which period and threshold, and whether the answer is luck."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from rebalancing.cli.bot_options import userdir_option
from rebalancing.cli.freqtrade_command import end_with, online_option

_FILE = click.Path(path_type=Path, dir_okay=False)
_AXES = {
    "threshold": "Like 0.01,0.02 or 0.01:0.2:40 for 40 values; none: without.",
    "period": "Like 1h,4h,1d,7d; none: without.",
    "combine": "and, or.",
    "threshold-kind": "absolute, relative.",
    "destination": "target, edge, or shares of the way like 0.5.",
    "scope": "all, drifted, fewest.",
    "cooldown": "Like 0m,6h.",
}
_SETTINGS = {
    "timerange": ("RANGE", str, "As for freqtrade, like 20230101-20240101."),
    "timeframe": ("TIMEFRAME", str, "Of the candles. Default: the configuration's."),
    "timeframe-detail": ("TIMEFRAME", str, "Of --verify's detail candles; fills do not change."),
    "fee": ("FRACTION", float, "Of every trade. Default: the configuration's."),
    "dry-run-wallet": ("AMOUNT", float, "Stake currency at the start, likewise."),
}
"""What counts instead of the configuration's, as for a backtest."""


def _axis_options(command: Callable[..., None]) -> Callable[..., None]:
    for name, text in reversed(_AXES.items()):
        command = click.option(f"--{name}", metavar="VALUES", help=text)(command)
    return command


def _setting_options(command: Callable[..., None]) -> Callable[..., None]:
    for name, (metavar, kind, text) in reversed(_SETTINGS.items()):
        names = [f"--{name}", *(["-i"] if name == "timeframe" else [])]
        command = click.option(*names, metavar=metavar, type=kind, help=text)(command)
    return command


@click.command()
@click.option("--config", "-c", "configs", multiple=True, metavar="FILE",
              help="Configuration; repeat it as for freqtrade. Default: config.json.")  # fmt: skip
@userdir_option
@click.option("--datadir", type=click.Path(path_type=Path), help="Folder of the candles.")
@_setting_options
@_axis_options
@click.option("--weights", multiple=True, metavar="SET",
              help="Targets to try: equal, BTC=0.6,ETH=0.4, or a JSON file with a map of sets by "
              "name. Repeat it.")  # fmt: skip
@click.option("--offset", metavar="VALUES",
              help="Like 0h,6h,12h: starts of the period's grid that timing luck is measured from. "
              "Default: up to 24 of them.")  # fmt: skip
@click.option("--policies", type=_FILE, metavar="FILE",
              help="A JSON list of rebalance blocks: they are simulated as they are, before what "
              "is swept.")  # fmt: skip
@online_option
@click.option("--top", default=10, show_default=True, type=click.IntRange(1, 1000),
              metavar="NUMBER", help="How many of the best are shown.")  # fmt: skip
@click.option("--details", is_flag=True, help="Show what each judge says.")
@click.option("--json", "as_json", is_flag=True, help="For scripts: one JSON object; no page.")
@click.option("--rounds", is_flag=True, help="With --json: when each round was.")
@click.option("--write", is_flag=False, flag_value="", metavar="[FILE]",
              help="Write the best policy into the configuration.")  # fmt: skip
@click.option("--verify", default=0, type=click.IntRange(0), metavar="NUMBER",
              help="Run freqtrade's own backtest of so many of the best, and compare.")  # fmt: skip
@click.option("--cluster", metavar="ADDRESS",
              help="Let the workers of your own Dask scheduler, like tcp://10.0.0.5:8786, follow "
              "the policies. Only on a network that you trust.")  # fmt: skip
@click.option("--no-cache", is_flag=True, help="Simulate again what was found before.")
@click.option("--output", "-o", type=_FILE,
              help="The page. Default: in user_data/plot.")  # fmt: skip
def explore(
    configs: tuple[str, ...],
    userdir: str | None,
    datadir: Path | None,
    weights: tuple[str, ...],
    offset: str | None,
    policies: Path | None,
    online: bool,
    rounds: bool,
    cluster: str | None,
    no_cache: bool,
    **others: Any,
) -> None:
    """Simulate many policies on the candles of a backtest, and say what may be concluded.

    Without an axis (--threshold to --weights) what is sensible is swept; with some, these alone,
    and the rest stays as configured. Whether the best policy is better than holding, or than the
    present one, is judged by what luck alone would have shown.
    """

    def run() -> int:
        from rebalancing.cli.explored import Wishes, show
        from rebalancing.launch.explore import Search
        from rebalancing.launch.kept_code import cache_folder
        from rebalancing.launch.simulated import Asked

        folder = None if userdir is None else Path(userdir)
        axes = {name.replace("-", "_"): others.pop(name.replace("-", "_")) for name in _AXES}
        settings = {
            name.replace("-", "_"): others.pop(name.replace("-", "_")) for name in _SETTINGS
        }
        asked = Asked(
            configs, datadir, folder, {k: v for k, v in settings.items() if v is not None}, online
        )
        typed = {key: text for key, text in axes.items() if text is not None}
        wanted = Search(
            asked, cache_folder(), typed, weights, policies, rounds, offset, not no_cache, cluster
        )
        return show(wanted, Wishes(**others))

    end_with(run)
