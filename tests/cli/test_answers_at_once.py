"""What answers without freqtrade: importing it costs seconds, most of them for its exchanges."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from freqtrade.persistence import Trade, init_db

from rebalancing.freqtrade_side.records import store
from rebalancing.freqtrade_side.records.database import database, reading
from tests.support.builders import make_config
from tests.support.command_lines import clean_environment
from tests.support.patience import PATIENCE

LIGHT = ("exceptions", "constants", "enums", "candle_columns")
"""Modules of freqtrade that import no others than these."""

PROGRAM = """
import sys
from rebalancing.cli import main
try:
    main(sys.argv[1:], prog_name="rebalance")
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A bot's folder: its configuration, its database, and a journal of one event."""
    made = tmp_path_factory.mktemp("bot")
    config = make_config(["BTC/USDT", "ETH/USDT"], {"targets": "equal", "period": "7d"})
    (made / "config.json").write_text(json.dumps(config | {"dry_run": True}))
    (made / "user_data" / "logs").mkdir(parents=True)
    event = {"time": "2024-01-01T00:00:00+00:00", "event": "paused", "text": "by command"}
    journal = made / "user_data" / "logs" / "rebalance-tradesv3.dryrun.jsonl"
    journal.write_text(json.dumps(event) + "\n")
    init_db(f"sqlite:///{made / 'tradesv3.dryrun.sqlite'}")
    store.write("some", "text")
    yield made
    Trade.session.remove()


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["backtest", "--help"],
        ["explore", "--help"],
        ["journal"],
        ["status"],
        ["status", "--json"],
    ],
    ids=" ".join,
)
def test_it_answers_without_freqtrade(folder: Path, words: list[str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=folder,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout
    loaded = ended.stderr.split()
    heavy = {"ccxt", "pandas", "scipy", "aiohttp"}
    assert [name for name in loaded if name.split(".")[0] in heavy] == []
    of_freqtrade = {name.split(".")[1] for name in loaded if name.startswith("freqtrade.")}
    assert of_freqtrade - set(LIGHT) == set()


def test_a_reader_sees_the_tables_that_freqtrade_has(folder: Path) -> None:
    """Every column described without freqtrade is one of freqtrade's, of the same type."""
    theirs = database()
    with reading(f"sqlite:///{folder / 'tradesv3.dryrun.sqlite'}"):
        ours = database()
        assert store.read("some") == "text"
    for name in ("orders", "trades", "keys"):
        known = {column.name: column.type for column in getattr(theirs, name).columns}
        for column in getattr(ours, name).columns:
            assert issubclass(type(known[column.name]), type(column.type)), column.name
    assert database().session is theirs.session, "afterwards it is that of freqtrade again"
