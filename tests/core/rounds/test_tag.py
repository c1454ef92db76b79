"""The tags of orders: one writer and one reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebalancing.policy.reason import Cause, Reason
from rebalancing.rounds.tag import RoundTag, parse_tag, round_tag

CODES = st.from_regex(r"[A-Z0-9.$_币]{1,12}", fullmatch=True)


@given(
    st.integers(0, 10**6),
    st.sampled_from(Cause),
    st.none() | CODES,
    st.none() | st.floats(-9.0, 9.0),
)
def test_what_a_round_writes_is_read(
    number: int, cause: Cause, asset: str | None, drift: float | None
) -> None:
    text = round_tag(number, Reason(cause, asset, drift))
    tag = parse_tag(text)
    assert tag is not None
    assert (tag.number, tag.reason.cause, tag.reason.asset) == (number, cause, asset)
    assert tag.reason.drift == (None if drift is None else pytest.approx(drift, abs=0.0005001))
    assert round_tag(*tag) == text


FOREIGN = [
    *("", "r", "r1", "r1 ", "r period", "r1 Period", "R1 period", " r1 period", "r1 period "),
    *("r9 from telegram", "r9 asked by telegram", "r9 thresholds", "r9 period +3.4pp BTC"),
    *("r9 threshold BTC +3.4", "r9 threshold BTC 3.4pp", "r9 threshold BTC +3.44pp", "r-1 period"),
    *(
        "force_exit",
        "emergency_exit",
        "rebalance",
        "adopted",
        "withdrawn",
        "r1  period",
        "r² period",
    ),
]


@pytest.mark.parametrize("text", [None, 3, *FOREIGN])
def test_what_no_round_writes_is_none(text: object) -> None:
    assert parse_tag(text) is None


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("r0 initial", RoundTag(0, Reason(Cause.INITIAL))),
        ("r12 new asset SOL", RoundTag(12, Reason(Cause.NEW_ASSET, "SOL"))),
        ("r3 threshold BTC +4.0pp", RoundTag(3, Reason(Cause.THRESHOLD, "BTC", 0.04))),
        ("r4 period+threshold ETH -0.5pp", RoundTag(4, Reason("period+threshold", "ETH", -0.005))),
    ],
)
def test_a_tag_tells_number_and_reason(text: str, tag: RoundTag) -> None:
    assert parse_tag(text) == tag
