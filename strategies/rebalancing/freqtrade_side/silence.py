"""What freqtrade would tell at length, and this package tells in a line."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silence() -> Iterator[None]:
    """Keep freqtrade from logging anything."""
    logger = logging.getLogger("freqtrade")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
