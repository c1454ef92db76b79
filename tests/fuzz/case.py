"""One configuration with its arguments and candles, and what its drawer knows of it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tests.support.builders import make_candles

BEGIN = pd.Timestamp("2024-01-01", tz="UTC")
HOURS = 72


@dataclass
class Case:
    """What is going to be run.

    Attributes
    ----------
    options
        Arguments by freqtrade's names of options, beside the configuration.
    candles
        First hour and number of the candles of each pair, from `BEGIN`; a pair that is absent
        has no file.
    gaps
        Hours that are missing in the file of a pair.
    faults
        Why it must not run; empty if it has to.
    drawn
        Everything that was drawn, harmless things too.
    """

    seed: int
    config: dict[str, Any]
    candles: dict[str, tuple[int, int]]
    options: dict[str, Any] = field(default_factory=dict)
    gaps: dict[str, tuple[int, int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)

    @property
    def block(self) -> dict[str, Any]:
        """The ``rebalance`` block."""
        return self.config["rebalance"]

    @property
    def pairs(self) -> list[str]:
        """The pairs of the run."""
        return self.options.get("pairs") or self.config["exchange"]["pair_whitelist"]

    def frames(self) -> dict[str, pd.DataFrame]:
        """Make the candles: prices that wander by up to a percent an hour, from the seed."""
        frames = {}
        for number, (pair, (first, count)) in enumerate(self.candles.items()):
            steps = np.random.default_rng((self.seed, number)).uniform(-0.01, 0.01, count)
            start = str(BEGIN + pd.Timedelta(hours=first))
            frame = make_candles(100 * np.exp(np.cumsum(steps)), start)
            low, high = self.gaps.get(pair, (0, 0))
            frames[pair] = frame.drop(index=frame.index[low:high]).reset_index(drop=True)
        return frames
