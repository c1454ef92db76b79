"""``rebalance trade``: start freqtrade on the user's exchange, after a look at what it will do."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from rebalancing.cli.bot_options import read_configuration
from rebalancing.cli.preview import preview_of
from rebalancing.cli.refusals import RefusedError

DEFAULT_STRATEGY = "SmartRebalance"


@click.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": ["-h", "--help"]},
    short_help="Start trading, after a look at what it would buy first.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[FREQTRADE ARGUMENTS]...")
def trade(yes: bool, arguments: tuple[str, ...]) -> None:
    """Show what a round would trade now, ask, and start "freqtrade trade".

    With "dry_run": true orders are simulated on the prices of your exchange. To trade live, write
    {"dry_run": false, "exchange": {"key": "...", "secret": "..."}} into user_data/live.json, which
    is read after your configuration, or pass the keys by the environment. All further arguments
    are those of "freqtrade trade"; with a --config of your own user_data/live.json is not read.
    """
    from rebalancing.freqtrade_side.outside.trade_configuration import with_default_files

    words = with_default_files(arguments)
    config = read_configuration(words)
    is_live = not config["dry_run"]
    _check(config, is_live=is_live, can_ask=yes or sys.stdin.isatty())
    found = preview_of(config)
    from rebalancing.cli.preview_tables import print_preview

    print_preview(found)
    if not is_live:
        click.echo('dry-run: orders are simulated, nothing is bought; live is "dry_run": false')
    elif not yes:
        click.confirm(f"Trade live, with real money, on {config['exchange']['name']}?", abort=True)
    if not config.get("strategy"):
        words += ["--strategy", DEFAULT_STRATEGY]
    _become_freqtrade(words)


def _check(config: dict[str, Any], *, is_live: bool, can_ask: bool) -> None:
    from rebalancing.freqtrade_side.outside.credentials import missing_credentials

    if not config.get("initial_state"):
        raise RefusedError(
            'initial_state: missing, so freqtrade would start and do nothing; write "initial_state"'
            ': "running" into the configuration'
        )
    if not is_live:
        return
    if missing := missing_credentials(config["exchange"]):
        names = ", ".join(f"exchange.{name}" for name in missing)
        variable = f"FREQTRADE__EXCHANGE__{missing[0].upper()}"
        raise RefusedError(
            f"{names}: missing; live trading needs the keys of {config['exchange']['name']}: write "
            f"them into user_data/live.json, or set {variable} and the like"
        )
    if not can_ask:
        raise RefusedError("this is no terminal, so nobody can be asked; add --yes to trade live")


def _become_freqtrade(words: Sequence[str]) -> NoReturn:
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "freqtrade", "trade", *words])
