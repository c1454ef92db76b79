"""Run freqtrade for as long as the process that started it lives.

``python -m rebalancing.launch.leash FOLDER [FREQTRADE ARGUMENTS]``, with a pipe from that process
as standard input. Even a process that is killed closes its pipes: then freqtrade ends, and the
folder, which holds a password or a result that nobody waits for, goes.
"""

import os
import shutil
import signal
import sys
import threading
import time

_GRACE_SECONDS = 20.0


def main() -> None:
    """Run freqtrade's command line; this never returns."""
    folder, *arguments = sys.argv[1:]
    end_with_parent(folder)
    from freqtrade.main import main as freqtrade

    freqtrade(arguments)


def end_with_parent(folder: str) -> None:
    """Watch standard input from now on: when it closes, the folder goes and this process ends."""
    threading.Thread(target=_wait_for_the_end, args=(folder,), daemon=True).start()


def _wait_for_the_end(folder: str) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
