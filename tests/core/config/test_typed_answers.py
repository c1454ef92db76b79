"""Answers as people type them: what they mean, and what is refused as it may mean two things."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebalancing.config.typed_answers import read_codes, read_money, read_share, read_weights

PERCENTAGES = st.lists(st.integers(1, 9_999), min_size=2, max_size=50).filter(lambda x: sum(x) > 0)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        pytest.param("BTC ETH", ("BTC", "ETH"), id="blanks"),
        pytest.param(" btc,eth; Sol ", ("BTC", "ETH", "SOL"), id="commas and small letters"),
        pytest.param("1INCH", ("1INCH",), id="a digit first"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_codes(text: str, codes: tuple[str, ...]) -> None:
    assert read_codes(text) == codes


@pytest.mark.parametrize("text", ["BTC/USDT ETH", "BTC eth btc", "BTC=40", '"BTC"'])
def test_what_is_no_list_of_codes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"write codes like|name each asset once"):
        read_codes(text)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("2%", 0.02),
        ("2 %", 0.02),
        ("2", 0.02),
        ("0.02", 0.02),
        (".02", 0.02),
        ("0.5%", 0.005),
        ("1%", 0.01),
        ("100%", 1.0),
        ("40", 0.4),
        ("0", 0.0),
        ("-2", -2.0),
    ],
)
def test_a_share(text: str, share: float) -> None:
    assert read_share(text) == share


@pytest.mark.parametrize("text", ["0.1", "0.5", "1", "1.0"])
def test_a_share_with_two_meanings_is_refused_and_both_are_offered(text: str) -> None:
    with pytest.raises(ValueError, match="may mean") as refused:
        read_share(text)
    small, large = str(refused.value).split("write ")[1].split(" or ")
    assert read_share(large) == pytest.approx(100 * read_share(small))


@pytest.mark.parametrize("text", ["two", "2,5", "1e3", "nan", "inf", "", "%", "2%%", "1 000", "٣"])
def test_what_is_no_number_is_refused(text: str) -> None:
    for read in (read_share, lambda text: read_money(text, "USDT")):
        with pytest.raises(ValueError, match="is not a number"):
            read(text)


@given(PERCENTAGES)
def test_weights_mean_the_same_in_every_spelling(parts: list[int]) -> None:
    """All that sum to the whole: with signs, as percentages, as fractions."""
    whole = [Decimal(part * 100_000 // sum(parts)) / 1000 for part in parts]
    whole[-1] += 100 - sum(whole)
    assets = tuple(f"A{index}" for index in range(len(whole)))
    wanted = tuple(float(share / 100) for share in whole)
    for text in (
        " ".join(f"{share:f}%" for share in whole),
        ", ".join(f"{share:f}" for share in whole),
        " ".join(f"{share / 100:f}" for share in whole),
    ):
        assert read_weights(text, assets) == wanted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("40 60 10", "3 weights for 2 assets", id="too many"),
        pytest.param("33,3 66,7", "4 weights for 2 assets", id="decimal commas"),
        pytest.param("40% 60", "behind all or none", id="one sign"),
        pytest.param("0.4 60", "neither to 100 nor to 1", id="two kinds"),
        pytest.param("half half", "is not a number", id="words"),
    ],
)
def test_weights_that_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_weights(text, ("BTC", "ETH"))


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        pytest.param("equal", None, id="equal"),
        pytest.param("0.5 99.5", (0.005, 0.995), id="half a percent, by the sum"),
        pytest.param("40 50", (0.4, 0.5), id="percentages that miss 100"),
        pytest.param("0.4 0.5", (0.4, 0.5), id="fractions that miss 1"),
    ],
)
def test_weights_that_are_read(text: str, weights: tuple[float, ...] | None) -> None:
    assert read_weights(text, ("BTC", "ETH")) == weights


@pytest.mark.parametrize("text", ["1000", "1000 USDT", "1000usdt", " 1000.0 "])
def test_money(text: str) -> None:
    assert read_money(text, "USDT") == 1000.0


def test_a_percentage_is_no_money() -> None:
    with pytest.raises(ValueError, match="like 1000"):
        read_money("10%", "USDT")
