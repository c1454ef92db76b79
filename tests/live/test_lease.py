"""One bot, one database: a second process on the same one is refused while the first lives."""

import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from freqtrade.exceptions import OperationalException
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rebalancing.freqtrade_side.records.lease import KEY, keep_lease, take_lease
from tests.support.bot_configs import with_api
from tests.support.forked_bots import call_apart
from tests.support.live_bots import LiveBot
from tests.support.portfolio_bots import trading_bot

pytestmark = pytest.mark.slow


def refusals(bot: LiveBot) -> list[str]:
    assert "Traceback" not in bot.records.log
    return [line for line in bot.records.log.splitlines() if "the same database" in line]


def test_a_second_process_is_refused_until_the_first_has_died_of_whatever(tmp_path: Path) -> None:
    with trading_bot(tmp_path) as (ground, first):
        first.configure(**with_api(first.config))
        first.start()
        first.wait_loops(2)
        assert first.process is not None
        second = ground.bot(with_api(first.config), "second")
        (second.folder / first.records.database.name).symlink_to(first.records.database)
        second.start()
        second.wait_for(lambda: not second.alive)
        assert second.status == 2
        (line,) = refusals(second)
        assert f"process {first.process.pid}" in line
        first.reload()  # its own lease is in no reload's way
        first.kill()
        second.start()
        second.wait_loops(2)
        assert len(refusals(second)) == 1
        second.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Run a PostgreSQL server of its own and give the address of its database."""
    pytest.importorskip("psycopg2", reason="PostgreSQL's driver is not installed")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    programs = found[-1] if found else Path(shutil.which("pg_ctl") or "/").parent
    if not (programs / "initdb").exists() or not (programs / "pg_ctl").exists():
        pytest.skip("no PostgreSQL server is installed")
    data, sockets = tmp_path / "data", tmp_path / "s"
    sockets.mkdir()
    options = {"check": True, "stdout": subprocess.DEVNULL}
    if os.getuid() == 0:  # for whom it does not run
        for folder in (tmp_path, *tmp_path.parents[:2]):
            folder.chmod(0o755)
        shutil.chown(tmp_path, "postgres")
        shutil.chown(sockets, "postgres")
        options |= {"user": "postgres", "cwd": tmp_path}
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "bot", "-A", "trust", "--no-sync"], **options
    )
    control = [programs / "pg_ctl", "-D", data, "-w", "-m", "immediate"]
    listening = f"-c listen_addresses= -k {sockets} -F"
    log = data / "log"
    subprocess.run([*control, "-l", log, "-o", listening, "start"], **options)
    try:
        yield f"postgresql+psycopg2://bot@/postgres?host={sockets}"
    finally:
        subprocess.run([*control, "stop"], **options)


def take_and_tell(url: str) -> str:
    try:
        take_lease(url)
        take_lease(url)
    except OperationalException as error:
        return str(error)
    return "taken"


def take_and_die(url: str, ready: str) -> None:
    assert take_and_tell(url) == "taken"
    Path(ready).touch()
    time.sleep(60)


def test_a_postgresql_server_gives_the_lease_to_one_process(server: str, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    holder = multiprocessing.get_context("spawn").Process(
        target=take_and_die, args=(server, str(ready)), daemon=True
    )
    holder.start()
    while not ready.exists():
        assert holder.is_alive()
        time.sleep(0.05)
    refused = call_apart(take_and_tell, server)
    assert "a process on this machine" in refused
    assert ", since 20" in refused
    holder.kill()
    holder.join()
    assert call_apart(take_and_tell, server) == "taken"


def lose_it(url: str) -> list[str]:
    """Let the server drop the connection twice; the second time somebody else is quicker."""
    take_lease(url)
    other = create_engine(url, poolclass=NullPool).connect()
    other.execution_options(isolation_level="AUTOCOMMIT")
    drop = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
        "AND datname = current_database()"
    )
    other.execute(drop)
    found = [str(keep_lease()), take_and_tell_apart(url)]
    other.execute(drop)
    while not other.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": KEY}):
        time.sleep(0.05)
    found.append(str(keep_lease()))
    other.close()
    return [*found, str(keep_lease()), take_and_tell_apart(url)]


def take_and_tell_apart(url: str) -> str:
    process = subprocess.run(
        [
            sys.executable,
            "-c",
            f"from tests.live.test_lease import *; print(take_and_tell({url!r}))",
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return process.stdout.strip() or process.stderr


def test_a_lease_that_the_server_drops_is_taken_again_or_missed(server: str) -> None:
    again, refused, lost, found, refused_again = call_apart(lose_it, server)
    assert again == "None"
    assert "trades with the same database" in refused, "it is held again"
    assert lost.startswith("a process on this machine")
    assert found == "None"
    assert "trades with the same database" in refused_again
