"""The query language as clients write it, and the faults of the parser."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from akika_forensics.twin import QuickBooksFault
from akika_forensics.twin.reading import grammar


@pytest.fixture
def company(books: Any) -> Any:
    twin = books.twin
    twin.create("Customer", {"DisplayName": "O'Hara's", "PrimaryEmailAddr": {"Address": "oh@example.com"}})
    twin.create("Customer", {"DisplayName": "apple"})
    for number in range(1, 6):
        twin.create(
            "Invoice", books.sale(books.ann if number % 2 else books.bob, 100 * number, TxnDate=f"2026-01-0{number}")
        )
    bob_like = twin.create("Customer", {"DisplayName": "Gone"})
    twin.update("Customer", {**bob_like, "sparse": True, "Active": False})
    return books


def rows(books: Any, statement: str) -> list[dict[str, Any]]:
    answer = books.twin.query(statement)["QueryResponse"]
    lists = [value for value in answer.values() if isinstance(value, list)]
    return lists[0] if lists else []


def numbers(books: Any, statement: str) -> list[str]:
    return [row["DocNumber"] for row in rows(books, statement)]


def test_names_come_in_binary_order_jobs_after_their_parent_inactive_ones_hidden(company: Any) -> None:
    assert [row["DisplayName"] for row in rows(company, "select * from Customer")] == [
        "Ann",
        "Shed",
        "Bob",
        "O'Hara's",
        "apple",
    ]
    assert [row["DisplayName"] for row in rows(company, "select * from customer where active=false")] == [
        "Gone (deleted)"
    ]
    for statement, count in (
        ("select count(*) from Customer", 5),
        ("SELECT COUNT(*) FROM CUSTOMER WHERE ACTIVE IN (true, false)", 6),
        ("select count(*) from Customer where Active = 'true' startposition 1 maxresults 2", 5),
    ):
        assert company.twin.query(statement) == {"QueryResponse": {"totalCount": count}}


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("Balance > '250'", "1003 1004 1005"),
        ("Balance > 250 and TxnDate < '2026-01-05'", "1003 1004"),
        ("Balance>=300", "1003 1004 1005"),
        ("DocNumber IN ('1001','1005')", "1001 1005"),
        ("DocNumber like '%3'", "1003"),
        ("DocNumber LIKE '1%4'", "1004"),
        ("docnumber = '1002'", "1002"),
        ("CustomerRef = '2'", "1002 1004"),
        ("TxnDate <= CURRENT_DATE AND Balance <= 100", "1001"),
        ("Metadata.LastUpdatedTime > '2026-03-02T17:00:00+00:00'", "1001 1002 1003 1004 1005"),
        ("MetaData.CreateTime < '2026-03-02'", ""),
        ("Id in ('1','3')", "1001 1003"),
        ("TxnDate = 2026-01-03", "1003"),
    ],
)
def test_conditions(company: Any, where: str, found: str) -> None:
    assert numbers(company, f"select * from Invoice where {where} orderby DocNumber") == found.split()


def test_pages_and_orders(company: Any) -> None:
    assert numbers(company, "select * from Invoice") == ["1005", "1004", "1003", "1002", "1001"]
    assert numbers(company, "select * from Invoice order by TxnDate desc maxresults 2 startposition 2") == [
        "1004",
        "1003",
    ]
    answer = company.twin.query("select * from Invoice ORDERBY Balance STARTPOSITION 4 MAXRESULTS 10")["QueryResponse"]
    assert (answer["startPosition"], answer["maxResults"], answer["totalCount"]) == (4, 2, 2)
    assert "totalCount" not in company.twin.query("select * from Customer")["QueryResponse"]
    assert company.twin.query("select * from Invoice startposition 6") == {"QueryResponse": {}}
    assert company.twin.query("select * from Bill") == {"QueryResponse": {}}
    by_time = numbers(company, "select * from Invoice order by MetaData.LastUpdatedTime asc, Id desc")
    assert by_time == ["1001", "1002", "1003", "1004", "1005"]


def test_a_page_is_a_hundred_and_at_most_a_thousand(books: Any) -> None:
    for number in range(1005):
        books.twin.create("PaymentMethod", {"Name": f"way {number}"})
    for clause, count in (
        ("", 100),
        ("maxresults 1000", 1000),
        ("maxresults 5000", 1000),
        ("startposition 1001 maxresults 1000", 5),
    ):
        assert len(rows(books, f"select * from PaymentMethod {clause}")) == count


def test_projections_are_sparse_and_show_the_id(company: Any) -> None:
    found = rows(company, "select DocNumber, customerref, Metadata.LastUpdatedTime from Invoice where Id = '2'")
    assert [list(row) for row in found] == [["sparse", "Id", "MetaData", "DocNumber", "CustomerRef"]]
    assert found[0]["sparse"] is True
    assert list(found[0]["MetaData"]) == ["LastUpdatedTime"]


def test_quotes_are_escaped_and_texts_ignore_case(company: Any) -> None:
    assert len(rows(company, r"select * from Customer where DisplayName = 'o\'HARA\'s'")) == 1
    assert len(rows(company, "select * from Customer where DisplayName = \"O'Hara's\"")) == 1
    assert len(rows(company, "select * from Customer where PrimaryEmailAddr = 'oh@example.com'")) == 1
    assert len(rows(company, "select * from Customer where DisplayName like '%A%'")) == 3


@pytest.mark.parametrize(
    ("code", "statement", "words"),
    [
        ("4001", "select * from Custmoer", "invalid context declaration: Custmoer"),
        ("4001", "select * from TaxService", "invalid context declaration"),
        (
            "4001",
            "select * from Customer where EmailAddress = 'x'",
            "Property EmailAddress not found for Entity Customer",
        ),
        ("4001", "select * from Vendor where PrimaryEmailAddr = 'x'", "property 'PrimaryEmailAddr' is not queryable"),
        ("4001", "select * from Purchase where AccountRef = '1'", "property 'AccountRef' is not queryable"),
        ("4001", "select * from Invoice order by CustomerRef", "is not sortable"),
        ("4001", "select Nope from Invoice", "Property Nope not found"),
        ("4001", "select * from Invoice startposition 0", "value 0 is too small. Min allowed value is 1"),
        ("4001", "select * from Invoice where Id > '1'", "does not support"),
        ("4001", "select * from Invoice where MetaData.CreateTime > 'soon'", "a date and time is expected"),
        ("4000", "select * from Invoice where Balance != 1", "line 1, column 37"),
        ("4000", "select * from Invoice where Balance = 1 or Balance = 2", 'Encountered " <OR> "or ""'),
        ("4000", "select * form Invoice", "column 10"),
        ("4000", "select * from Invoice startposition 1 startposition 2", "column"),
        ("4000", "", "<EOF>"),
        ("2030", "select * from Invoice where Id = ''", "Supplied value:"),
    ],
)
def test_refused_statements(company: Any, code: str, statement: str, words: str) -> None:
    assert words in company.refused(code, company.twin.query, statement).detail


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                "select * from Invoice where Id = 'a' and ( ) , in like order by startposition 3 maxresults -1 true . count".split()
            ),
            max_size=14,
        ).map(" ".join),
    )
)
def test_any_text_is_read_or_refused_as_a_fault(text: str) -> None:
    with suppress(QuickBooksFault):
        assert grammar.parse(text).entity


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_any_text_can_be_asked_for_when_it_is_escaped(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    read = grammar.parse(f"select * from Customer where DisplayName = '{escaped}'")
    assert read.conditions[0].values[0].value == text


def test_numbers_compare_as_numbers(company: Any) -> None:
    company.twin.create("Invoice", company.sale(company.ann, Decimal("99.5")))
    assert numbers(company, "select * from Invoice where Balance < 100") == ["1006"]
