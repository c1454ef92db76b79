"""The version of the package, and the versions of freqtrade it was tested with."""

__version__ = "0.2.0"

SUPPORTED_FREQTRADE = ("2026.5", "2026.6", "2026.7", "2026.8", "2026.9")


def version_problem(freqtrade: str) -> str:
    """Say why a version of freqtrade cannot run the strategy; empty for one that can, or may.

    >>> version_problem("2026.3")
    'SmartRebalance needs freqtrade 2026.5 or newer, this is 2026.3; tested: 2026.5 to 2026.9'
    >>> version_problem("2026.10") + version_problem("develop-1a2b3c")
    ''
    """
    oldest, newest = SUPPORTED_FREQTRADE[0], SUPPORTED_FREQTRADE[-1]
    given, least = _numbers(freqtrade), _numbers(oldest)
    if given is None or least is None or given >= least:
        return ""
    tested = f"tested: {oldest} to {newest}"
    return f"SmartRebalance needs freqtrade {oldest} or newer, this is {freqtrade}; {tested}"


def _numbers(version: str) -> tuple[int, int] | None:
    year, _, month = version.partition(".")
    month = month.partition(".")[0].partition("-")[0]
    return (int(year), int(month)) if year.isdecimal() and month.isdecimal() else None
