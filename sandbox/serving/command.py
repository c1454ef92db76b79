"""The command ``python -m sandbox serve``: an exchange, an account if wanted, until Ctrl-C."""

import json
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from sandbox.binance.dialect import Binance
from sandbox.binance.fees import FeeAsset, fees_in
from sandbox.binance.overlay import overlay
from sandbox.exchange.book import Depth
from sandbox.exchange.candles import CandleFolder
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.keys import Keys
from sandbox.exchange.local_exchange import LocalExchange, wall_clock
from sandbox.exchange.market_rules import read_rules, with_real
from sandbox.exchange.replay import Replay
from sandbox.exchange.trading import Trading
from sandbox.serving.faults import Faults
from sandbox.serving.server import LOOPBACK, running


@dataclass(frozen=True)
class Wishes:
    """What the user asked for.

    Attributes
    ----------
    balances
        What the account begins with, such as ``("USDT=1000",)``. Without any, and without a
        `ledger`, there is no account.
    start
        Where the candles begin to pass; None: they keep their time.
    level_value
        Quote currency on each level of the book; None for more than any order takes.
    rules_file
        Market rules by pair, JSON; they win over those of a real exchange.
    keys_file
        A JSON object with ``key`` and ``secret``; None: keys are made.
    overlay_file
        Where a configuration for freqtrade is written, with the keys of the account if any.
    """

    datadir: Path | None = None
    pairs: str | None = None
    stake: str | None = None
    host: str = LOOPBACK
    port: int = 0
    balances: tuple[str, ...] = ()
    maker_fee: Decimal = Decimal("0.001")
    taker_fee: Decimal = Decimal("0.001")
    fee_asset: FeeAsset = "received"
    start: datetime | None = None
    speed: float = 1.0
    spread: Decimal = Decimal(0)
    level_value: Decimal | None = None
    rules_file: Path | None = None
    ledger: Path | None = None
    keys_file: Path | None = None
    overlay_file: Path | None = None
    seed: int = 0


def serve(wishes: Wishes) -> None:
    """Serve until interrupted; say the address, and the keys once.

    Raises
    ------
    SandboxError
        If a wish cannot be met.
    """
    exchange = exchange_of(wishes)
    trading = _trading(wishes, exchange)
    faults = Faults(wishes.seed)
    served = running(
        exchange, Binance(), trading=trading, faults=faults, host=wishes.host, port=wishes.port
    )
    with served as url:
        keys = None if trading is None else trading.keys
        if wishes.overlay_file is not None:
            _write_overlay(keys, url, wishes.overlay_file)
        count = len(exchange.markets)
        print(f"local exchange at {url} for {count} pairs; stop it with Ctrl-C", flush=True)
        _tell(keys, wishes.overlay_file)
        threading.Event().wait()


def exchange_of(wishes: Wishes) -> LocalExchange:
    """Make the exchange that is wished for, without an account.

    Raises
    ------
    SandboxError
        If a wish cannot be met.
    """
    candles = CandleFolder.open(wishes.datadir) if wishes.datadir else None
    recorded = candles.pairs if candles else ()
    named = tuple(name.strip() for name in wishes.pairs.split(",")) if wishes.pairs else recorded
    listed = [pair for pair in named if not wishes.stake or pair.endswith(f"/{wishes.stake}")]
    if not listed:
        raise SandboxError("no pairs: name a --datadir with candles, or --pairs")
    depth = Depth(spread=wishes.spread, level_value=wishes.level_value)
    rules = read_rules(wishes.rules_file) if wishes.rules_file else {}
    if foreign := sorted(set(rules) - set(listed)):
        raise SandboxError(f"{wishes.rules_file}: {foreign[0]} is not among the pairs served")
    replay = _replay(wishes, candles)
    return LocalExchange(listed, candles, replay=replay, depth=depth, rules=with_real(rules))


def _replay(wishes: Wishes, candles: CandleFolder | None) -> Replay | None:
    if wishes.start is None:
        if wishes.speed != 1.0:
            raise SandboxError("--speed needs --start: the moment at which the candles begin")
        return None
    if candles is None:
        raise SandboxError("--start needs --datadir: the candles that are to pass")
    timeframes = {timeframe for _, timeframe in candles.files}
    start = wishes.start.replace(tzinfo=UTC)
    _check_recorded(start, candles)
    return Replay.aligned(start, wishes.speed, wall_clock(), timeframes)


def _check_recorded(start: datetime, candles: CandleFolder) -> None:
    read = [candles.read(*key) for key in candles.files]
    moments = [row.opened for row in read if row is not None and len(row)]
    if not moments:
        raise SandboxError(f"--start: {candles.path} holds no candles")
    ends = min(opened[0] for opened in moments), max(opened[-1] for opened in moments)
    first, last = (datetime.fromtimestamp(int(end) / 1000, UTC) for end in ends)
    if not first <= start <= last:
        raise SandboxError(
            f"--start {start:%Y-%m-%d}: candles are from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        )


def _trading(wishes: Wishes, exchange: LocalExchange) -> Trading | None:
    if not wishes.balances and wishes.ledger is None:
        return None
    balances = {}
    for text in wishes.balances:
        asset, equals, amount = text.partition("=")
        if not asset or not equals:
            raise SandboxError(f"--balance {text}: write it like USDT=1000")
        balances[asset] = amount
    return Trading(
        exchange,
        balances=balances,
        fees=fees_in(wishes.fee_asset, wishes.maker_fee, wishes.taker_fee),
        keys=_keys(wishes.keys_file),
        file=wishes.ledger,
    )


def _keys(file: Path | None) -> Keys | None:
    if file is None:
        return None
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return Keys(content["key"], content["secret"])
    except (OSError, ValueError, KeyError, TypeError):
        raise SandboxError(f"{file}: must be a JSON object with the texts key and secret") from None


def _tell(keys: Keys | None, file: Path | None) -> None:
    """Say how to use the configuration that was written; without one the keys are shown."""
    if file is not None:
        use = f"--config YOURS --config {file}"
        if keys is None:
            print(f"freqtrade runs here with {use}, in dry-run: only --balance makes an account")
        else:
            print(f"freqtrade trades here with {use} (it holds the keys)")
    elif keys is not None:
        shown = json.dumps({"exchange": {"key": keys.key, "secret": keys.secret}}, indent=2)
        print(f"its keys, shown this once and good for nothing else:\n{shown}")
    sys.stdout.flush()


def _write_overlay(keys: Keys | None, url: str, file: Path) -> None:
    try:
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_text(json.dumps(overlay(url, {}, keys), indent=2), encoding="utf-8")
    except OSError as error:
        reason = f"cannot be written ({error.strerror})"
        raise SandboxError(
            f"--overlay {file}: {reason}; name a file in a folder of yours"
        ) from None
