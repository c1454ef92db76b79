"""``rebalance new``: a few questions, and a configuration that works."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path

import click

from rebalancing.cli.questions import Asking, read_yes
from rebalancing.cli.refusals import RefusedError
from rebalancing.config.new_portfolio import NewPortfolio, new_configuration

STRATEGIES = Path(__file__).resolve().parents[2]
PROJECT = STRATEGIES.parent
SCHEMA = Path(__file__).resolve().parents[1] / "config.schema.json"
GREETING = """\
A configuration for a new portfolio. An empty answer takes what stands in [brackets]; Ctrl-C ends
this and writes nothing. Nothing leaves this machine.
"""


@click.command(short_help="Ask what you want to hold, and write a configuration.")
@click.option("--assets", metavar="CODES", help='Such as "BTC ETH SOL", 2 to 50. The stake '
              "currency among them is held as cash.")  # fmt: skip
@click.option("--stake", metavar="CODE", help="Currency that pays. Default: USDT.")
@click.option("--exchange", metavar="NAME", help="freqtrade's name of it. Default: binance.")
@click.option("--weights", metavar="SHARES", help='In the order of the assets, such as "50 30 20". '
              "Default: equal.")  # fmt: skip
@click.option("--investment", metavar="AMOUNT", help="In the stake currency. Default: 200 times "
              "the usual smallest order, which is 1000 USDT.")  # fmt: skip
@click.option("--period", metavar="TIME", help='Such as "24h" or "7d"; "none". Default: 24h; none '
              "with --yes and a --threshold.")  # fmt: skip
@click.option("--threshold", metavar="SHARE", help='Drift that starts a round, such as "2%"; '
              '"none". Default: 2%; none with --yes and a --period.')  # fmt: skip
@click.option("--fee", metavar="SHARE", help="Of a trade's value. Default: 0.1%.")
@click.option("--adopt-holdings", metavar="YES|NO", help="Use coins of the assets that the account "
              "holds already, and all of its stake currency. Default: no.")  # fmt: skip
@click.option("--timeframe", metavar="TIME", help="Candles of backtests; not asked for. Default: "
              "those that fit the period.")  # fmt: skip
@click.option("--output", "-o", metavar="FILE", help="Default: config.json.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--yes", is_flag=True, help="Ask nothing: what is not given is the default.")
def new(timeframe: str | None, force: bool, yes: bool, **options: str | None) -> None:
    """Ask for assets, weights, investment, period and threshold, and write a configuration.

    Every answer can be given as an option, and is then not asked for. Answers are checked as the
    bot checks them. Shares are percentages or fractions: "40", "40%" and "0.4" mean the same;
    where both meanings are possible, the sign is asked for.
    """
    given = {name.replace("_", "-"): text for name, text in options.items() if text is not None}
    if yes and ("period" in given) != ("threshold" in given):
        given = {"period": "none", "threshold": "none", **given}
    if force:
        given["force"] = "yes"
    asking = Asking(given, defaults_only=yes)
    if not yes:
        click.echo(GREETING)
    click.echo("freqtrade, whose rules check the answers, is being loaded ...\n", err=True)
    from rebalancing.cli.new_questions import ask_portfolio
    from rebalancing.cli.new_view import next_steps, understood

    portfolio = ask_portfolio(asking)
    chosen = _timeframe(portfolio, timeframe)
    click.echo(understood(portfolio, chosen))
    file = asking.ask("output", "Write this to", "config.json", partial(_free_file, asking))
    # freqtrade looks from where it runs, and setup.sh runs it in the project.
    strategies = STRATEGIES.name if Path.cwd() == PROJECT else str(STRATEGIES)
    config = new_configuration(portfolio, chosen, strategies, _schema_from(file.absolute().parent))
    _write(file, json.dumps(config, indent=4) + "\n")
    click.echo(next_steps(portfolio, chosen, file, PROJECT))


def _timeframe(portfolio: NewPortfolio, wanted: str | None) -> str:
    from rebalancing.freqtrade_side.setup.new_portfolio_candles import choose_timeframe

    try:
        return choose_timeframe(portfolio, wanted, PROJECT / "user_data" / "data")
    except ValueError as error:
        raise RefusedError(f"--timeframe: {error}") from None


def _free_file(asking: Asking, text: str) -> Path:
    """Read the name of a file that may be written."""
    file = Path(text).expanduser()
    if file.is_dir() or not file.parent.is_dir():
        wrong = "is a folder" if file.is_dir() else f"cannot be there, {file.parent} is no folder"
        raise ValueError(f"{file} {wrong}; name a file")
    if not file.exists():
        return file
    question = f"{file} is there already. Write over it"
    if not asking.ask("force", question, "no", read_yes):
        raise ValueError(f"{file} is there already; name another file, or add --force")
    return file


def _schema_from(folder: Path) -> str:
    """Name the schema as seen from a configuration: editors look from there."""
    inside = folder.resolve().is_relative_to(PROJECT)
    return os.path.relpath(SCHEMA, folder.resolve()) if inside else str(SCHEMA)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RefusedError(f"{file}: cannot be written: {error.strerror}") from None
