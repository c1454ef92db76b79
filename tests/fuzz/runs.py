"""Run cases in this process and judge them."""

import json
import shutil
import tempfile
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from freqtrade.enums import RunMode
from freqtrade.exceptions import ConfigurationError, OperationalException

from rebalancing.freqtrade_side.setup.first_check import check_configuration, merged_configuration
from tests.fuzz.case import Case
from tests.fuzz.draw import draw_case
from tests.fuzz.judge import judge_refusal, judge_run
from tests.support.builders import write_candles
from tests.support.freqtrade_runs import backtest

DOWNLOAD = ("./setup.sh", "data")


@dataclass(frozen=True)
class Result:
    """What became of a seed.

    Attributes
    ----------
    end
        How it ended: "refused at once", "refused in the run" or "ran".
    """

    seed: int
    end: str
    drawn: tuple[str, ...]
    violations: tuple[str, ...]

    @property
    def line(self) -> str:
        """The result in one line."""
        verdict = f"{len(self.violations)} VIOLATIONS" if self.violations else "ok"
        return f"seed {self.seed}: {verdict}; {self.end}; {', '.join(self.drawn) or 'plain'}"


def run_seeds(seeds: Iterable[int], jobs: int) -> Iterator[Result]:
    """Run cases, so many at a time, and yield results as they come."""
    if jobs == 1:
        yield from map(run_seed, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for done in as_completed([pool.submit(run_seed, seed) for seed in seeds]):
            yield done.result()


def run_seed(seed: int) -> Result:
    """Run one case as the command would: the check first, then freqtrade's own backtest."""
    case, folder = draw_case(seed), Path(tempfile.mkdtemp(prefix=f"fuzz-{seed}-"))
    try:
        end, found = _judged(case, folder)
    except Exception:
        # The fuzz goes on; what broke is neither an error for people nor a run.
        end, found = "broke", [traceback.format_exc()]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Result(seed, end, tuple(case.drawn), tuple(found))


def _judged(case: Case, folder: Path) -> tuple[str, list[str]]:
    data = write_candles(folder / "data", "1h", case.frames())
    file = folder / "config.json"
    file.write_text(json.dumps(case.config))
    options = {**case.options, "datadir": data}
    config = merged_configuration([str(file)], options, {}, RunMode.BACKTEST)
    if problems := check_configuration(config, DOWNLOAD):
        return "refused at once", list(judge_refusal(case, problems))
    try:
        with redirect_stdout(StringIO()):  # freqtrade's tables
            found = backtest(folder, case.config, data, *_words(case))
    except ConfigurationError as error:
        # freqtrade's own command would end with status 0.
        return "refused by freqtrade", [f"only freqtrade refuses it: {error}"]
    except OperationalException as error:
        return "refused in the run", list(judge_refusal(case, str(error).splitlines()))
    return "ran", list(judge_run(case, found))


def _words(case: Case) -> list[str]:
    words: list[str] = []
    for name, value in case.options.items():
        words.append(f"--{name.replace('_', '-')}")
        words += value if isinstance(value, list) else [str(value)]
    return words
