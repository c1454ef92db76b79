"""Is what came of a case an error with a remedy, or a run of exactly what was configured?"""

from collections.abc import Iterator, Sequence

import pandas as pd
import pytest

from tests.fuzz.case import BEGIN, Case
from tests.support.freqtrade_runs import Outcome

LONGEST = 600
"""Letters of a line that a person still reads."""

REMEDIES = (
    *("write", "must be", "set ", "remove", "add ", "did you mean", "get them", "give ", "use "),
    *("is needed", "call it", "is required", "is sought from", "list-exchanges", "raise it"),
)


def judge_refusal(case: Case, lines: Sequence[str]) -> Iterator[str]:
    """Find what is wrong with the lines of a refusal."""
    if not case.faults:
        yield f"refused without a reason: {lines[0]}"
    for line in lines:
        if not any(word in line for word in REMEDIES):
            yield f"no remedy: {line}"
        if len(line) > LONGEST or "Traceback" in line:
            yield f"not for people: {line[:LONGEST]}"


def judge_run(case: Case, found: Outcome) -> Iterator[str]:
    """Compare assets, range and policy of a run with what was asked."""
    if case.faults:
        yield f"it ran in spite of: {', '.join(case.faults)}"
        return
    stats = found.stats
    if sorted(stats["pairlist"]) != sorted(case.pairs):
        yield f"pairs {stats['pairlist']}, asked for {case.pairs}"
    yield from _range_differs(case, found)
    yield from _policy_differs(case, found)
    yield from _allocation_differs(case, found)


def _spans(case: Case) -> dict[str, tuple[pd.Timestamp, pd.Timestamp]]:
    hour = pd.Timedelta(hours=1)
    return {
        pair: (BEGIN + first * hour, BEGIN + (first + count - 1) * hour)
        for pair, (first, count) in case.candles.items()
        if pair in case.pairs
    }


def _asked(case: Case) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    parts = str(case.options.get("timerange") or "-").split("-")
    begin, end = (pd.Timestamp(part, tz="UTC") if part else None for part in parts)
    return begin, end


def _range_differs(case: Case, found: Outcome) -> Iterator[str]:
    spans, (begin, end) = _spans(case), _asked(case)
    first = max(min(low for low, _ in spans.values()), begin or BEGIN)
    last = max(high for _, high in spans.values())
    last = min(last, end) if end is not None else last
    ran = tuple(
        pd.Timestamp(found.stats[key], tz="UTC") for key in ("backtest_start", "backtest_end")
    )
    if ran != (first, last):
        yield f"ran over {ran}, there is {(first, last)}"
    told = " ".join(found.remarks)
    hour = pd.Timedelta(hours=1)
    from_, to = begin or first, (end - hour) if end is not None else last
    for pair, (low, high) in spans.items():
        partly = max(low, from_) >= from_ + hour or min(high, end or high) <= to - hour
        if partly != (pair in told):
            yield f"{pair} has candles from {low} to {high}: told {told!r}"


def _policy_differs(case: Case, found: Outcome) -> Iterator[str]:
    settings = found.strategy._mode._terms.parameters.effective()
    for key, value in case.block.items():
        if getattr(settings, key) != pytest.approx(value):
            yield f"{key} {getattr(settings, key)}, asked for {value}"
    fee = case.options.get("fee", case.config.get("fee"))
    fees = {trade["fee_open"] for trade in found.stats["trades"]}
    if any(each != pytest.approx(fee) for each in fees):
        yield f"fees {fees}, asked for {fee}"
    if found.stats["starting_balance"] != pytest.approx(_wallet(case)):
        yield f"a wallet of {found.stats['starting_balance']}, asked for {_wallet(case)}"


def _wallet(case: Case) -> float:
    wallet = case.config["dry_run_wallet"]
    return float(wallet[case.config["stake_currency"]] if isinstance(wallet, dict) else wallet)


def _allocation_differs(case: Case, found: Outcome) -> Iterator[str]:
    """Every asset is bought at its share of the investment, in the first round that has it."""
    first = found.trades[found.trades.tag.str.startswith("r0 ")]
    spans = _spans(case)
    there = {pair for pair, (low, _) in spans.items() if low <= first.time.min()}
    if there != set(spans):
        return
    total = min(case.block.get("investment") or _wallet(case), _wallet(case))
    shares = _shares(case)
    for pair, share in shares.items():
        bought = float(first[first.pair == pair].notional.sum())
        if bought != pytest.approx(share * total, rel=0.08, abs=1.0):
            yield f"{pair}: {bought:.2f} bought at first, {share * total:.2f} asked for"


def _shares(case: Case) -> dict[str, float]:
    targets = case.block["targets"]
    if targets == "equal":
        return dict.fromkeys(case.pairs, 1 / len(case.pairs))
    return {pair: targets[pair.split("/")[0]] for pair in case.pairs}
