"""The sandbox's candles and the markets made to fit them."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from sandbox.exchange.candles import CandleFolder, read_candles
from sandbox.exchange.errors import SandboxError
from sandbox.exchange.markets import Market, checked_pairs, lot_step, markets_of
from sandbox.exchange.synthetic import write_candles

START = datetime(2024, 1, 1, tzinfo=UTC)
HOUR_MS = 3_600_000


def market(folder: Path, pair: str, closes: list[float]) -> Market:
    write_candles(folder, pair, "1h", closes, START)
    (made,) = markets_of([pair], CandleFolder.open(folder))
    return made


def test_a_folder_lists_its_spot_pairs_and_timeframes_the_finest_first(tmp_path: Path) -> None:
    for pair, timeframe in (("ETH/USDT", "1h"), ("BTC/USDT", "1h"), ("BTC/USDT", "5m")):
        write_candles(tmp_path, pair, timeframe, [1.0, 2.0], START)
    (tmp_path / "BTC_USDT_USDT-1h-futures.feather").touch()
    (tmp_path / "notes.txt").touch()
    folder = CandleFolder.open(tmp_path)
    assert folder.pairs == ("BTC/USDT", "ETH/USDT")
    assert folder.timeframes("BTC/USDT") == ("5m", "1h")
    assert folder.timeframes("XRP/USDT") == ()
    assert folder.read("XRP/USDT", "1h") is None


def test_candles_come_back_as_written(tmp_path: Path) -> None:
    candles = read_candles(write_candles(tmp_path, "A/B", "1h", [3.0, 5.0, 4.0], START))
    first = int(START.timestamp() * 1000)
    assert candles.opened.tolist() == [first, first + HOUR_MS, first + 2 * HOUR_MS]
    assert candles.open.tolist() == [3.0, 3.0, 5.0]
    assert candles.high.tolist() == [3.0, 5.0, 5.0]
    assert candles.low.tolist() == [3.0, 3.0, 4.0]
    assert candles.close.tolist() == [3.0, 5.0, 4.0]


def test_an_open_candle_shows_nothing_but_its_first_price(tmp_path: Path) -> None:
    candles = read_candles(write_candles(tmp_path, "A/B", "1h", [3.0, 5.0, 4.0], START))
    half_past = int(candles.opened[1]) + HOUR_MS // 2
    known = candles.known_at(half_past, "1h")
    assert known.close.tolist() == [3.0, 3.0]
    assert known.high.tolist() == [3.0, 3.0]
    assert known.volume.tolist() == [1000.0, 0.0]
    assert len(candles.known_at(int(candles.opened[0]) - 1, "1h")) == 0


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="nowhere: no such data folder"):
        CandleFolder.open(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "content", [b"", b"not feather at all", b"ARROW1" + bytes(200)], ids=["empty", "text", "torn"]
)
def test_a_damaged_file_is_named_in_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "BTC_USDT-1h.feather"
    file.write_bytes(content)
    with pytest.raises(SandboxError, match=r"BTC_USDT-1h\.feather: not readable") as caught:
        read_candles(file)
    assert "\n" not in str(caught.value)


def test_a_price_that_is_not_a_number_is_damage(tmp_path: Path) -> None:
    file = write_candles(tmp_path, "A/B", "1h", [1.0, float("nan")], START)
    with pytest.raises(SandboxError, match="not a number"):
        read_candles(file)


@pytest.mark.parametrize(
    ("price", "min_notional", "step"),
    [
        pytest.param(40_000.0, "5", "1e-8", id="bitcoin in dollars"),
        pytest.param(1.0, "5", "1e-4", id="a price of one"),
        pytest.param(100.0, "5", "1e-6", id="a power of ten is met exactly"),
        pytest.param(0.00001, "5", "1", id="never above one"),
        pytest.param(1e9, "5", "1e-8", id="never below 1e-8"),
        pytest.param(0.07, "0.0001", "1e-8", id="ether in bitcoin"),
    ],
)
def test_the_lot_step_is_small_beside_the_smallest_order(
    price: float, min_notional: str, step: str
) -> None:
    assert lot_step(price, Decimal(min_notional)) == Decimal(step)


def test_a_market_fits_its_prices(tmp_path: Path) -> None:
    bitcoin = market(tmp_path, "BTC/USDT", [39_999.5, 40_000.25])
    assert (bitcoin.tick, bitcoin.step) == (Decimal("0.01"), Decimal("1e-8"))
    assert bitcoin.min_notional == 5
    coin = market(tmp_path, "PEPE/USDT", [0.00001, 0.00000952])
    assert (coin.tick, coin.step) == (Decimal("1e-8"), Decimal(1))


def test_the_tick_is_found_in_a_long_history(tmp_path: Path) -> None:
    closes = np.round(np.linspace(10.0, 60.0, 9_001), 4).tolist()
    assert market(tmp_path, "SOL/USDT", closes).tick == Decimal("0.0001")


@pytest.mark.parametrize(
    ("stake", "min_notional"),
    [("BTC", "0.0001"), ("ETH", "0.001"), ("BNB", "0.01"), ("EUR", "5"), ("XYZ", "5")],
)
def test_the_smallest_order_depends_on_the_stake_currency(stake: str, min_notional: str) -> None:
    (made,) = markets_of([f"COIN/{stake}"], None)
    assert made.min_notional == Decimal(min_notional)
    assert (made.tick, made.step) == (Decimal("1e-8"), Decimal("1e-8"))


def test_wildcards_are_left_out_of_the_pairs() -> None:
    assert checked_pairs([".*/USDT", "BTC/USDT", "BTC/USDT"]) == ("BTC/USDT",)


@pytest.mark.parametrize("name", ["BTCUSDT", "BTC/USDT:USDT", "BTC/", "", 5])
def test_what_is_no_spot_pair_is_refused(name: str) -> None:
    with pytest.raises(SandboxError, match="is not a spot pair"):
        checked_pairs([name])
