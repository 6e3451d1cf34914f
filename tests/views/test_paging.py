"""The rows of a long table: what a query finds, against the plainest model there is; keys that stay, and sums that are exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_widgets.views.columns import TableColumn, counted_rows, frame_of, number_typed, plain_text, shown
from akika_widgets.views.paging import Query, TableModel

COLUMNS = (
    TableColumn("name", "Name"),
    TableColumn("kind", "Kind", choices=True),
    TableColumn("amount", "Amount", form="money", total=True),
    TableColumn("on", "Date", form="date"),
)
WORDS = st.text(alphabet="aAbBσςΣß .1\u0130", max_size=5)
AMOUNTS = st.none() | st.decimals(min_value=-99999, max_value=99999, allow_nan=False, allow_infinity=False, places=2)
ROWS = st.lists(
    st.tuples(
        st.none() | WORDS,
        st.sampled_from(["bill", "invoice", "Payment", None]),
        AMOUNTS,
        st.none() | st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1)),
    ),
    max_size=25,
)
QUERIES = st.builds(
    Query,
    text=WORDS | st.sampled_from(["bill a", "1.5", "1,000", "−5"]),
    column=st.sampled_from(["", "name", "kind", "amount"]),
    chosen=st.fixed_dictionaries(
        {}, optional={"kind": st.frozensets(st.sampled_from(["bill", "invoice", "Payment", ""]))}
    ),
    sort=st.sampled_from(["", "name", "kind", "amount", "on"]),
    descending=st.booleans(),
)


def fold(text: str) -> str:
    return text.lower().replace("ς", "σ")


class Naive:
    """The same as `TableModel`, one row after the other."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self.rows = list(enumerate(rows))

    @staticmethod
    def text(row: tuple[Any, ...], place: int) -> str:
        value = row[place]
        if value is None:
            return ""
        return f"{value:.2f}" if isinstance(value, Decimal) else str(value)

    def fits(self, row: tuple[Any, ...], query: Query) -> bool:
        names = [column.name for column in COLUMNS]
        places = [names.index(query.column)] if query.column else range(len(names))
        texts = [fold(self.text(row, place)) for place in places]
        for word in query.text.split():
            plain = word
            if number_typed(word) != word:
                plain = word.replace(",", "").replace("−", "-").replace("+", "")
            if not any(fold(word) in text or plain in text for text in texts):
                return False
        return all(not values or self.text(row, names.index(name)) in values for name, values in query.chosen.items())

    def keys(self, query: Query) -> list[str]:
        found = [(at, row) for at, row in self.rows if self.fits(row, query)]
        if query.sort:
            place = [column.name for column in COLUMNS].index(query.sort)

            def rank(item: tuple[int, tuple[Any, ...]]) -> Any:
                value = item[1][place]
                return fold(value) if isinstance(value, str) else value

            here = [item for item in found if item[1][place] is not None]
            # Equal rows keep their own order either way: so does a sort of Python's, turned or not.
            here = sorted(here, key=rank, reverse=True) if query.descending else sorted(here, key=rank)
            found = here + [item for item in found if item[1][place] is None]
        return [str(at) for at, _ in found]


@given(ROWS, QUERIES)
def test_a_query_finds_what_looking_at_every_row_finds(rows: list[tuple[Any, ...]], query: Query) -> None:
    model, naive = TableModel(COLUMNS, rows), Naive(rows)
    wanted = naive.keys(query)
    assert model.keys(query) == wanted
    assert model.count(query) == len(wanted)
    assert [row.key for at in range(4) for row in model.page(query, at, 7)] == wanted[:28]
    assert all(model.place(query, key) == place for place, key in enumerate(wanted))
    assert all(model.place(query, str(at)) is None for at in range(len(rows)) if str(at) not in wanted)


@given(ROWS, QUERIES)
def test_sums_and_counts_are_exact(rows: list[tuple[Any, ...]], query: Query) -> None:
    model, naive = TableModel(COLUMNS, rows), Naive(rows)
    found = [rows[int(key)] for key in naive.keys(query)]
    assert model.total(query, "amount") == sum((row[2] for row in found if row[2] is not None), Decimal(0))
    others = Query(query.text, query.column)
    assert model.counts(query, "kind") == Counter(naive.text(rows[int(key)], 1) for key in naive.keys(others))
    assert model.values("kind") == sorted({naive.text(row, 1) for row in rows})


@given(ROWS, st.lists(QUERIES, max_size=4))
def test_one_question_does_not_change_the_answer_to_another(rows: list[tuple[Any, ...]], queries: list[Query]) -> None:
    model = TableModel(COLUMNS, rows)
    first = [model.keys(query) for query in queries]
    assert [model.keys(query) for query in reversed(queries)] == first[::-1]
    assert [TableModel(COLUMNS, rows).keys(query) for query in queries] == first


