"""Every command of README and docs, as it stands there, in a fresh copy of the project."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.support.builders import PROJECT
from tests.support.command_lines import clean_environment
from tests.support.patience import PATIENCE

ELSEWHERE = {
    "git clone *": "the copy stands for it",
    "./setup.sh backtest": ".ci/run, as a newcomer would",
    "./setup.sh check": "pytest runs in it, as here",
    "./setup.sh test*": "is what runs this",
    "./setup.sh new*": "cli/test_new_command",
    "./setup.sh dry-run": "cli/test_dry_run_command",
    "./setup.sh backtest --config my.json": "cli/test_new_command, which makes that file",
    "./setup.sh data": "below, with more arguments",
    "./setup.sh backtest --verbose": "cli/test_backtest_command",
    "./setup.sh hyperopt --epochs 50*": "freqtrade/test_hyperopt, with fewer epochs",
    ".venv/bin/rebalance lookahead *": "cli/test_lookahead",
    "./setup.sh bench": "benchmark/test_benchmark",
    "./setup.sh bench-live": "benchmark/test_benchmark",
    "./setup.sh campaign *": "campaign/test_lives and virtual/test_virtual_lives",
    ".venv/bin/python -m tests.fuzz *": "fuzz/test_fuzz",
    ".venv/bin/python -m tests.fuzz.explored*": "fuzz/test_explored",
    ".venv/bin/python -m tests.peers*": "by hand: it installs other programs from a network",
    "./setup.sh freqtrade trade *": "sandbox/test_freqtrade_trade",
    ".venv/bin/rebalance report *": "report/test_command and report/test_of_bot",
    ".venv/bin/rebalance now": "cli/test_steering",
    ".venv/bin/rebalance pause": "cli/test_steering",
    ".venv/bin/rebalance resume": "cli/test_steering",
    ".venv/bin/rebalance status": "cli/test_bot_status",
    ".venv/bin/rebalance preview": "cli/test_bot_status",
    ".venv/bin/rebalance journal": "cli/test_steering",
    ".venv/bin/rebalance summary --json": "core/performance/test_summary_figures",
    ".venv/bin/python -m sandbox serve *": "sandbox/test_account",
    ".venv/bin/rebalance assets*": "cli/test_assets_command",
    ".venv/bin/rebalance explore*": "cli/test_explore_command",
}
"""Who runs the commands that cost too much here, or need a bot; a star for the rest."""

PAGES = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted(PROJECT.glob("docs/*.md"))]
OF_THE_PAST = {"measurements.md"}
"""Pages whose commands were run once, with what their text names."""

HERE = (
    "./setup.sh backtest --timerange 20240101-20240301 --fee 0.002",
    ".venv/bin/rebalance report",
    ".venv/bin/rebalance summary",
    "./setup.sh backtest --timeframe-detail 5m",
    "./setup.sh data --timeframes 4h 5m --timerange 20210101-",
)


def commands() -> list[str]:
    """Return the commands of the pages' consoles, without their comments."""
    text = "".join(page.read_text() for page in PAGES if page.name not in OF_THE_PAST)
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = re.findall(r"^\$ (.*)$", "".join(blocks).replace("\\\n", " "), re.MULTILINE)
    words = [shlex.split(line.replace("<", "").replace(">", ""), comments=True) for line in lines]
    return [shlex.join(command) for command in words]


@dataclass(frozen=True)
class Copy:
    """The project as a clone has it, with an environment that stands for the one setup.sh makes."""

    folder: Path

    def run(self, command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            shlex.split(command),
            cwd=self.folder,
            env=clean_environment(**environment) | {"PYTHONPATH": ""},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("copy")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is no git repository, so nobody knows which files a clone has")
    for name in filter(None, listed.stdout.split("\0")):
        if (PROJECT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    places = f"PYTHONPATH={folder}{os.pathsep}{folder}/strategies"
    for name, words in (
        ("python", ""),
        ("rebalance", "-m rebalancing"),
        ("freqtrade", "-m freqtrade"),
    ):
        (programs / name).write_text(f'#!/bin/sh\n{places} exec {sys.executable} {words} "$@"\n')
        (programs / name).chmod(0o755)
    stamps = "stamp packages requirements.txt; stamp project pyproject.toml"
    script = f'. ./setup.sh help; {stamps}; : >"${{mark:-/dev/null}}"'
    subprocess.run(["bash", "-c", script], cwd=folder, check=True, capture_output=True)
    return Copy(folder)


def test_each_command_is_run_somewhere() -> None:
    found = commands()
    assert len(found) > 15
    for command in found:
        is_elsewhere = any(fnmatch(command, pattern) for pattern in ELSEWHERE)
        assert command in HERE or is_elsewhere, f"nobody runs {command}"
    assert set(HERE) <= set(found)
    unused = [p for p in ELSEWHERE if not any(fnmatch(command, p) for command in found)]
    assert unused == []


def test_the_tests_that_are_said_to_run_them_are_there() -> None:
    named = re.findall(r"[a-z/]+/test_[a-z_]+", " ".join(ELSEWHERE.values()))
    assert len(named) > 10
    assert [name for name in named if not (PROJECT / "tests" / f"{name}.py").is_file()] == []


def anchors(page: Path) -> set[str]:
    """Return what a link may name in a page after its #."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    lost = []
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text()):
        file, _, anchor = target.partition("#")
        to = page.parent / file if file else page
        if not to.is_file() or (anchor and anchor not in anchors(to)):
            lost.append(target)
    assert lost == []


def test_a_backtest_of_a_range_with_another_fee_and_what_follows_it(copy: Copy) -> None:
    ran, report, summary = (copy.run(command) for command in HERE[:3])
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "2024-01-01 00:00 to 2024-03-01 00:00" in ran.stdout
    assert "(at 0.2 %)" in ran.stdout
    assert report.stdout.splitlines()[-1] == ran.stdout.splitlines()[-1]
    assert "(at 0.2 %)" in summary.stdout


def test_fine_candles_that_are_not_there_are_refused_with_the_command_above_it(copy: Copy) -> None:
    ended = copy.run("./setup.sh backtest --timeframe-detail 5m")
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert "get them: ./setup.sh data " in ended.stderr
    assert "--timeframes 5m" in ended.stderr


def test_without_a_network_a_download_fails_in_one_line(copy: Copy) -> None:
    proxy = {"FREQTRADE__EXCHANGE__CCXT_CONFIG__httpsProxy": "http://127.0.0.1:9"}  # nobody
    ended = copy.run(HERE[-1], **proxy)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "binance cannot be reached" in ended.stderr
    assert "--datadir FOLDER" in ended.stderr
    log = copy.folder / ended.stderr.split()[-1]
    assert "Traceback" in log.read_text()
    assert "Traceback" not in ended.stdout
