"""``./setup.sh dry-run``: a bot on the local exchange, watched, asked, and ended."""

import json
import re
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.builders import PROJECT
from tests.support.command_lines import clean_environment, rebalance
from tests.support.patience import PATIENCE

COMMAND = [sys.executable, "-m", "rebalancing", "dry-run"]


@dataclass
class DryRun:
    """The command under way, and what it has shown."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def shown(self) -> str:
        return (self.folder / "shown.txt").read_text()

    def wait_for(self, what: Callable[[], Any]) -> Any:
        end = time.monotonic() + PATIENCE
        while not (found := what()) and self.process.poll() is None:
            assert time.monotonic() < end, self.shown
            time.sleep(0.1)
        assert found, self.shown
        return found

    def find(self, pattern: str) -> re.Match[str]:
        found: re.Match[str] = self.wait_for(lambda: re.search(pattern, self.shown))
        return found

    @property
    def configs(self) -> list[str]:
        """The options that the page of text names for ``rebalance status``."""
        return self.find(r"rebalance status (--config .+)")[1].split()

    @property
    def own_folder(self) -> Path:
        return Path(self.configs[-1]).parent

    @property
    def bots(self) -> list[int]:
        """The processes that work in its folder."""
        running = psutil.process_iter(["cmdline"])
        words = {process.pid: process.info["cmdline"] or [] for process in running}
        return [pid for pid, line in words.items() if str(self.own_folder) in line]

    def has_left_nothing(self) -> bool:
        return not self.bots and not self.own_folder.exists()


@pytest.fixture
def dry_run(tmp_path: Path) -> Iterator[DryRun]:
    """Start it in a copy of the project's folder."""
    for name in ("config.json", "strategies", "user_data/data"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(PROJECT / name)
    with (tmp_path / "shown.txt").open("wb") as shown:
        process = subprocess.Popen(
            COMMAND,
            cwd=tmp_path,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=shown,
            stderr=shown,
        )
    run = DryRun(tmp_path, process)
    try:
        yield run
    finally:
        process.kill()
        process.wait()


def asked(run: DryRun, command: str) -> str:
    """Ask the bot for something and return its answer."""
    answer = rebalance(run.folder, command, *run.configs)
    assert (answer.returncode, answer.stderr) == (0, "")
    return answer.stdout.strip()


@pytest.mark.slow
def test_rounds_happen_and_the_bot_answers_until_ctrl_c(dry_run: DryRun) -> None:
    dry_run.find(r"r0 initial done")
    configs = dry_run.configs
    report = json.loads(rebalance(dry_run.folder, "status", *configs, "--json").stdout)
    assert report["dry_run"]
    assert report["status"]["condition"] == "running"
    assert asked(dry_run, "pause").startswith("paused")
    paused = json.loads(rebalance(dry_run.folder, "status", *configs, "--json").stdout)
    assert paused["status"]["condition"] == "paused"
    assert asked(dry_run, "resume") == "resumed"
    # A period may have ended meanwhile, and prices may not have moved since.
    told = asked(dry_run, "now")
    assert re.search("is under way|is already open|no round: |not decided yet", told), told
    dry_run.find(r"r1 (asked|period|threshold).* done")
    dry_run.find(r"NAV [0-9.,]+ USDT: BTC [0-9.]+ %")
    log = (dry_run.folder / "user_data/logs/dry-run.log").read_text()
    assert not re.search(r" - (WARNING|ERROR) - ", log)
    dry_run.process.send_signal(signal.SIGINT)
    assert dry_run.process.wait(PATIENCE) == 128 + signal.SIGINT
    assert dry_run.has_left_nothing()


@pytest.mark.slow
def test_the_rest_api_wants_the_password_that_only_the_screen_and_one_file_know(
    dry_run: DryRun,
) -> None:
    url, user, password = dry_run.find(
        r"(http://127\.0\.0\.1:\S+), user (\S+), password (\S+)"
    ).groups()
    token = b64encode(f"{user}:{password}".encode()).decode()
    request = urllib.request.Request(url, headers={"Authorization": f"Basic {token}"})

    def answered() -> list[Any] | None:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return [json.load(answer)]
        except urllib.error.URLError:
            return None  # it is just starting

    dry_run.wait_for(answered)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(url, timeout=PATIENCE)
    secret = Path(dry_run.configs[-1])
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert password in secret.read_text()
    for file in [*secret.parent.glob("*.txt"), *(dry_run.folder / "user_data/logs").iterdir()]:
        assert password not in file.read_text()
    dry_run.process.send_signal(signal.SIGTERM)
    assert dry_run.process.wait(PATIENCE) == 128 + signal.SIGTERM
    assert dry_run.has_left_nothing()


@pytest.mark.slow
def test_killed_it_leaves_no_bot_and_no_password(dry_run: DryRun) -> None:
    dry_run.find("r0 initial")
    assert len(dry_run.bots) == 1
    folder = dry_run.own_folder
    dry_run.process.kill()
    dry_run.process.wait()
    end = time.monotonic() + PATIENCE
    while dry_run.bots or folder.exists():
        assert time.monotonic() < end, list(folder.iterdir())
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["--speed", "100"], "use 240 or a multiple", id="speed"),
        pytest.param(["--datadir", "nowhere"], "nowhere: no such data folder", id="no candles"),
        pytest.param(["--config", "none.json"], "none.json", id="no configuration"),
    ],
)
def test_what_cannot_start_is_one_line(arguments: list[str], says: str) -> None:
    run = ended(PROJECT, *arguments)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert says in run.stderr


def test_a_bot_that_ends_by_itself_says_why(tmp_path: Path) -> None:
    config = json.loads((PROJECT / "config.json").read_text())
    config["rebalance"]["targets"]["BTC"] = 0.9
    config["strategy_path"] = str(PROJECT / "strategies")
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "user_data").mkdir()
    run = ended(tmp_path, "--datadir", str(PROJECT / "user_data/data/binance"))
    assert run.returncode == 2
    assert "weights sum to" in run.stderr


def ended(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command to an end that comes by itself."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
