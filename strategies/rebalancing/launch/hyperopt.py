"""Search period and threshold with freqtrade's hyperopt, without a network."""

import json
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from rebalancing.launch.arguments import Given, read_arguments
from rebalancing.launch.asked import Asked, words_for
from rebalancing.launch.config_edit import write_values
from rebalancing.launch.configuration import DEFAULT_CONFIG, Setup, load_configuration, read_setup
from rebalancing.launch.epochs import SPACE, Epoch, improvements, read_epochs
from rebalancing.launch.errors import LaunchError
from rebalancing.launch.local_exchange import connected
from rebalancing.launch.policy import check
from rebalancing.launch.process import run_process
from rebalancing.launch.progress import Done
from rebalancing.launch.quiet_run import new_log, run_quietly
from rebalancing.launch.results import check_writable

DEFAULT_LOSS = "RebalancingLoss"
_EPOCHS = 100  # freqtrade's default
_LOSSES = Path(__file__).resolve().parents[2]
_SAVED = re.compile(r"epochs? saved to '([^']+)'")
_WEIGHT = "FREQTRADE__REBALANCE_LOSS__{}_WEIGHT"


@dataclass(frozen=True)
class Search:
    """What the user wants of a search.

    Attributes
    ----------
    arguments
        Those of ``freqtrade hyperopt``; they win over the defaults used here.
    online
        Take the markets from the real exchange.
    verbose
        Show all that freqtrade prints, and keep no log of it.
    turnover_weight, drawdown_weight
        Terms of RebalancingLoss; None leaves them to the configuration's ``rebalance_loss``.
    write
        Write the best values into the configuration.
    """

    arguments: tuple[str, ...]
    online: bool = False
    verbose: bool = False
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
    LaunchError
        If the run cannot start, fails, or the values found cannot be written.
    """
    given = read_arguments(search.arguments, "hyperopt")
    configs = given.configs or (DEFAULT_CONFIG,)
    setup = read_setup(load_configuration(configs), given)
    spaces = {"spaces": [SPACE], **given.settings}
    check(setup, replace(given, settings=spaces), hyperopt=True)
    file = _run(search, given, setup)
    epochs = read_epochs(file)
    best = next((epoch for epoch in reversed(epochs) if epoch.improved), None)
    if best is None:
        raise LaunchError(f"none of {len(epochs)} epochs gave a result that can be judged: {file}")
    Console().print(improvements(epochs))
    _conclude(best, setup.config.get(SPACE) or {}, configs, search.write)
    return 0


def _run(search: Search, given: Given, setup: Setup) -> Path:
    """Run freqtrade's hyperopt and return the file of its epochs."""
    check_writable(setup.user_data / "hyperopt_results", setup.user_data / "logs")
    follower = _Follower(setup, given)
    with (
        tempfile.TemporaryDirectory(prefix="hyperopt-", ignore_cleanup_errors=True) as room,
        connected(setup, online=search.online) as connection,
    ):
        asked = Asked(search.arguments, online=search.online, verbose=search.verbose)
        words = words_for(_defaults(given), asked, given, setup, connection)
        command = [sys.executable, "-m", "rebalancing.launch.leash", room, "hyperopt", *words]
        environment = {**connection.environment, **search.environment()}
        if search.verbose:
            if status := run_process(command, environment):
                raise LaunchError("hyperopt: freqtrade failed, see above", status=status)
            saved = [str(file) for file in follower.new_files()]
        else:
            log = new_log(setup.user_data, "hyperopt")
            print(f"freqtrade's output: {log}", flush=True)
            if failed := run_quietly("hyperopt", command, environment, log, follower.done):
                raise LaunchError(*failed, "the strategy failed in the run; nothing was found")
            saved = _SAVED.findall(log.read_text(encoding="utf-8", errors="replace"))
    if len(saved) != 1:
        raise LaunchError("freqtrade ended without an epoch: is another hyperopt under way?")
    return Path(saved[0])


def _defaults(given: Given) -> list[str]:
    if given.hyperopt_path is not None and given.hyperopt_loss is None:
        raise LaunchError("--hyperopt-path: say which loss of that folder, --hyperopt-loss NAME")
    # A parameter file beside the strategy would silently govern every run from then on.
    words = ["--spaces", SPACE, "--disable-param-export", "--hyperopt-loss", DEFAULT_LOSS]
    return words if given.hyperopt_path is not None else [*words, "--hyperopt-path", str(_LOSSES)]


class _Follower:
    """Counts epochs while freqtrade works on them."""

    def __init__(self, setup: Setup, given: Given) -> None:
        self._folder = setup.user_data / "hyperopt_results"
        self._before = set(self._folder.glob("*.fthypt"))
        self._wanted = given.epochs or int(setup.config.get("epochs") or _EPOCHS)

    def new_files(self) -> list[Path]:
        """Return the files of epochs that have come since."""
        return list(set(self._folder.glob("*.fthypt")) - self._before)

    def done(self) -> Done | None:
        """Tell how many of the epochs are done; None while there is no file."""
        new = self.new_files()
        return (new[0].read_bytes().count(b"\n"), self._wanted) if len(new) == 1 else None


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
