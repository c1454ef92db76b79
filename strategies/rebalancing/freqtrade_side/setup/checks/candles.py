"""Whether every pair has candles, in the range and the timeframe of the run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DEFAULT_FORMAT = "feather"
_ENDINGS = {"json": "json", "jsongz": "json.gz", "feather": "feather", "parquet": "parquet"}
_RANGE_FORMATS = {8: "%Y%m%d", 13: "%Y%m%dT%H%M", 15: "%Y%m%dT%H%M%S"}

Range = tuple[datetime | None, datetime | None]


def candle_problems(
    config: Mapping[str, Any], pairs: Sequence[str], timeframe: str, get: Sequence[str]
) -> list[str]:
    """Find pairs without a candle in the range of a backtest.

    Parameters
    ----------
    config : mapping
        freqtrade's, with ``datadir``; ``timerange``, ``timeframe_detail`` and
        ``dataformat_ohlcv`` count if they are there.
    pairs : sequence of str
        The portfolio's.
    timeframe : str
        The main one.
    get : sequence of str
        The words of the command that downloads candles, without arguments.
    """
    try:
        begin, end = parse_range(config.get("timerange"))
    except ValueError as error:
        return [f"timerange: {error}"]
    folder = Path(config["datadir"])
    if not folder.is_dir():
        command = download_command(config, pairs, timeframe, get)
        return [f"{folder}: no such data folder; get candles: {command}, or give --datadir"]
    problems = []
    for frame in dict.fromkeys((timeframe, config.get("timeframe_detail") or timeframe)):
        without = [pair for pair in pairs if not _has_candles(config, pair, frame, begin, end)]
        if without:
            span = f" within {config['timerange']}" if config.get("timerange") else ""
            command = download_command(config, without, frame, get)
            problems.append(
                f"timeframe {frame}: no candle of {', '.join(without)}{span} in {folder}"
                f"{_others(folder, without[0], frame)}; get them: {command}"
            )
    return problems


def _others(folder: Path, pair: str, timeframe: str) -> str:
    """Say which timeframes there are of the pair if this one is not among them."""
    beginning = f"{pair.replace('/', '_')}-"
    names = (file.name.removeprefix(beginning) for file in folder.glob(f"{beginning}*"))
    found = sorted({name.split(".")[0] for name in names})
    return "" if not found or timeframe in found else f", {pair} has {', '.join(found)}"


def download_command(
    config: Mapping[str, Any], pairs: Sequence[str], timeframe: str, get: Sequence[str]
) -> str:
    """Return the command that gets the candles of a run, with its configuration and folder."""
    words = [*get, *(w for file in config.get("config_files") or [] for w in ("--config", file))]
    words += ["--pairs", *pairs, "--timeframes", timeframe]
    if config.get("timerange"):
        words += ["--timerange", str(config["timerange"])]
    if config.get("datadir_given"):
        words += ["--datadir", str(config["datadir"])]
    return shlex.join(words)


def parse_range(text: object) -> Range:
    """Read a range of freqtrade's: ``20240101-20240301``, either side may be left out.

    Returns
    -------
    tuple of datetime or None
        Begin and end (UTC), both of them in the range; None where there is no bound.

    Raises
    ------
    ValueError
        If it is not of that form, or ends before it begins.
    """
    if not text:
        return None, None
    parts = str(text).split("-")
    rule = 'write "20240101-20240301", "20240101-" or "-20240301"'
    if len(parts) != 2 or not any(parts):
        raise ValueError(f'"{text}" is no range; {rule}')
    try:
        begin, end = (_moment(part) for part in parts)
    except ValueError:
        raise ValueError(f'"{text}" is no range; {rule}') from None
    if begin and end and begin > end:
        raise ValueError(f'"{text}" ends before it begins; write the earlier date first')
    return begin, end


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    if text.isdigit() and len(text) in (10, 13):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    return datetime.strptime(text, _RANGE_FORMATS.get(len(text), "")).replace(tzinfo=UTC)


def _has_candles(
    config: Mapping[str, Any],
    pair: str,
    timeframe: str,
    begin: datetime | None,
    end: datetime | None,
) -> bool:
    """Look into files of freqtrade's default format.

    Of others the name has to do here, their candles are counted once freqtrade has read them.
    """
    kind = str(config.get("dataformat_ohlcv") or DEFAULT_FORMAT)
    name = f"{pair.replace('/', '_')}-{timeframe.replace('M', 'Mo')}.{_ENDINGS.get(kind, kind)}"
    file = Path(config["datadir"]) / name
    if not file.is_file():
        return False
    return kind != "feather" or any(_within(file, begin, end))


def _within(file: Path, begin: datetime | None, end: datetime | None) -> Iterator[bool]:
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import compute, feather

    try:
        dates = feather.read_table(file, columns=["date"])["date"].cast(pa.timestamp("ms", "UTC"))
    except (OSError, KeyError, ValueError, pa.ArrowException):
        yield True  # damaged: freqtrade says so
        return
    if begin is not None:
        dates = dates.filter(compute.greater_equal(dates, pa.scalar(begin)))
    if end is not None:
        dates = dates.filter(compute.less_equal(dates, pa.scalar(end)))
    yield len(dates) > 0
