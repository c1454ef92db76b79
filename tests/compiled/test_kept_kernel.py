"""What is compiled is there for the next call."""

import subprocess
import sys
from pathlib import Path

from rebalancing.explore.following import Kernel
from tests.support.builders import PROJECT
from tests.support.kept_kernels import ended
from tests.support.patience import PATIENCE

ONCE_MORE = """
import sys
from rebalancing.explore.compiled import kernel_of
from tests.support.kept_kernels import ended
kernel = kernel_of(sys.argv[1])
print(ended(kernel), sum(kernel.walk.stats.cache_misses.values()))
"""


def test_another_process_compiles_nothing(cache: Path, kernel: Kernel) -> None:
    wanted = ended(kernel)
    words = [sys.executable, "-c", ONCE_MORE, str(cache)]
    paths = f"{PROJECT}:{PROJECT / 'strategies'}"
    run = subprocess.run(
        words, env={"PYTHONPATH": paths}, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (run.stdout.strip(), run.stderr) == (f"{wanted} 0", "")
