"""``python -m tests.fuzz.explored``: the explorer beside freqtrade's own backtest."""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import click
import numpy as np

from rebalancing.config.settings import read_settings
from rebalancing.explore.explore import Scene
from rebalancing.explore.following import Kernel
from rebalancing.explore.kernel.walk import walk
from rebalancing.explore.simulation import course_on
from rebalancing.freqtrade_side.history.result import read_records
from rebalancing.launch.simulated import Asked, Simulated, read_simulated
from rebalancing.performance.summary import summarise
from rebalancing.policy.policy import Policy
from tests.fuzz.drawn_policies import CANDLES, Ground, draw_ground, draw_policy
from tests.support.builders import make_config
from tests.support.freqtrade_runs import Outcome, backtest

FEE = 0.001
SAME_NAV, SAME_ORDER = 1e-6, 1e-7
"""Differences, as fractions, up to which two NAVs or two orders are the same."""

Order = tuple[int, int, str, float, float]
"""Second, round, pair, coins (bought: positive) and price."""


@dataclass
class Compared:
    """A policy by the explorer, and by freqtrade.

    Attributes
    ----------
    ours, theirs
        Orders of the explorer and of the backtest, oldest first.
    nav, backtest_nav
        At the end, each asset at its last price.
    balance
        freqtrade's own at the end. It sells an asset whose candles end early at the open of its
        last candle.
    lots
        By pair, coins.
    """

    block: dict[str, Any]
    ours: list[Order]
    theirs: list[Order]
    nav: float
    backtest_nav: float
    balance: float
    lots: dict[str, float]
    has_ended: bool

    def differences(self) -> Iterator[str]:
        """Say in what they differ: the first order, how many there are, the money at the end."""
        for one, other in zip(self.ours, self.theirs, strict=False):
            if not self._is_same(one, other):
                yield f"explored {one}, backtested {other}"
                break
        if len(self.ours) != len(self.theirs):
            yield f"{len(self.ours)} orders explored, {len(self.theirs)} backtested"
        ends = [self.backtest_nav] + [self.balance] * (not self.has_ended)
        if any(abs(self.nav / end - 1) > SAME_NAV for end in ends):
            yield f"NAV {self.nav} explored, {ends} backtested"

    def _is_same(self, one: Order, other: Order) -> bool:
        """Compare two orders.

        A last bit of freqtrade's sum of cash may decide on which side of a lot an amount is, and
        what that leaves is in the amounts of later orders.
        """
        apart = abs(one[3] - other[3]) - 1.001 * self.lots[one[2]]
        near = max(apart / abs(other[3]), abs(one[4] / other[4] - 1))
        return one[:3] == other[:3] and near <= SAME_ORDER


def compare(seed: int) -> Compared:
    """Explore a drawn policy and backtest it."""
    ground = draw_ground(seed)
    datadir = CANDLES / ground.data
    with tempfile.TemporaryDirectory() as name, redirect_stdout(StringIO()):
        room = Path(name)
        simulated = read(room, ground)
        block = draw_policy(seed, simulated)
        words = ("--fee", str(FEE), "--timerange", ground.timerange)
        outcome = backtest(room, config_of(ground, block), datadir, *words)
        (record,) = read_records(outcome.result, datadir).values()
    ours, nav = explored(simulated, block)
    inputs = simulated.inputs
    return Compared(
        block,
        ours,
        orders_of(outcome),
        nav,
        summarise(record.history).nav,
        outcome.stats["final_balance"],
        dict(zip(_pairs(simulated), inputs.markets.lots.tolist(), strict=True)),
        bool(np.isnan(inputs.prices.opens()[-1]).any()),
    )


def config_of(ground: Ground, block: dict[str, Any]) -> dict[str, Any]:
    """Configure a policy on a ground."""
    pairs = [f"{asset}/USDT" for asset in ground.assets]
    return make_config(pairs, block, dry_run_wallet=ground.wallet)


def read(room: Path, ground: Ground) -> Simulated:
    """Read what the explorer is given."""
    file = room / "explored.json"
    file.write_text(json.dumps(config_of(ground, {"targets": "equal", "period": "24h"})))
    settings = {"fee": FEE, "timerange": ground.timerange}
    return read_simulated(Asked((str(file),), CANDLES / ground.data, settings=settings))


def explored(simulated: Simulated, block: dict[str, Any]) -> tuple[list[Order], float]:
    """Follow a policy, and return its orders and the NAV at the end."""
    inputs = simulated.inputs
    scene = Scene(inputs.prices, inputs.markets, inputs.stake, inputs.cash)
    course = course_on(scene, Kernel(walk, False), 1, with_rounds=False)
    policy = Policy(read_settings(block)[0], inputs.assets, inputs.stake)
    found = course.follower.orders(policy, course.follower.follow(policy).orders)
    times = (inputs.prices.first + inputs.prices.seconds * found.row).tolist()
    pairs = [_pairs(simulated)[asset] for asset in found.asset]
    columns = (times, found.round.tolist(), pairs, found.amount.tolist(), found.price.tolist())
    return sorted(zip(*columns, strict=True)), course.measure(policy).numbers[0]


def _pairs(simulated: Simulated) -> list[str]:
    return [f"{asset}/{simulated.inputs.stake}" for asset in simulated.inputs.assets]


def orders_of(outcome: Outcome) -> list[Order]:
    """Return the orders of a backtest, the closing ones apart."""
    trades = outcome.trades
    times = [int(moment.timestamp()) for moment in trades.time]
    rounds = [int(tag.split()[0][1:]) for tag in trades.tag]
    amounts = trades.amount.where(trades.side == "buy", -trades.amount).tolist()
    return sorted(zip(times, rounds, trades.pair, amounts, trades.price.tolist(), strict=True))


@click.command()
@click.option("--runs", type=click.IntRange(1), default=50, show_default=True, help="How many.")
@click.option("--seed", default=1, show_default=True, help="The first of them.")
def main(runs: int, seed: int) -> None:
    """Draw policies on all axes, with 4 to 10 assets on majors-1h and luna-2022, and check that
    freqtrade's own backtest makes the orders that the explorer says, and ends with the same NAV.

    The status is 1 if one did not. "--seed 17 --runs 1" runs policy 17 again.
    """
    began, bad = time.monotonic(), []
    for number in range(seed, seed + runs):
        found = compare(number)
        said = [*found.differences()]
        verdict = "DIFFERENT" if said else "same"
        click.echo(f"{number}: {len(found.theirs)} orders, {verdict}: {found.block}", err=True)
        for sentence in said:
            click.echo(f"    {sentence}", err=True)
        bad += [str(number)] * bool(said)
    where = f": {', '.join(bad)}" if bad else ""
    spent = (time.monotonic() - began) / 60
    click.echo(f"{runs} policies, {spent:.1f} min, {len(bad)} different{where}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main(prog_name="python -m tests.fuzz.explored")
