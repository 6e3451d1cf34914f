"""The change feed: what it takes, what it carries, in which order, and what is gone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.payload import decode, encode
from akika_forensics.twin import QuickBooksFault
from akika_forensics.twin.reading import feed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEFT_OUT = ("JournalCode", "TaxAgency", "TaxCode", "TaxRate", "TimeActivity")


def answered(books: Any, entities: str, since: datetime) -> list[dict[str, Any]]:
    found = decode(encode(books.twin.change_feed(feed.names(entities), since).response()))
    assert list(found) == ["QueryResponse"]
    return found["QueryResponse"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T04:02:46+00:00", "2026-11-23T04:02:46+00:00"),
        ("2026-11-23T04:02:46 00:00", "2026-11-23T04:02:46+00:00"),
        ("2026-11-23T04:02:46Z", "2026-11-23T04:02:46+00:00"),
        ("2026-11-23T04:02:46.118Z", "2026-11-23T04:02:46.118+00:00"),
        ("2026-11-23T04:02:46-05:00", "2026-11-23T09:02:46+00:00"),
        ("2026-11-23T00:00:00", "2026-11-23T08:00:00+00:00"),
        ("2026-11-23", "2026-11-23T08:00:00+00:00"),
        (" 2026-07-01 ", "2026-07-01T07:00:00+00:00"),
    ],
)
def test_a_moment_is_written_in_many_ways(text: str, moment: str) -> None:
    assert feed.since(text, NOW) == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "2020"),
        ("  ", "2020"),
        ("soon", "2060"),
        ("2026-13-01", "2060"),
        ("2027-01-01", "2060"),
        ("0001-01-01", ""),
    ],
)
def test_a_moment_that_is_none_is_refused(text: str, code: str) -> None:
    if not code:
        assert feed.since(text, NOW).year == 1
        return
    with pytest.raises(QuickBooksFault) as caught:
        feed.since(text, NOW)
    assert caught.value.code == code
    assert caught.value.element == "changedSince"


def test_entities_are_named_in_any_case_and_answered_in_their_own(books: Any) -> None:
    since = books.clock()
    books.made("Customer", {"DisplayName": "Cay"})
    books.twin.create("Invoice", books.sale(books.ann, 10))
    groups = answered(books, "invoice, CUSTOMER,vendor,Invoice", since)
    assert [next(iter(group)) for group in groups] == ["Invoice", "Customer"]
    assert [list(group) for group in groups] == [
        [name, "startPosition", "maxResults"] for name in ("Invoice", "Customer")
    ]


def test_what_the_feed_leaves_out_is_refused_and_everything_else_is_carried(books: Any) -> None:
    since = books.clock()
    for name, row in CATALOGUE.items():
        if not row.change_feed:
            fault = books.refused("4001", books.twin.change_feed, [name.upper()], since)
            assert fault.detail == f"QueryValidationError: Entity {name} is not supported by change data capture"
        else:
            assert answered(books, name, since) == [{}]
    assert set(LEFT_OUT) < {name for name, row in CATALOGUE.items() if not row.change_feed}
    books.refused("4001", books.twin.change_feed, ["Custmoer"], since)
    with pytest.raises(QuickBooksFault, match="entities"):
        feed.names(" , ")


def test_the_deleted_come_after_the_living_and_alone_they_have_no_start(books: Any) -> None:
    since = books.clock()
    first, second = (books.twin.create("Invoice", books.sale(books.ann, 10 * number)) for number in (1, 2))
    books.twin.delete("Invoice", first)
    (group,) = answered(books, "Invoice", since)
    assert [row["Id"] for row in group["Invoice"]] == [second["Id"], first["Id"]]
    stub = group["Invoice"][-1]
    assert list(stub) == ["domain", "status", "Id", "MetaData"]
    assert (stub["domain"], stub["status"], list(stub["MetaData"])) == ("QBO", "Deleted", ["LastUpdatedTime"])
    assert {key: group[key] for key in list(group)[1:]} == {"startPosition": 1, "maxResults": 2, "totalCount": 2}
    books.twin.delete("Invoice", second)
    (group,) = answered(books, "Invoice", since)
    assert [row["Id"] for row in group["Invoice"]] == [first["Id"], second["Id"]]
    assert {key: group[key] for key in list(group)[1:]} == {"maxResults": 2, "totalCount": 2}


def test_rows_come_by_their_last_change_inactive_ones_too_and_what_moved_along(books: Any) -> None:
    one, two = (books.made("Customer", {"DisplayName": name}) for name in ("One", "Two"))
    since = books.clock()
    books.twin.update("Customer", {**books.get("Customer", two), "Active": False})
    books.twin.create("Invoice", books.sale(one, 5))
    (group,) = answered(books, "Customer", since)
    assert [(row["Id"], row["Active"]) for row in group["Customer"]] == [(two, False), (one, True)]
    assert group["Customer"][1]["SyncToken"] == "0"


def test_an_answer_holds_a_thousand_objects_over_all_its_groups(books: Any) -> None:
    since = books.clock()
    for number in range(600):
        books.twin.put_raw("Term", encode({"Id": str(number + 50), "Name": f"t{number}", "SyncToken": "0"}))
        books.twin.put_raw("Class", encode({"Id": str(number + 50), "Name": f"c{number}", "SyncToken": "0"}))
    groups = answered(books, "Term,Class,Customer", since - timedelta(days=1))
    assert [(next(iter(group)), group["maxResults"]) for group in groups] == [("Term", 600), ("Class", 400)]
    assert [row["Id"] for row in groups[0]["Term"]] == [str(number + 50) for number in range(600)]
