"""``rebalance new`` in this process, and what it has written."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from rebalancing.cli.new import new

BOTH = {"assets": "BTC ETH"}


def words(options: Mapping[str, str]) -> list[str]:
    """Write options as on a command line."""
    return [word for name, text in options.items() for word in (f"--{name}", text)]


def run_new(*arguments: str, answers: str = "", **options: str) -> Result:
    """Run the command in this process; `answers` is what a pipe holds."""
    given = {name.replace("_", "-"): text for name, text in options.items()}
    return CliRunner().invoke(new, [*words(given), *arguments], input=answers)


def written(file: str = "config.json") -> Any:
    """Read what was written into the current directory."""
    return json.loads(Path(file).read_text())
