"""Run freqtrade's backtesting on a leash, and tell how far it is.

``python -m rebalancing.launch.told_backtest FOLDER [ARGUMENTS OF freqtrade backtesting]``: the file
``progress`` in the folder holds the candles done and their number. freqtrade shows progress on a
terminal only, and tells it to nobody but the caller of its class.
"""

import inspect
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rebalancing.launch.leash import end_with_parent

PROGRESS = "progress"

_INTERRUPTED = 130
_EVERY = 0.2  # seconds
_CANDLES = "backtest"  # freqtrade's name of the phase that takes the time


def main() -> int:
    """Run the backtest and return the exit status."""
    folder, *arguments = sys.argv[1:]
    end_with_parent(folder)
    from freqtrade.exceptions import FreqtradeException
    from freqtrade.loggers import setup_logging_pre

    setup_logging_pre()
    logger = logging.getLogger("freqtrade")
    try:
        _backtest(arguments, _teller(Path(folder) / PROGRESS))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except FreqtradeException as error:
        logger.error(str(error))
        return 2
    except Exception:  # as freqtrade's own main does
        logger.exception("Fatal exception!")
        return 1
    return 0


def _backtest(arguments: list[str], tell: Callable[[Any], None]) -> None:
    from freqtrade.commands import Arguments
    from freqtrade.commands.optimize_commands import setup_optimize_configuration
    from freqtrade.enums import RunMode
    from freqtrade.optimize.backtesting import Backtesting
    from freqtrade.system import asyncio_setup, gc_set_threshold

    asyncio_setup()
    gc_set_threshold()
    given = Arguments(["backtesting", *arguments]).get_parsed_arg()
    config = setup_optimize_configuration(given, RunMode.BACKTEST)
    told = "progress_callback" in inspect.signature(Backtesting).parameters
    run = Backtesting(config, **({"progress_callback": tell} if told else {}))
    run.start()


def _teller(file: Path) -> Callable[[Any], None]:
    told = 0.0

    def tell(task: Any) -> None:
        nonlocal told
        now = time.monotonic()
        if str(task.description) == _CANDLES and task.total and now >= told + _EVERY:
            told = now
            file.write_text(f"{task.completed:.0f} {task.total:.0f}", encoding="utf-8")

    return tell


if __name__ == "__main__":
    sys.exit(main())
