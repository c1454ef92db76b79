"""Series for the screen: as few points as show the same line, in plotly's compact encoding."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from rebalancing.market.portfolio import Vector

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]


def extremes(values: Vector, buckets: int) -> Rows:
    """Choose the points that show a line: the lowest and the highest of every bucket.

    Parameters
    ----------
    values : array, shape (n,)
        NaN where there is a gap.
    buckets : int
        Equal stretches into which the line is divided; a screen has about a thousand columns.

    Returns
    -------
    int array
        Rows, increasing, at most 2 x `buckets` + 2: the first and the last are among them, and
        no peak is lost.
    """
    count = len(values)
    if count <= 2 * buckets:
        return np.arange(count)
    size = -(-count // buckets)
    padded = np.full(size * -(-count // size), np.nan)
    padded[:count] = values
    table = padded.reshape(-1, size)
    offsets = np.arange(len(table)) * size
    gaps = np.isnan(table)
    low = np.where(gaps, np.inf, table).argmin(axis=1) + offsets
    high = np.where(gaps, -np.inf, table).argmax(axis=1) + offsets
    rows = np.unique(np.concatenate([[0], low, high, [count - 1]]))
    return rows[rows < count]


def ends(count: int, buckets: int) -> Rows:
    """Choose the last row of every bucket, and the first of all: for lines that share them."""
    size = max(1, -(-count // buckets))
    return np.unique(np.append(np.arange(size - 1, count, size), [0, count - 1]))


def packed(values: Vector, kind: str = "f4") -> dict[str, Any]:
    """Encode numbers as plotly reads them: base64 of a typed array ("f4" or "f8")."""
    data = np.ascontiguousarray(values, dtype=f"<{kind}").tobytes()
    return {"dtype": kind, "bdata": base64.b64encode(data).decode()}


def instants(seconds: Vector) -> dict[str, Any]:
    """Encode times for a date axis: milliseconds since 1970."""
    return packed(np.asarray(seconds) * 1000.0, "f8")
