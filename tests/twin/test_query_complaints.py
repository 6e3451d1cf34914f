"""What the query parser complains of, word by word as recorded; and what it complains of by the same rules."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from akika_forensics.twin import QuickBooksFault
from akika_forensics.twin.reading import grammar

AFTER_A_PROPERTY = """
    <EOF>\x20
    "." ...
    <AND> ...
    "between" ...
    "contains" ...
    "=" ...
    "in" ...
    "iterator" ...
    "like" ...
    "maxresults" ...
    "!=" ...
    <NOT> ...
    <OR> ...
    "order" ...
    "orderby" ...
    "startposition" ...
    "=" ...
    "!=" ...
    "=" ...
    "!=" ...
    "=" ...
    "!=" ...
    "." ...
    """
AFTER_A_CONDITION = """
    <EOF>\x20
    <AND> ...
    "iterator" ...
    "maxresults" ...
    <OR> ...
    "order" ...
    "orderby" ...
    "startposition" ...
    """
IN_A_LIST = """
    "false" ...
    "true" ...
    <DATETIME> ...
    <ID> ...
    <STRING> ...
    """


def complaint(statement: str, **options: bool) -> str:
    with pytest.raises(QuickBooksFault) as caught:
        grammar.parse(statement, **options)
    assert caught.value.code == "4000"
    return caught.value.detail.removeprefix("QueryParserError: ")


def encountered(token: str, column: int, expected: str, line: int = 1) -> str:
    count = " one of" if expected.count("\n") > 2 else ""
    return f'Encountered "{token}" at line {line}, column {column}.\nWas expecting{count}:{expected}'


@pytest.mark.parametrize(
    ("statement", "token", "column", "expected"),
    [
        ("", "<EOF>", 0, '\n    "select" ...\n    '),
        ("SELECT * FROM NULL", ' "null" "NULL "', 15, "\n    <IDENTIFIER> ...\n    "),
        ("select * from Customer where PrimayEmailAddr>Address = 'a'", ' ">" "> "', 45, AFTER_A_PROPERTY),
        ("Select * from Customer Where PrimaryEmailAddr.EmailAddress>test@b", ' ">" "> "', 59, AFTER_A_PROPERTY),
        (
            "select * from Customer where PrimayEmailAddr in Address = 'a'",
            ' <IDENTIFIER> "Address "',
            49,
            '\n    "(" ...\n    ',
        ),
        (
            "select * from vendor where DisplayName = 'Cutlery 'R Us'",
            ' <IDENTIFIER> "R "',
            52,
            AFTER_A_CONDITION,
        ),
    ],
)
def test_complaints_that_real_companies_answered_with(statement: str, token: str, column: int, expected: str) -> None:
    assert complaint(statement) == encountered(token, column, expected, line=0 if not statement else 1)


def test_a_second_name_after_the_entity_is_read_so_that_the_next_word_is_what_surprises() -> None:
    found = complaint("select * from Purchase wher TxnDate > '2026-01-01'")
    assert found.startswith('Encountered " <IDENTIFIER> "TxnDate "" at line 1, column 29.\nWas expecting one of:')
    assert '"where" ...' in found
    assert grammar.parse("select * from Purchase p where p.TxnDate > '2026-01-01'").conditions[0].path == "TxnDate"


def test_a_character_that_begins_no_word_is_a_lexical_error() -> None:
    assert complaint("select * from account where AccountSubType %3D %27Inventory%27") == (
        'Invalid content. Lexical error at line 1, column 44.  Encountered: "%" (37), after : ""'
    )
    assert complaint("select * from Item where Name = 'x").endswith(
        'Lexical error at line 1, column 34.  Encountered: <EOF> after : "\\\'x"'
    )


@pytest.mark.parametrize(
    ("statement", "token", "column"),
    [
        ("select * form Invoice", ' <IDENTIFIER> "form "', 10),
        ("select *", "<EOF>", 8),
        ("select count(*) Invoice", ' <IDENTIFIER> "Invoice "', 17),
        ("select Id,  from Invoice", ' "from" "from "', 13),
        ("select * from Invoice where", "<EOF>", 27),
        ("select * from Invoice where Balance != 1", ' "!=" "!= "', 37),
        ("select * from Invoice where Balance <> 1", ' "<" "< "', 37),
        ("select * from Invoice where not Balance = 1", ' <NOT> "not "', 29),
        ("select * from Invoice where (Balance = 1)", ' "(" "( "', 29),
        ("select * from Invoice where Balance = 1 or Id = '2'", ' <OR> "or "', 41),
        ("select * from Invoice where Balance = ", ' "=" "= "', 37),
        ("select * from Invoice where Id in ('1' '2')", " <STRING> \"\\'2\\' \"", 40),
        ("select * from Invoice order TxnDate", ' <IDENTIFIER> "TxnDate "', 29),
        ("select * from Invoice orderby TxnDate up", ' <IDENTIFIER> "up "', 39),
        ("select * from Invoice maxresults", "<EOF>", 32),
        ("select * from Invoice maxresults '1'", " <STRING> \"\\'1\\' \"", 34),
        ("select * from Invoice maxresults 1.5", ' <DECIMAL> "1.5 "', 34),
        ("select * from Invoice maxresults 1 maxresults 2", ' "maxresults" "maxresults "', 36),
        ("select * from Invoice maxresults 1 where Id = '1'", ' "where" "where "', 36),
        ("select * from Invoice group by Id", ' "by" "by "', 29),
        ("select * from Invoice, Bill", ' "," ", "', 22),
    ],
)
def test_where_it_went_wrong(statement: str, token: str, column: int) -> None:
    assert complaint(statement).startswith(f'Encountered "{token}" at line 1, column {column}.\nWas expecting')


def test_lines_and_columns_are_counted_as_they_stand() -> None:
    assert "at line 3, column 9." in complaint("select *\r\nfrom Invoice\n  whera x = 1 y")
    assert "at line 2, column 1." in complaint("select *\r* Id")
    assert "at line 1, column 11." in complaint("select\t* Id")


def test_lists_take_numbers_in_quotes_only_where_one_believes_so() -> None:
    statement = "SELECT * FROM Vendor WHERE Id IN (1, 2, 3)"
    assert len(grammar.parse(statement).conditions[0].values) == 3
    assert complaint(statement, numbers_in_lists=False) == encountered(' <INTEGER> "1 "', 35, IN_A_LIST)


def recorded(folder: Path) -> dict[str, tuple[int, str, str]]:
    """Statement to status, code and detail, of every query that was recorded with an answer."""
    found = {}
    for file in sorted(folder.glob("*/vcr/**/*.json")):
        for exchange in json.loads(file.read_bytes()):
            statement = parse_qs(urlsplit(exchange["uri"]).query, keep_blank_values=True).get("query", [""])[0]
            if not statement:
                continue
            code, detail = _fault(exchange["body"]) if exchange["status"] != 200 else ("", "")
            found[statement] = (exchange["status"], code, detail)
    return found


def _fault(body: str) -> tuple[str, str]:
    if body.startswith("{"):
        error = json.loads(body)["Fault"]["Error"][0]
        return error["code"], error["Detail"]
    space = "{http://schema.intuit.com/finance/v3}"
    error = ET.fromstring(body).find(f".//{space}Error")  # noqa: S314 - recorded beside this checkout
    assert error is not None
    return str(error.get("code")), str(error.findtext(f"{space}Detail"))


def test_every_recorded_statement_is_answered_or_refused_in_the_recorded_words(books: Any, shared: Path) -> None:
    statements = recorded(shared / "data" / "recorded")
    assert len(statements) > 100
    refused = 0
    for statement, (status, code, detail) in statements.items():
        if status == 200:
            books.twin.query(statement)
            continue
        with pytest.raises(QuickBooksFault) as caught:
            books.twin.query(statement)
        fault = caught.value
        assert (fault.status, fault.code, fault.detail) == (status, code, detail), statement
        refused += 1
    assert refused > 10
