"""Search period and threshold with freqtrade's hyperopt, without a network."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from sandbox.arguments import Given, read_arguments
from sandbox.config_edit import write_values
from sandbox.configuration import Setup, load_configuration, read_setup
from sandbox.connection import connected
from sandbox.epochs import SPACE, Epoch, improvements, read_epochs
from sandbox.errors import SandboxError
from sandbox.logged_run import run_logged

DEFAULT_CONFIG = "config.json"
DEFAULT_STRATEGY = "SmartRebalance"
DEFAULT_LOSS = "RebalancingLoss"
_LOSSES = Path(__file__).resolve().parent.parent / "strategies"
_SAVED = re.compile(r"epochs? saved to '([^']+)'")
_WEIGHT = "FREQTRADE__REBALANCE_LOSS__{}_WEIGHT"


@dataclass(frozen=True)
class Search:
    """What the user wants of a search.

    Attributes
    ----------
    arguments
        Those of ``freqtrade hyperopt``; they win over the defaults used here.
    turnover_weight, drawdown_weight
        Terms of RebalancingLoss; None leaves them to the configuration's ``rebalance_loss``.
    write
        Write the best values into the configuration.
    """

    arguments: tuple[str, ...]
    online: bool = False
    turnover_weight: float | None = None
    drawdown_weight: float | None = None
    write: bool = False

    def environment(self) -> dict[str, str]:
        """Return the variables by which freqtrade's configuration learns of the weights."""
        weights = {"TURNOVER": self.turnover_weight, "DRAWDOWN": self.drawdown_weight}
        return {
            _WEIGHT.format(name): repr(weight)
            for name, weight in weights.items()
            if weight is not None
        }


def hyperopt(search: Search) -> int:
    """Optimise period and threshold from the current directory and return the exit status.

    Raises
    ------
    SandboxError
        If the run cannot start, fails, or the values found cannot be written.
    """
    given = read_arguments(search.arguments, "hyperopt")
    configs = given.configs or (DEFAULT_CONFIG,)
    setup = read_setup(load_configuration(configs), given)
    file = _run(search, given, setup)
    epochs = read_epochs(file)
    best = next((epoch for epoch in reversed(epochs) if epoch.improved), None)
    if best is None:
        raise SandboxError(
            f"none of {len(epochs)} epochs gave a result that the loss takes for one; see {file}"
        )
    Console().print(improvements(epochs))
    _conclude(best, setup.config.get(SPACE) or {}, configs, search.write)
    return 0


def _run(search: Search, given: Given, setup: Setup) -> Path:
    """Run freqtrade's hyperopt and return the file of its epochs."""
    user_data = given.user_data_dir or Path(str(setup.config.get("user_data_dir") or "user_data"))
    log = user_data / "logs" / f"freqtrade-hyperopt-{datetime.now(UTC):%Y-%m-%d_%H-%M-%S}.log"
    with connected(setup, online=search.online) as connection:
        command = [sys.executable, "-m", "freqtrade", "hyperopt", *_defaults(given)]
        command += [*search.arguments, *connection.arguments]
        environment = {**connection.environment, **search.environment()}
        print(f"freqtrade's output: {log}", flush=True)
        run_logged("hyperopt", command, environment, log, _Follower(user_data).line)
    saved = _SAVED.findall(log.read_text(encoding="utf-8", errors="replace").replace("\n", ""))
    if not saved:
        raise SandboxError(f"freqtrade ended without an epoch; its whole output is in {log}")
    return Path(saved[-1])


def _defaults(given: Given) -> list[str]:
    if given.hyperopt_path is not None and given.hyperopt_loss is None:
        raise SandboxError("--hyperopt-path: say which loss of that folder, --hyperopt-loss NAME")
    # A parameter file beside the strategy would silently govern every run from then on.
    words = ["--spaces", SPACE, "--disable-param-export", "--no-color"]
    words += ["--hyperopt-loss", DEFAULT_LOSS]
    if given.hyperopt_path is None:
        words += ["--hyperopt-path", str(_LOSSES)]
    if not given.configs:
        words += ["--config", DEFAULT_CONFIG]
    if not given.strategy_list:
        words += ["--strategy", DEFAULT_STRATEGY]
    return words


class _Follower:
    """Tells of epochs while freqtrade works on them."""

    def __init__(self, user_data: Path) -> None:
        self._folder = user_data / "hyperopt_results"
        self._before = set(self._folder.glob("*.fthypt"))
        self._told = 0

    def line(self) -> str:
        """Return what is new since the last call; empty if nothing is."""
        new = set(self._folder.glob("*.fthypt")) - self._before
        epochs = read_epochs(new.pop()) if len(new) == 1 else []
        if len(epochs) <= self._told:
            return ""
        self._told = len(epochs)
        better = [epoch for epoch in epochs if epoch.improved]
        best = f", the best is epoch {better[-1].number}" if better else ""
        return f"{self._told} {'epoch' if self._told == 1 else 'epochs'} done{best}"


def _conclude(best: Epoch, block: Mapping[str, Any], configs: Sequence[str], write: bool) -> None:
    """Say what to put into the configuration, or put it there."""
    changed = {key: value for key, value in best.values.items() if block.get(key) != value}
    if not changed:
        print(f"The best is epoch {best.number}: what is configured already.")
        return
    if write:
        files = ", ".join(write_values(configs, SPACE, changed))
        print(f"The best is epoch {best.number}, written to {files}:")
    else:
        files = " or ".join(configs)
        print(f'The best is epoch {best.number}. Put it into "{SPACE}" in {files}, or add --write:')
    for key, value in changed.items():
        print(f'    "{key}": {json.dumps(value)},')
