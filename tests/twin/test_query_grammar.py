"""Whatever the grammar can say is read as it was meant, in any case and spacing; what it cannot say is refused."""

from __future__ import annotations

import string
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from hypothesis import given

from akika_forensics.twin import QuickBooksFault
from akika_forensics.twin.reading import grammar, tokens
from akika_forensics.twin.reading.grammar import Condition, Statement, Value

NAMES = st.text(string.ascii_letters + string.digits + "_", min_size=1, max_size=12).filter(
    lambda name: not name[0].isdigit() and name.lower() not in tokens.WORDS
)
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(".".join)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)

type Pieces = list[str]


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


VALUES: st.SearchStrategy[tuple[Value, str]] = st.one_of(
    TEXTS.map(lambda text: (Value("text", text), quoted(text))),
    st.integers(-(10**9), 10**9).map(lambda number: (Value("number", Decimal(number)), str(number))),
    st.decimals(-(10**6), 10**6, places=2).map(lambda number: (Value("number", number), str(number))),
    st.booleans().map(lambda truth: (Value("boolean", truth), "true" if truth else "false")),
    st.just((Value("today"), "current_date")),
    st.dates().map(lambda day: (Value("text", day.isoformat()), day.isoformat())),
)


@st.composite
def conditions(draw: st.DrawFn) -> tuple[Condition, Pieces]:
    path = draw(PATHS)
    operator = draw(st.sampled_from(["=", "<", ">", "<=", ">=", "like", "in"]))
    if operator != "in":
        value, text = draw(VALUES)
        return Condition(path, operator.upper(), (value,)), [path, operator, text]
    listed = draw(st.lists(VALUES, min_size=1, max_size=4))
    inner = [piece for _, text in listed for piece in (text, ",")][:-1]
    return Condition(path, "IN", tuple(value for value, _ in listed)), [path, "in", "(", *inner, ")"]


@st.composite
def statements(draw: st.DrawFn) -> tuple[Statement, Pieces]:
    entity = draw(NAMES)
    fields = draw(st.none() | st.lists(PATHS, min_size=1, max_size=3))
    count = fields is None and draw(st.booleans())
    pieces = ["select"]
    if fields is not None:
        pieces += [piece for field in fields for piece in (field, ",")][:-1]
    else:
        pieces += ["count", "(", "*", ")"] if count else ["*"]
    pieces += ["from", entity]
    wanted = draw(st.lists(conditions(), max_size=3))
    for number, (_, said) in enumerate(wanted):
        pieces += ["and" if number else "where", *said]
    order = draw(st.lists(st.tuples(PATHS, st.sampled_from(["", "asc", "desc"])), max_size=2))
    for number, (path, direction) in enumerate(order):
        pieces += [","] if number else draw(st.sampled_from([["orderby"], ["order", "by"]]))
        pieces += [path, *([direction] if direction else [])]
    start, limit = draw(st.none() | st.integers(0, 9999)), draw(st.none() | st.integers(0, 9999))
    pages = [["startposition", str(start)]] * (start is not None) + [["maxresults", str(limit)]] * (limit is not None)
    pieces += [piece for page in draw(st.permutations(pages)) for piece in page]
    meant = Statement(
        entity,
        None if fields is None else tuple(fields),
        count,
        tuple(condition for condition, _ in wanted),
        tuple((path, direction == "desc") for path, direction in order),
        1 if start is None else start,
        100 if limit is None else limit,
    )
    return meant, pieces


def written(draw: st.DrawFn, pieces: Pieces) -> str:
    """Words in any case; blanks wherever two pieces would else be one word, and elsewhere as it comes."""
    text = ""
    for piece in pieces:
        word = (
            piece
            if piece.lower() not in tokens.WORDS
            else draw(st.sampled_from([str.lower, str.upper, str.title]))(piece)
        )
        joins = bool(text) and (text[-1].isalnum() or text[-1] in "_-") and (word[0].isalnum() or word[0] in "_-")
        # "<" and "=" beside one another would be one mark
        joins = joins or (bool(text) and text[-1] in "<>=" and word[0] in "<>=")
        text += draw(st.sampled_from([" ", "  ", "\n", "\t "] + ([] if joins else [""]))) + word
    return text


@given(st.data(), statements())
def test_a_statement_is_read_as_it_was_meant(data: st.DataObject, made: tuple[Statement, Pieces]) -> None:
    meant, pieces = made
    assert grammar.parse(written(data.draw, pieces)) == meant


def outcome(statement: str) -> Statement | str:
    try:
        return grammar.parse(statement)
    except QuickBooksFault as fault:
        return fault.detail if fault.code == "4000" else fault.code


@given(st.data(), statements())
def test_a_statement_that_lost_a_word_is_refused_or_says_something_else(
    data: st.DataObject, made: tuple[Statement, Pieces]
) -> None:
    meant, pieces = made
    gone = data.draw(st.integers(0, len(pieces) - 1))
    read = outcome(" ".join([*pieces[:gone], *pieces[gone + 1 :]]))
    if isinstance(read, Statement):
        # "asc" says nothing that is not so without it
        assert read != meant or pieces[gone] == "asc"
    else:
        assert read.startswith(("QueryParserError: Encountered", "QueryParserError: Invalid content. Lexical"))


@given(st.data(), statements(), st.sampled_from([*"!@#$^&?{}[]|~`", "§", "é"]))
def test_a_character_that_belongs_nowhere_is_named_with_its_place(
    data: st.DataObject, made: tuple[Statement, Pieces], char: str
) -> None:
    _, pieces = made
    place = data.draw(st.integers(0, len(pieces) - 1))
    before = " ".join(pieces[:place])
    with pytest.raises(QuickBooksFault) as caught:
        grammar.parse(f"{before} {char} {' '.join(pieces[place:])}")
    assert caught.value.code == "4000"
    assert "QueryParserError: " in caught.value.detail


def test_a_field_beside_the_star_says_nothing_more() -> None:
    """Source: python-quickbooks asks for items so."""
    assert grammar.parse("SELECT *, Sku FROM Item MAXRESULTS 5") == grammar.parse("select * from Item maxresults 5")
    with pytest.raises(QuickBooksFault):
        grammar.parse("select *, from Item")
