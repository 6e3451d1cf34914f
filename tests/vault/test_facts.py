"""What an index tells of records: read many at a time, and still of each what is told of it alone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from akika_forensics.model import payload
from akika_forensics.vault.snapshots import facts, frames

_DIGITS = st.text("0123456789", max_size=21)
_INSTANTS = st.builds(
    "{}T{}{}{}".format,
    st.dates().map(str),
    st.times().map(lambda one: one.isoformat("seconds")),
    st.sampled_from(["", "", "", ".5", ".123456", ".1234567", ",5"]),
    st.sampled_from(["Z", "z", "", "+00:00", "-08:00", "+05:30", "+24:00", "+05:60", "-23:59", "+0530", "+05:30:15"]),
)
_ODD = ["", " ", "x", "Z", "0", "-1", "+1", "٣", "2026-02-30", "2026-13-01", "2026-W01-1", "20260105", "0000-01-01"]
_ODD += [
    "2026-01-05T24:00:00Z",
    "2026-01-05T23:59:60Z",
    "2026-01-05T06:00:00",
    "2026-01-05 06:00:00Z",
    "2026-01-05T06Z",
]
_ODD += ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "9223372036854775807", "9223372036854775808"]
_ODD += [
    "2026-01-05T06:00:00Z\n",
    "\n2026-01-05",
    "2026-01-05\n",
    "12\n",
    "2026-01-05T06:00:00ZZ",
    "2026-01-05T06:00:00+Z",
]
_TEXTS = st.none() | st.sampled_from(_ODD) | _DIGITS | _INSTANTS | st.dates().map(str) | st.text(max_size=12)
_FIELD = st.one_of(_TEXTS, _TEXTS, _TEXTS, st.integers(), st.lists(st.none(), max_size=1))
_RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "SyncToken": _FIELD,
        "TxnDate": _FIELD,
        "MetaData": st.fixed_dictionaries({}, optional={"CreateTime": _FIELD, "LastUpdatedTime": _FIELD}) | st.none(),
    },
)
_PAYLOADS = st.lists(_RECORDS.map(lambda body: json.dumps(body).encode()) | st.binary(max_size=8), max_size=8)


@given(_PAYLOADS)
@example([json.dumps({"SyncToken": text, "TxnDate": text, "MetaData": {"CreateTime": text}}).encode() for text in _ODD])
def test_many_at_a_time_are_as_one_by_one(payloads: list[bytes]) -> None:
    alone = pl.DataFrame([facts.of(payload) for payload in payloads], schema=frames.FACTS, orient="row")
    together = pl.DataFrame(facts.columns(payloads), schema=frames.FACTS)
    assert together.rows() == alone.rows()
    assert together.schema == alone.schema


@st.composite
def _spelled(draw: st.DrawFn) -> bytes:
    """A record in JSON of which members may be named twice, with values of several kinds, and deeper ones beside them."""
    kinds = st.sampled_from(
        ['"7"', '"2026-01-05"', '"2026-01-05T06:30:00Z"', "7", "1.50", "1e9", "null", "[]", '{"Id":"1"}']
    )
    names = st.sampled_from(["SyncToken", "TxnDate", "Sync\\u0054oken", "Line", "CreateTime"])
    times = st.lists(st.tuples(st.sampled_from(["CreateTime", "LastUpdatedTime", "x"]), kinds), max_size=3)
    within = times.map(lambda told: ("MetaData", _object(told)))
    members = draw(st.lists(st.tuples(names, kinds) | within | st.tuples(st.just("MetaData"), kinds), max_size=5))
    return _object(members).encode()


def _object(members: list[tuple[str, str]]) -> str:
    return f"{{{','.join(f'"{name}":{value}' for name, value in members)}}}"


@given(st.lists(_spelled() | st.sampled_from([b"[]", b'"x"', b"1.5", b"null"]), max_size=6))
def test_a_writer_and_a_check_are_told_the_same(records: list[bytes]) -> None:
    """The one takes them from the value whose digest it made, the other from the bytes."""
    told = [facts.texts(payload.digested(one)[1]) for one in records]
    written = pl.DataFrame(facts.of_texts(pl.DataFrame(told, schema=facts.TEXTS, orient="row")), schema=frames.FACTS)
    assert written.rows() == [facts.of(one) for one in records]
    assert [payload.digested(one)[0] for one in records] == [payload.digest(one) for one in records]


@pytest.mark.parametrize("fraction", ["", ".250"])
def test_an_ordinary_record(fraction: str) -> None:
    """With a fraction it is none of those that are read many at a time."""
    payload = (
        '{"SyncToken":"7","TxnDate":"2026-01-05","MetaData":'
        f'{{"CreateTime":"2026-01-04T22:30:00{fraction}-08:00","LastUpdatedTime":"2026-01-05T06:30:01Z"}}}}'
    )
    created = datetime(2026, 1, 5, 6, 30, 0, 250_000 if fraction else 0, tzinfo=UTC)
    expected = (7, created, datetime(2026, 1, 5, 6, 30, 1, tzinfo=UTC), date(2026, 1, 5))
    assert tuple(facts.of(payload.encode())) == expected
    assert pl.DataFrame(facts.columns([payload.encode()])).row(0) == expected
