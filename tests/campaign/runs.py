"""Run seeds beside each other and keep what they found."""

import shutil
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.campaign.checks import violations
from tests.campaign.clock import World, real_time
from tests.campaign.coverage import Coverage, coverage_of
from tests.campaign.evidence import Evidence
from tests.campaign.life import living
from tests.campaign.scenario import Scenario, draw_scenario
from tests.virtual.ground import virtual_time
from tests.virtual.workers import virtual_workers


@dataclass(frozen=True)
class Result:
    """What became of a seed.

    Attributes
    ----------
    starts
        How many times the bot was started.
    faults
        Requests that went wrong, and other disturbances.
    stubborn
        The bot took a second interrupt to end.
    coverage
        By kind of trouble, how often it was drawn and how often it mattered.
    """

    seed: int
    meaning: str
    violations: tuple[str, ...]
    seconds: float
    rounds: int = 0
    orders: int = 0
    starts: int = 0
    faults: int = 0
    stubborn: bool = False
    coverage: Coverage = field(default_factory=dict)

    @property
    def line(self) -> str:
        """The result in one line."""
        verdict = f"{len(self.violations)} VIOLATIONS" if self.violations else "ok"
        return (
            f"seed {self.seed}: {verdict}; {self.rounds} rounds, {self.orders} orders, "
            f"{self.starts} starts, {self.faults} faults, {self.seconds:.0f} s; {self.meaning}"
        )

    def as_record(self) -> dict[str, Any]:
        """Return the result as JSON can hold it."""
        return asdict(self)


def run_seeds(
    seeds: Iterable[int],
    jobs: int,
    keep: Path | None = None,
    steps: int | None = None,
    virtual: bool = False,
) -> Iterator[Result]:
    """Run scenarios and yield results as they come.

    Parameters
    ----------
    jobs
        How many at a time; each is a bot and an exchange.
    keep
        Where the files of seeds with violations are kept; None: nowhere.
    steps
        How many times prices move in each; drawn where None.
    virtual
        On a virtual clock, with the exchange in memory, instead of real processes over HTTP.
    """
    run = run_virtual_seed if virtual else run_seed
    with virtual_workers(jobs) if virtual else ThreadPoolExecutor(jobs) as pool:
        running = [pool.submit(run, seed, keep, steps) for seed in seeds]
        try:
            for done in as_completed(running):
                yield done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def run_virtual_seed(seed: int, *options: Any) -> Result:
    """Run one scenario on a virtual clock, in one of the `virtual_workers`."""
    return run_seed(seed, *options, world=virtual_time)


def run_seed(
    seed: int,
    keep: Path | None = None,
    steps: int | None = None,
    world: World = real_time,
) -> Result:
    """Run one scenario."""
    scenario = draw_scenario(seed, steps)
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix=f"campaign-{seed}-"))
    evidence, found = _observed(scenario, folder, world)
    if keep is not None and found:
        _keep(folder, keep / f"seed-{seed}", scenario, found)
    shutil.rmtree(folder, ignore_errors=True)
    return Result(
        seed=seed,
        meaning=scenario.meaning,
        violations=tuple(found),
        seconds=round(time.monotonic() - began, 1),
        rounds=sum(1 for _ in evidence.events("round")) if evidence else 0,
        orders=len(evidence.orders or evidence.kept_orders) if evidence else 0,
        starts=evidence.starts if evidence else 0,
        faults=evidence.disturbances if evidence else 0,
        stubborn=evidence.stubborn if evidence else False,
        coverage=coverage_of(evidence) if evidence else {},
    )


def _observed(scenario: Scenario, folder: Path, world: World) -> tuple[Evidence | None, list[str]]:
    try:
        with living(scenario, folder, world) as life:
            evidence = life.play()
        return evidence, violations(evidence)
    except Exception:
        # A campaign goes on; what broke is a finding like any other.
        return None, [f"the campaign itself broke:\n{traceback.format_exc()}"]


def _keep(folder: Path, place: Path, scenario: Scenario, found: list[str]) -> None:
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folder, place)
    script = "\n".join(map(repr, scenario.script))
    text = f"{scenario}\n\n{script}\n\n" + "\n".join(found) + "\n"
    (place / "scenario.txt").write_text(text)