@given(ROWS)
def test_a_row_is_found_by_its_key_with_the_values_it_had(rows: list[tuple[Any, ...]]) -> None:
    model = TableModel(COLUMNS, rows)
    for at, row in enumerate(rows):
        held = model.row(str(at))
        assert held is not None
        assert tuple(held.values[column.name] for column in COLUMNS) == row
        assert str(at) in model
    assert model.row(str(len(rows))) is None
    assert model.row("") is None
    assert str(len(rows)) not in model


def test_rows_are_known_by_the_key_of_the_frame_and_keep_their_other_columns() -> None:
    frame = pl.DataFrame({"name": ["b", "a"], "key": ["Bill:2", "Bill:1"], "more": [1, 2]})
    model = TableModel([TableColumn("name")], frame, key="key")
    assert model.keys(Query(sort="name")) == ["Bill:1", "Bill:2"]
    row = model.row("Bill:1")
    assert row is not None
    assert row.values["more"] == 2


@pytest.mark.parametrize(
    "frame",
    [
        {"name": ["a", "b"], "key": ["1", "1"]},
        {"name": ["a", "b"], "key": ["1", None]},
        {"name": ["a"], "other": ["1"]},
        {"key": ["1"]},
    ],
    ids=["twice", "missing", "no keys", "no column"],
)
def test_rows_without_a_key_of_their_own_are_refused(frame: dict[str, list[Any]]) -> None:
    with pytest.raises(ValueError, match=r"key|column|known"):
        TableModel([TableColumn("name")], pl.DataFrame(frame), key="key")
    with pytest.raises(ValueError, match="same name"):
        TableModel([TableColumn("name"), TableColumn("name")], [("a", "b")])


def test_a_column_of_mixed_values_is_kept_as_text_and_no_value_is_bent() -> None:
    columns = [TableColumn("a", form="money"), TableColumn("b", form="date"), TableColumn("c", form="number")]
    huge = Decimal("1234567890123456789012345678901234567890.5")
    frame = frame_of(columns, [(Decimal("1.10"), "yesterday", huge), ("n/a", date(2026, 1, 2), Decimal("0.1"))])
    assert frame["a"].to_list() == ["1.10", "n/a"]
    assert frame["b"].to_list() == ["yesterday", "2026-01-02"]
    assert frame["c"].to_list() == [f"{huge:f}", "0.1"]
    with pytest.raises(ValueError, match="has 1 cells, not 3"):
        frame_of(columns, [("a",)])


@given(
    st.lists(
        st.none() | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=4),
        min_size=1,
    )
)
def test_plain_texts_of_amounts_are_exact(amounts: list[Decimal | None]) -> None:
    for form in ("money", "number"):
        column = TableColumn("a", form=form)  # type: ignore[arg-type]
        frame = frame_of([column], [(amount,) for amount in amounts])
        texts = frame.select(plain_text(column, frame.schema["a"])).to_series().to_list()
        assert [None if text is None else Decimal(text) for text in texts] == amounts
        if form == "money":
            assert all(text is None or len(text.partition(".")[2]) >= 2 for text in texts)
        else:
            assert all(text is None or not (text.endswith("0") and "." in text) for text in texts)


def test_times_are_told_in_utc_and_said_so() -> None:
    column = TableColumn("at", "Changed", "time")
    there = timezone(timedelta(hours=-7))
    frame = frame_of([column], [(datetime(2026, 11, 23, 3, 0, 0, 250_000, tzinfo=there),), (None,)])
    assert frame.select(plain_text(column, frame.schema["at"])).to_series().to_list() == [
        "2026-11-23T10:00:00.250Z",
        None,
    ]
    assert shown(column, frame["at"][0]) == "2026-11-23 10:00:00"
    assert column.heading == "Changed (UTC)"
    local = frame.with_columns(pl.col("at").dt.convert_time_zone("America/New_York"))
    assert frame_of([column], local)["at"][0] == datetime(2026, 11, 23, 10, 0, 0, 250_000, tzinfo=UTC)


def test_half_a_surrogate_pair_is_shown_by_its_code() -> None:
    model = TableModel([TableColumn("name")], [("half \ud800 pair",)])
    assert "U+D800" in model.page(Query(), 0, 1)[0].values["name"]


@pytest.mark.parametrize(
    ("value", "form", "words"),
    [
        (None, "text", "—"),
        (Decimal("-1234.5"), "money", "−1,234.50"),
        (Decimal("1234.500"), "number", "1,234.5"),
        (Decimal("1E+3"), "number", "1,000"),
        (-7, "money", "−7.00"),
        (-7000, "number", "−7,000"),
        (date(2026, 1, 2), "date", "2026-01-02"),
    ],
)
def test_values_read_as_people_write_them(value: Any, form: Any, words: str) -> None:
    assert shown(TableColumn("a", form=form), value) == words


def test_counted_rows_agree_with_their_number() -> None:
    assert [counted_rows(number, "entries") for number in (0, 1, 2500)] == ["0 entries", "1 entry", "2,500 entries"]
    assert counted_rows(1, "records") == "1 record"
