"""Policies that were simulated, followed by freqtrade's own backtest, and where the two differ."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rebalancing.launch.backtest import progress_in
from rebalancing.launch.configuration import (
    DEFAULT_STRATEGY,
    ENVIRONMENT_PREFIX,
    load_configuration,
)
from rebalancing.launch.connection import Connection
from rebalancing.launch.errors import LaunchError
from rebalancing.launch.explore import Searched
from rebalancing.launch.local_exchange import connected
from rebalancing.launch.quiet_run import new_log, run_quietly
from rebalancing.launch.results import check_writable
from rebalancing.launch.simulated import BLOCK, Asked, Simulated
from rebalancing.launch.told_backtest import PROGRESS
from rebalancing.performance.summary import Summary, summarise

SAME = 1e-6
"""Difference of the NAV at the end, as a fraction, up to which two runs are the same."""


@dataclass(frozen=True)
class Verified:
    """A backtest of a policy beside its simulation.

    Attributes
    ----------
    backtest
        What freqtrade's backtest came to.
    place
        Of the policy in the search.
    nav, rounds
        What the simulation came to.
    """

    place: int
    backtest: Summary
    nav: float
    rounds: int

    @property
    def difference(self) -> float:
        """How far the simulation's NAV is from the backtest's, as a fraction of it."""
        return self.nav / self.backtest.nav - 1

    @property
    def is_same(self) -> bool:
        """Both end with the same NAV, after as many rounds."""
        return abs(self.difference) <= SAME and self.rounds == self.backtest.rounds


def verify(asked: Asked, found: Searched, places: Sequence[int]) -> Iterator[Verified]:
    """Backtest policies one after the other.

    Parameters
    ----------
    places
        Of the policies in the search.

    Raises
    ------
    LaunchError
        If a backtest cannot start, or fails.
    """
    simulated, figures = found.simulated, found.ranked.figures
    simulated.refuse_parameter_file("--verify")
    setup = simulated.setup
    check_writable(setup.user_data / "logs")
    config = load_configuration(asked.files)
    config.pop("add_config_files", None)
    with connected(setup, online=asked.online, quiet=True) as connection:
        for number, place in enumerate(places, 1):
            title = f"backtest {number} of {len(places)}"
            block = dict(found.ranked.policies[place])
            summary = _backtest(title, {**config, BLOCK: block}, asked, simulated, connection)
            nav, rounds = float(figures.nav[place]), int(figures.rounds[place])
            yield Verified(place, summary, nav, rounds)


def _backtest(
    title: str,
    config: Mapping[str, Any],
    asked: Asked,
    simulated: Simulated,
    connection: Connection,
) -> Summary:
    from rebalancing.freqtrade_side.history.result import read_records

    setup = simulated.setup
    # What the variables say is in the configuration by now, and would beat the policy.
    environment = {
        name: text
        for name, text in connection.environment.items()
        if not name.startswith(ENVIRONMENT_PREFIX)
    }
    with tempfile.TemporaryDirectory(prefix="verify-", ignore_cleanup_errors=True) as name:
        room = Path(name)
        file = room / "config.json"
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as stream:
            json.dump(config, stream)
        words = ["--config", str(file), "--strategy", DEFAULT_STRATEGY, "--cache", "none"]
        words += ["--userdir", str(setup.user_data), "--export", "trades"]
        words += ["--backtest-directory", str(room), *_words(asked.settings)]
        command = [sys.executable, "-m", "rebalancing.launch.told_backtest", name, *words]
        command += connection.arguments
        log = new_log(setup.user_data, "verify")
        done = progress_in(room / PROGRESS)
        if swallowed := run_quietly(title, command, environment, log, done, stderr=True):
            raise LaunchError(*swallowed, f"{title}: the strategy failed in the run; see {log}")
        (result,) = room.glob("*.zip")
        try:
            (record,) = read_records(result, setup.datadir).values()
            return summarise(record.history)
        except ValueError as error:
            raise LaunchError(f"{title}: {error}") from None


def _words(settings: Mapping[str, Any]) -> list[str]:
    return [
        word
        for key, value in settings.items()
        for word in (f"--{key.replace('_', '-')}", f"{value}")
    ]
