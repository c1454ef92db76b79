"""Policies drawn at random, and the real candles on which they run."""

import random
from dataclasses import dataclass
from typing import Any

from rebalancing.launch.simulated import Simulated
from tests.support.builders import PROJECT

CANDLES = PROJECT.parent / "shared" / "data"
"""Not part of the project."""

TEN = ("BTC", "ETH", "BNB", "SOL", "XRP", "ADA", "DOGE", "DOT", "LTC", "LINK")
COLLAPSE = ("BTC", "ETH", "BNB", "SOL", "LUNA")


@dataclass(frozen=True)
class Ground:
    """Candles by the hour, and the money at the start.

    Attributes
    ----------
    data
        Folder of the candles, in `CANDLES`.
    timerange
        As freqtrade has it.
    wallet
        USDT.
    """

    assets: tuple[str, ...]
    data: str
    timerange: str
    wallet: float


GROUNDS = (
    Ground(TEN[:4], "majors-1h", "20210501-20210801", 10_000),
    Ground(TEN, "majors-1h", "20220401-20220701", 10_000),
    Ground(COLLAPSE, "luna-2022", "20220401-20220601", 10_000),
    Ground((*COLLAPSE[:3], "LUNA"), "luna-2022", "20220101-20220601", 300),
    Ground(TEN, "majors-1h", "20201001-20201101", 400),
)


def draw_ground(seed: int) -> Ground:
    """Take one after the other."""
    return GROUNDS[seed % len(GROUNDS)]


def draw_policy(seed: int, simulated: Simulated) -> dict[str, Any]:
    """Draw a policy that a backtest takes; the same seed draws the same."""
    rng = random.Random(seed)
    while True:
        block = _drawn(simulated.inputs.assets, rng)
        if not simulated.problem_of(block):
            return block


def _drawn(assets: tuple[str, ...], rng: random.Random) -> dict[str, Any]:
    members = [*assets, *(["USDT"] if rng.random() < 0.5 else [])]
    block: dict[str, Any] = {"targets": "equal", "cooldown": rng.choice(["0m", "30h"])}
    if rng.random() < 0.5:
        shares = [rng.randint(1, 9) for _ in members]
        block["targets"] = {
            member: share / sum(shares) for member, share in zip(members, shares, strict=True)
        }
    if rng.random() < 0.5:
        block["period"] = rng.choice(["1h", "6h", "24h", "3d", "7d"])
    if "period" not in block or rng.random() < 0.6:
        block |= _threshold(members, rng)
    if block.get("scope") != "fewest":
        edge = ["edge"] if "threshold" in block else []
        block["destination"] = rng.choice(["target", 0.5, 0.8, *edge])
    if rng.random() < 0.3:
        block["min_trade"] = round(rng.uniform(6, 60), 1)
    return block


def _threshold(members: list[str], rng: random.Random) -> dict[str, Any]:
    is_relative = rng.random() < 0.5
    low, high = (0.05, 0.5) if is_relative else (0.005, 0.12)
    own = {member: round(rng.uniform(low, high), 3) for member in members}
    return {
        "threshold": own if rng.random() < 0.2 else own[members[0]],
        "threshold_kind": "relative" if is_relative else "absolute",
        "combine": rng.choice(["and", "or"]),
        "scope": rng.choice(["all", "drifted", "fewest"]),
    }
