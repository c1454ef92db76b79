"""What a simulation is about: a configuration, and what a backtest of it would be given."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from freqtrade.exceptions import OperationalException

from rebalancing.freqtrade_side.backtest.inputs import Inputs, read_inputs
from rebalancing.freqtrade_side.setup.configuration import Setup as Checked
from rebalancing.freqtrade_side.setup.configuration import examine, plain_setup
from rebalancing.freqtrade_side.setup.first_check import TIMEFRAME
from rebalancing.launch.arguments import Given
from rebalancing.launch.configuration import (
    DEFAULT_CONFIG,
    DEFAULT_STRATEGY,
    Setup,
    load_configuration,
    read_setup,
)
from rebalancing.launch.errors import LaunchError
from rebalancing.launch.markets import local_markets, online_markets
from rebalancing.launch.policy import merged, refuse_problems

BLOCK = "rebalance"
_TRIGGER = "24h"  # stands for the one that is searched where the configuration names none


@dataclass(frozen=True)
class Asked:
    """Which configuration, and what is to count instead of it.

    Attributes
    ----------
    configs
        Configuration files; empty for config.json.
    datadir, userdir
        The folders given; None where they are not.
    settings
        Keys of freqtrade's configuration, such as ``timerange`` or ``fee``.
    online
        Take the markets from the real exchange.
    """

    configs: tuple[str, ...] = ()
    datadir: Path | None = None
    userdir: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    online: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        """The configuration files."""
        return self.configs or (DEFAULT_CONFIG,)

    @property
    def given(self) -> Given:
        """The same as arguments of a backtest."""
        return Given(self.configs, self.datadir, self.userdir, settings=dict(self.settings))


@dataclass(frozen=True, eq=False)
class Simulated:
    """What is simulated.

    Attributes
    ----------
    config
        As freqtrade's command would have it, found valid.
    setup
        The folders.
    inputs
        Markets, prices and cash.
    base
        The ``rebalance`` block as configured; empty where there is none.
    present
        The block of the policy that a backtest would follow; None if the configuration has none.
    parameter_file
        Hyperopt's, whose values beat those of the configuration; None if there is none that does.
    """

    config: Mapping[str, Any]
    setup: Setup
    inputs: Inputs
    base: Mapping[str, Any]
    present: Mapping[str, Any] | None
    parameter_file: Path | None

    @property
    def source(self) -> str:
        """Where the candles come from, for people."""
        timeframe = self.config.get("timeframe") or TIMEFRAME
        return f"candles of {timeframe} in {self.config['datadir']}"

    def refuse_parameter_file(self, option: str) -> None:
        """Refuse what a parameter file would make meaningless.

        Raises
        ------
        LaunchError
            If there is one: one line.
        """
        if self.parameter_file is not None:
            raise LaunchError(
                f"{option}: {self.parameter_file} beats period and threshold of every "
                "configuration; delete it first"
            )

    def problem_of(self, block: object) -> str:
        """Say why a backtest would refuse this block, one line; empty if it would not."""
        checked, problems = examine({**self.config, BLOCK: block}, TIMEFRAME)
        if not problems and {*checked.assets} != {*self.inputs.assets}:
            problems = [
                f"rebalance.targets: must name {', '.join(self.inputs.assets)}, names "
                f"{', '.join(checked.assets)}"
            ]
        return problems[0] if problems else self.inputs.too_small(checked)


def read_simulated(asked: Asked, blocks: Sequence[object] = ()) -> Simulated:
    """Read a configuration and what its backtest would be given.

    Parameters
    ----------
    blocks
        Policies to be simulated; the first one says which assets are held where the configuration
        has no ``rebalance`` block.

    Raises
    ------
    LaunchError
        If the configuration, a candle or a market is missing or wrong: a line for each problem.
    """
    from freqtrade.enums import RunMode

    given = asked.given
    setup = read_setup(load_configuration(asked.files), given)
    config = merged(setup, given, RunMode.BACKTEST)
    base = config.get(BLOCK)
    config = {**config, BLOCK: _complete(base if base is not None or not blocks else blocks[0])}
    refuse_problems(config)
    checked = plain_setup(config)
    try:
        inputs = read_inputs(config, checked, _markets(asked, config, checked))
        if small := inputs.too_small(checked):
            raise LaunchError(small)
        block = dict(base) if isinstance(base, Mapping) else {}
        changed, file = _beaten(config, checked)
        present = {**block, **changed} if block and config[BLOCK] is base else None
    except (OperationalException, ValueError, OSError) as error:
        raise LaunchError(*str(error).splitlines()) from None
    return Simulated(config, setup, inputs, block, present, file if changed else None)


def _complete(block: object) -> object:
    """Give a block that only lacks a trigger one, so that the rest of it can be checked."""
    if not isinstance(block, Mapping) or {"period", "threshold"} & block.keys():
        return block
    return {**block, "period": _TRIGGER}


def _markets(asked: Asked, config: Mapping[str, Any], checked: Checked) -> Any:
    if asked.online:
        return online_markets(config, checked.pairs)
    markets, remark = local_markets(config, checked.pairs)
    if remark:
        print(f"note: {remark}", file=sys.stderr)
    return markets


def _beaten(config: Mapping[str, Any], checked: Checked) -> tuple[dict[str, Any], Path | None]:
    """Return the keys that hyperopt's parameter file changes in a backtest, and the file."""
    file = _parameter_file(config)
    if file is None:
        return {}, None
    from rebalancing.freqtrade_side.setup.parameters import recorded_policy

    try:
        found = json.loads(file.read_bytes()).get("params") or {}
        ran, source = recorded_policy(checked.settings, found)
    except (ValueError, AttributeError) as error:
        raise LaunchError(f"{file}: cannot be read: {error}; delete it") from None
    keys = ("period", "threshold")
    changed = {k: getattr(ran, k) for k in keys if getattr(ran, k) != getattr(checked.settings, k)}
    if changed:
        print(f"note: the present policy is that of {file}: {source}", file=sys.stderr)
    return changed, file


def _parameter_file(config: Mapping[str, Any]) -> Path | None:
    """Return the parameter file beside the strategy that freqtrade would load."""
    own = Path(str(config.get("user_data_dir") or "user_data")) / "strategies"
    for folder in (config.get("strategy_path"), own):
        if folder and (Path(str(folder)) / f"{DEFAULT_STRATEGY}.py").is_file():
            file = Path(str(folder)) / f"{DEFAULT_STRATEGY}.json"
            return file if file.is_file() else None
    return None
