"""Amounts: exact, never binary, two decimals on paper."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.model.money import ZERO, cents, money, money_text

AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=7)


@given(AMOUNTS)
def test_money_keeps_every_digit(amount: Decimal) -> None:
    assert money(str(amount)) == money(amount) == amount


@given(AMOUNTS)
def test_cents_are_within_half_a_cent_and_stay(amount: Decimal) -> None:
    rounded = cents(amount)
    assert abs(rounded - amount) <= Decimal("0.005")
    assert rounded.as_tuple().exponent == -2
    assert cents(rounded) == rounded
    assert cents(-amount) == -rounded


@given(AMOUNTS)
def test_text_reads_back_as_the_same_cents(amount: Decimal) -> None:
    text = money_text(amount)
    assert money(text) == cents(amount)
    assert text.lstrip("-").partition(".")[0].isdigit()
    assert len(text.partition(".")[2]) == 2
    assert not (text.startswith("-") and money(text) == 0)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("1.005", "1.01"),
        ("2.675", "2.68"),
        ("-0.004", "0.00"),
        ("1234567.5", "1234567.50"),
        ("123456789012345678901234567890.125", "123456789012345678901234567890.13"),
    ],
)
def test_half_a_cent_goes_away_from_zero(amount: str, text: str) -> None:
    assert money_text(Decimal(amount)) == text


@pytest.mark.parametrize("nothing", [None, "", 0, "0", "0.00", Decimal("-0.0"), "0e500"])
def test_nothing_is_zero(nothing: Any) -> None:
    assert money(nothing) == ZERO


@pytest.mark.parametrize("value", [1.5, 0.0, True, False])
def test_binary_floats_and_booleans_are_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="not money"):
        money(value)


@pytest.mark.parametrize(
    "text", ["x", "1,000.00", "$5", "NaN", "Infinity", "-sNaN", "1e101", "1_000", "\uff11\uff12", "--1"]
)
def test_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        money(text)
