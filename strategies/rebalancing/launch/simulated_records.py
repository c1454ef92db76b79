"""Records of policies in a file, each simulated for a report."""

from pathlib import Path

from rebalancing.config.settings import read_settings
from rebalancing.freqtrade_side.history.simulated import Origin, simulated_record
from rebalancing.freqtrade_side.setup.first_check import TIMEFRAME
from rebalancing.launch.errors import LaunchError
from rebalancing.launch.policy_files import read_policies
from rebalancing.launch.simulated import Asked, read_simulated
from rebalancing.performance.record import Record
from rebalancing.policy.policy import Policy


def simulated_records(file: Path, asked: Asked) -> list[Record]:
    """Simulate the policies of a file on the candles of a configuration.

    Parameters
    ----------
    file
        A ``rebalance`` block, or a list of them, as JSON.

    Raises
    ------
    LaunchError
        If the file, the configuration or the candles are wrong: one line for each problem.
    """
    blocks = read_policies(file)
    simulated = read_simulated(asked, blocks)
    for place, block in enumerate(blocks, 1):
        if problem := simulated.problem_of(block):
            raise LaunchError(f"{file}: policy {place}: {problem}")
    inputs = simulated.inputs
    timeframe = str(simulated.config.get("timeframe") or TIMEFRAME)
    origin = Origin(file.name, timeframe, simulated.setup.exchange)
    try:
        return [
            simulated_record(
                Policy(read_settings(block)[0], inputs.assets, inputs.stake), inputs, origin
            )
            for block in blocks
        ]
    except ValueError as error:
        raise LaunchError(str(error)) from None
