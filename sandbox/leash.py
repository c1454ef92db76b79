"""Run freqtrade for as long as the process that started it lives.

``python -m sandbox.leash FOLDER [FREQTRADE ARGUMENTS]``, with a pipe from that process as standard
input. Even a process that is killed closes its pipes: then freqtrade ends, and the folder, which
holds a password, goes.
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
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    from freqtrade.main import main as freqtrade

    freqtrade(arguments)


def _end_with_parent(folder: str) -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
