"""Refused statements that were recorded with XML answers: the twin refuses them in the same words, in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from akika_forensics.twin import QuickBooksFault, Twin

_ERROR: Final = re.compile(
    r'<Error code="(\d+)"(?: element="([^"]*)")?>\s*<Message>(.*?)</Message>\s*<Detail>(.*?)</Detail>', re.DOTALL
)


def refused(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(statement, the fault's error) of each refused statement, once."""
    seen = set()
    for path in sorted((folder / "flowlink").rglob("*.json")):
        for row in json.loads(path.read_text("utf-8")):
            asked_for = parse_qs(urlsplit(row["uri"]).query).get("query")
            if row["method"] != "GET" or row["status"] == 200 or not asked_for or asked_for[0] in seen:
                continue
            seen.add(asked_for[0])
            found = _ERROR.search(row["body"])
            assert found is not None, path
            error = {"Message": unescape(found[3]), "Detail": unescape(found[4]), "code": found[1]}
            if found[2] is not None:
                error["element"] = found[2]
            yield asked_for[0], error


@pytest.fixture(scope="module")
def statements(shared_data: Path) -> list[tuple[str, dict[str, Any]]]:
    return list(refused(shared_data / "recorded"))


def test_statements_are_refused_in_the_recorded_words(statements: list[tuple[str, dict[str, Any]]]) -> None:
    assert len(statements) >= 12
    twin = Twin()
    for statement, error in statements:
        with pytest.raises(QuickBooksFault) as caught:
            twin.query(statement)
        assert caught.value.status == 400
        assert caught.value.body()["Error"] == [error], statement
    twin.close()
