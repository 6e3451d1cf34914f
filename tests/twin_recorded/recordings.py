"""The recorded exchanges: what was asked, what the real service answered, and when.

Two forms lie beside the checkout: cassettes, which hold request and answer with headers, and bare answers, which other
projects keep as fixtures; the request of a bare answer is told in ``bare_answers``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from twin_recorded import bare_answers

REALM: Final = "123145833900987"
"""Stands where the authors masked the company."""
_MASKS: Final = ("-COMPANY_ID-", "<REALM>")
_COMPANY: Final = f"/v3/company/{REALM}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the answer the real service gave to it.

    ``headers`` is None where only the body was kept. ``in_order`` and ``in_digits`` tell whether keys and numbers
    stand as on the wire or went through another program; ``within`` is the path of the part that was kept;
    ``texts`` is off where the texts stand for any other.
    """

    file: str
    number: int
    method: str
    target: str
    asked: Mapping[str, str]
    body: bytes
    status: int
    headers: Mapping[str, str] | None
    answer: str
    moment: datetime
    in_order: bool = True
    in_digits: bool = True
    within: tuple[str | int, ...] = ()
    texts: bool = True
    inferred: bool = False

    @property
    def name(self) -> str:
        return f"{self.file}#{self.number}"

    @property
    def path(self) -> str:
        return urlsplit(self.target).path


@dataclass(frozen=True, slots=True)
class Recording:
    """A file: exchanges that follow each other in one company."""

    file: str
    exchanges: list[Exchange] = field(default_factory=list)


def read(folder: Path) -> Iterator[Recording]:
    """Every recording with a JSON answer, by file name."""
    for path in sorted(folder.glob("qbo_api/**/*.json")):
        yield _cassette(folder, path)
    for path in sorted(folder.glob("ledgersync/**/*.json")):
        yield _cassette(folder, path)
    for file, ways in bare_answers.ASKED.items():
        text = (folder / file).read_text("utf-8-sig")
        kept = [_bare(file, number, text, way) for number, way in enumerate(ways, 1)]
        yield Recording(file, kept)


def _unmasked(text: str) -> str:
    for mask in _MASKS:
        text = text.replace(mask, REALM)
    return text


def _target(uri: str) -> str:
    parts = urlsplit(_unmasked(uri))
    path = parts.path
    if path.startswith("/v3/") and not path.startswith("/v3/company/"):
        # The authors' filter took the company out of the address; the real service answers no such path.
        path = _COMPANY + path.removeprefix("/v3")
    return f"{path}?{parts.query}" if parts.query else path


def _cassette(folder: Path, path: Path) -> Recording:
    file = path.relative_to(folder).as_posix()
    kept = [
        Exchange(
            file=file,
            number=number,
            method=row["method"],
            target=_target(row["uri"]),
            asked=row["req_headers"],
            body=_unmasked(row["req_body"]).encode(),
            status=row["status"],
            headers=row["headers"],
            answer=_unmasked(row["body"]),
            moment=_moment(row["body"]) or parsedate_to_datetime(row["headers"]["Date"]),
        )
        for number, row in enumerate(json.loads(path.read_text("utf-8")), 1)
    ]
    return Recording(file, kept)


def _bare(file: str, number: int, text: str, way: bare_answers.Way) -> Exchange:
    kept: Any = json.loads(text)
    for part in way.within:
        kept = kept[part]
    return Exchange(
        file=file,
        number=number,
        method=way.method,
        target=way.target.replace("{company}", _COMPANY),
        asked={"Accept": "application/json", "Content-Type": way.content_type},
        body=way.body.encode(),
        status=way.status,
        headers=None,
        answer=_part(text, way.within),
        moment=_moment(text) or way.moment or datetime(2020, 1, 2, 20, tzinfo=UTC),
        in_order=way.in_order,
        in_digits=way.in_digits,
        within=way.served,
        texts=way.texts,
        inferred=True,
    )


def _part(text: str, within: tuple[str, ...]) -> str:
    """The text of one part of a document, its numbers as they stand."""
    if not within:
        return text
    found: Any = json.loads(text, parse_float=_digits, parse_int=_digits)
    for part in within:
        found = found[part]
    return re.sub(r'"\\u0001(-?[0-9.eE+-]+)"', r"\1", json.dumps(found))


def _digits(text: str) -> str:
    return f"\u0001{text}"


def _moment(text: str) -> datetime | None:
    """When the service began to work on a request: ``time`` of the answer."""
    try:
        body = json.loads(text)
    except ValueError:
        return None
    said = body.get("time") if isinstance(body, dict) else None
    if isinstance(said, int):
        return datetime.fromtimestamp(said / 1000, UTC)
    if isinstance(said, str):
        return datetime.fromisoformat(said)
    header = body.get("Header") if isinstance(body, dict) else None
    return datetime.fromisoformat(header["Time"]) if isinstance(header, dict) and "Time" in header else None
