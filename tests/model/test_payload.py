"""The canonical form: equal values are equal bytes, unequal ones are not, and no digit is lost."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**18), max_value=10**18, places=6)
SCALARS = st.none() | st.booleans() | st.integers(-(10**25), 10**25) | DECIMALS | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)
BLANKS = st.text(" \n\t\r", max_size=2)


@st.composite
def spellings(draw: st.DrawFn, value: Any) -> str:
    """One of the many JSON texts of a value: other blanks, key orders, escapes and forms of numbers."""
    blank = draw(BLANKS)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int | Decimal):
        return draw(number_spellings(Decimal(value)))
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=draw(st.booleans()))
    if isinstance(value, list):
        inner = [draw(spellings(element)) for element in value]
        return f"[{blank}{f',{blank}'.join(inner)}{blank}]"
    rows = [f"{json.dumps(key)}{blank}:{draw(spellings(element))}" for key, element in value.items()]
    return f"{{{blank}{f'{blank},'.join(draw(st.permutations(rows)))}}}"


@st.composite
def number_spellings(draw: st.DrawFn, number: Decimal) -> str:
    form = draw(st.sampled_from(["plain", "zeros", "exponent"]))
    plain = format(number, "f")
    if form == "plain":
        return plain
    if form == "zeros":
        return (plain if "." in plain else f"{plain}.") + "0" * draw(st.integers(1, 4))
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    shift = draw(st.integers(0, 5))
    letters = "".join(map(str, digits)) + "0" * shift
    letter, plus = draw(st.sampled_from([("e", ""), ("E", ""), ("e", "+"), ("E", "+")]))
    power = exponent - shift
    return f"{'-' if sign else ''}{letters.lstrip('0') or '0'}{letter}{plus if power >= 0 else ''}{power}"


@given(st.data())
def test_every_spelling_of_a_value_has_one_canonical_form(data: st.DataObject) -> None:
    value = data.draw(VALUES)
    one, other = (data.draw(spellings(value)).encode() for _ in range(2))
    assert payload.canonical(one) == payload.canonical(other)
    assert payload.digest(one) == payload.digest(other)


@given(VALUES)
def test_the_canonical_form_is_its_own_canonical_form_and_means_the_same(value: Any) -> None:
    form = payload.canonical_value(value)
    assert payload.canonical(form) == form
    assert payload.decode(form) == value


@given(VALUES, VALUES)
def test_different_values_have_different_forms(one: Any, other: Any) -> None:
    same = payload.canonical_value(one) == payload.canonical_value(other)
    assert same == (_typed(one) == _typed(other))


def _typed(value: Any) -> Any:
    """Equality of Python where ``True`` is not ``1`` and ``1.0`` is ``1``."""
    if isinstance(value, list):
        return [_typed(element) for element in value]
    if isinstance(value, dict):
        return {key: _typed(element) for key, element in value.items()}
    return (isinstance(value, bool), value)


@given(VALUES)
def test_encoding_keeps_every_digit_as_written(value: Any) -> None:
    again = payload.decode(payload.encode(value))
    assert repr(_typed(again)) == repr(_typed(value)) or again == value
    assert payload.encode(again) == payload.encode(value)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("100", "100"),
        ("100.00", "100"),
        ("1e2", "100"),
        ("1.0E+2", "100"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0e9", "0"),
        ("0.10", "0.1"),
        ("1E-7", "0.0000001"),
        ("0.0000001", "0.0000001"),
        ("12345678901234567890.12345678901234567890", "12345678901234567890.1234567890123456789"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ('"100.00"', '"100.00"'),
        ('"\\u00e9\\/"', '"é/"'),
        (' { "b" : 1.50 , "a" : [ ] } ', '{"a":[],"b":1.5}'),
        ('{"b":1,"B":2,"é":3,"aa":4}', '{"B":2,"aa":4,"b":1,"é":3}'),
        ("null", "null"),
        ('""', '""'),
    ],
)
def test_the_form_itself(text: str, form: str) -> None:
    assert payload.canonical(text.encode()).decode() == form


def test_the_digest_is_sha256_of_the_form() -> None:
    assert payload.digest(b'{"b": 2.0, "a": 1}') == hashlib.sha256(b'{"a":1,"b":2}').digest()


@pytest.mark.parametrize(("text", "form"), [("1.50e999999999", "15e999999998"), ("-2e-4000", "-2e-4000")])
def test_a_monstrous_exponent_stays_small(text: str, form: str) -> None:
    assert payload.canonical(text.encode()) == form.encode()
    assert payload.canonical(form.encode()) == form.encode()


@pytest.mark.parametrize("exponent", [-400, -399, 399, 400, 401, -401])
def test_around_the_border_between_the_two_notations_equal_stays_equal(exponent: int) -> None:
    one, other = f"12.0e{exponent}".encode(), f"1.2e{exponent + 1}".encode()
    assert payload.canonical(one) == payload.canonical(other)
    assert payload.canonical(payload.canonical(one)) == payload.canonical(one)


@pytest.mark.parametrize(
    "broken",
    [b"", b"{", b"{'a':1}", b"1.", b"NaN", b'"\x80"', b'"\\ud800"', b"\xef\xbb\xbf{}", b"[" * 5000, b"1e" + b"9" * 30],
    ids=lambda broken: repr(broken[:12]),
)
@pytest.mark.parametrize("read", [payload.decode, payload.canonical, payload.digest])
def test_what_is_no_json_is_said_in_a_sentence(read: Any, broken: bytes) -> None:
    with pytest.raises(WrongUse, match="JSON"):
        read(broken)
