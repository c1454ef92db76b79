"""One whole process, and what it took."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """What a process took: seconds by the clock and of the processor, peak memory in MB."""

    wall: float
    cpu: float
    memory: float


def run_measured(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
) -> tuple[int, Usage]:
    """Run a command to its end.

    Parameters
    ----------
    folder
        Where it runs.
    log
        Gets its output.

    Returns
    -------
    int
        Its status, negative for a signal.
    Usage
        Its own and that of the processes it waited for.

    Notes
    -----
    Linux counts what the parent used at the moment of the fork to the peak of the child: this
    process has to stay smaller than the ones it measures, and does not import freqtrade.
    """
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=dict(environment), stdout=output, stderr=subprocess.STDOUT
        )
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    peak = used.ru_maxrss * unit / 1e6
    return process.returncode, Usage(wall, used.ru_utime + used.ru_stime, peak)
