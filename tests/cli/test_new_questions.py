"""``rebalance new`` asks: over a file that is there, through a pipe and on a terminal."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_lines import COMMAND, clean_environment
from tests.support.new_portfolios import BOTH, run_new, written
from tests.support.patience import PATIENCE


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# --- a file that is there ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "answers"),
    [
        pytest.param(["--yes"], "", id="a script"),
        pytest.param(["--output", "config.json"], "\n\n\n\n\n\n\n\nno\n", id="a no"),
        pytest.param(["--output", "config.json"], "\n\n\n\n\n\n\n\n", id="the answers end"),
    ],
)
def test_a_file_that_is_there_stays(arguments: list[str], answers: str) -> None:
    Path("config.json").write_text("mine")
    run = run_new(*arguments, **BOTH, answers=answers)
    assert run.exit_code == 2
    assert "--force" in run.stderr
    assert Path("config.json").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "answers"),
    [
        pytest.param(["--yes", "--force"], "", id="by option"),
        pytest.param([], "\n\n\n\n\n\n\n\nconfig.json\nyes\n", id="by a yes"),
    ],
)
def test_a_file_that_is_there_is_written_over_when_asked(
    arguments: list[str], answers: str
) -> None:
    Path("config.json").write_text("mine")
    assert run_new(*arguments, **BOTH, answers=answers).exit_code == 0
    assert written()["strategy"] == "SmartRebalance"


def test_after_a_no_another_name_can_be_given() -> None:
    Path("config.json").write_text("mine")
    answers = "\n\n\n\n\n\n\n\n\nno\nother.json\n"
    assert run_new(**BOTH, answers=answers).exit_code == 0
    assert Path("config.json").read_text() == "mine"
    assert written("other.json")["strategy"] == "SmartRebalance"


# --- questions --------------------------------------------------------------------------------

CONVERSATION = [
    ("Assets", "BTC BTC", "named twice"),
    ("Assets", "btc eth", ""),
    ("pays for them", "US-DT", "not an asset code"),
    ("pays for them", "", ""),
    ("Exchange [", "binnance", "did you mean"),
    ("Exchange [", "", ""),
    ("weights of BTC, ETH", "60 50", "must sum to 1"),
    ("weights of BTC, ETH", "60 40", ""),
    ("need 18.9 or more", "18", "too small"),
    ("need 18.9 or more", "500", ""),
    ("Rebalance every", "tomorrow", "24h"),
    ("Rebalance every", "none", ""),
    ("When a weight has drifted by", "none", "set a period"),
    ("When a weight has drifted by", "0.2", "0.2% or 20%"),
    ("When a weight has drifted by", "5%", ""),
    ("Fee of a trade", "", ""),
    ("holds already", "perhaps", "neither yes nor no"),
    ("holds already", "yes", ""),
    ("Write this to", "", ""),
]
CONFIGURED = {
    "targets": {"BTC": 0.6, "ETH": 0.4},
    "threshold": 0.05,
    "adopt_holdings": True,
}


def test_piped_answers_are_those_of_a_person() -> None:
    run = run_new(answers="".join(f"{answer}\n" for _, answer, _ in CONVERSATION))
    assert run.exit_code == 0, run.output
    assert written()["rebalance"] == CONFIGURED
    complaints = [line for line in run.stderr.splitlines() if line.startswith("  ")]
    expected = [reason for _, _, reason in CONVERSATION if reason]
    assert len(complaints) == len(expected)
    assert all(reason in line for reason, line in zip(expected, complaints, strict=True))


_OWN_TERMINAL = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.login_tty(0); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """The command as a process that owns a pseudo-terminal."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", _OWN_TERMINAL, *COMMAND, "new"],
            env=clean_environment(),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        self.shown = ""

    def wait_for(self, text: str, press: str = "") -> str:
        """Read until a text is shown, and return what came until then; forget it.

        What is to be pressed is pressed again after ten seconds of silence: Python loses a Ctrl-C
        that comes right before it waits for a line.
        """
        silent = 0
        self.type(press)
        while text not in self.shown:
            if select.select([self._ours], [], [], 10)[0]:
                self.shown += os.read(self._ours, 4096).decode()
                continue
            self.type(press)
            silent += 10
            assert silent < PATIENCE, f"{text!r} is not shown, but {self.shown!r}"
        before, _, self.shown = self.shown.partition(text)
        return before

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


def test_on_a_terminal_wrong_answers_are_asked_again_with_the_reason() -> None:
    terminal = Terminal()
    try:
        reason = ""
        for question, answer, wrong in CONVERSATION:
            assert reason in terminal.wait_for(question)
            terminal.wait_for(": ")
            terminal.type(f"{answer}\n")
            reason = wrong
        terminal.wait_for("setup.sh backtest")
        assert terminal.process.wait(PATIENCE) == 0
    finally:
        terminal.close()
    assert written()["rebalance"] == CONFIGURED


def test_ctrl_c_writes_nothing(tmp_path: Path) -> None:
    terminal = Terminal()
    try:
        terminal.wait_for("Assets")
        terminal.type("BTC ETH\n")
        terminal.wait_for("pays for them")
        terminal.wait_for("Aborted!", press="\x03")
        assert terminal.process.wait(PATIENCE) == 1
    finally:
        terminal.close()
    assert list(tmp_path.iterdir()) == []
