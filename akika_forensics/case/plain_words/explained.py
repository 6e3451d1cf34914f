"""A finding as it is shown: what happened, what it means for the books, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from akika_forensics.capture.entities import NOT_READ
from akika_forensics.case.plain_words.of_books import BOOKS, REPORT_UNREADABLE
from akika_forensics.case.plain_words.of_capture import CAPTURE
from akika_forensics.case.plain_words.of_files import FILES
from akika_forensics.case.plain_words.of_records import RECORDS
from akika_forensics.case.plain_words.of_reports import REPORTS
from akika_forensics.case.plain_words.words import Words

ALL_WORDS: Final[Mapping[str, Words]] = {**CAPTURE, **RECORDS, **FILES, **REPORTS, **BOOKS}
"""By the code of a finding."""

_LEFT_OUT: Final = {NOT_READ["Entitlements"]: "it tells what the subscription allows, and is no record of the books"}
_NOT_THERE: Final = ("entity_not_listed", "entity_not_offered", "entity_unreadable")


class FindingLike(Protocol):
    """What a check found; ``what`` is the sentence that is stored."""

    @property
    def code(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def severity(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Stored:
    """A finding as a snapshot keeps it."""

    code: str
    what: str
    severity: str


@dataclass(frozen=True, slots=True)
class Explained:
    """``what`` happened, what it ``means`` for the books, what to ``do``; ``stored`` is the sentence of the snapshot or the check.

    A code without words of its own has its stored sentence as ``what``, and nothing else.
    """

    code: str
    severity: str
    what: str
    means: str
    do: str
    stored: str


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one kind and weight, which have the same meaning; at least one."""

    findings: tuple[Explained, ...]

    @property
    def first(self) -> Explained:
        return self.findings[0]


def explained(finding: FindingLike) -> Explained:
    """Pure, and never raises: what is stored may be of any version."""
    words = _words_of(finding.code)
    if words is None:
        return Explained(finding.code, finding.severity, finding.what, "", "", finding.what)
    what = words.happened(finding.what)
    return Explained(finding.code, finding.severity, what, words.means, words.do, finding.what)


def stored(row: Mapping[str, Any]) -> Stored:
    """The finding of one of `SnapshotInfo.findings`; what an older version left out is empty."""
    return Stored(*(str(row.get(name, "")) for name in ("code", "what", "severity")))


def grouped(findings: Iterable[FindingLike]) -> tuple[Group, ...]:
    """Those of one code and severity together, problems first, else in the order given; what is said twice stands once."""
    held: dict[tuple[str, str], dict[str, Explained]] = {}
    for one in map(explained, findings):
        held.setdefault((one.code, one.severity), {}).setdefault(one.what, one)
    made = [Group(tuple(rows.values())) for rows in held.values()]
    return tuple(sorted(made, key=lambda group: group.first.severity != "problem"))


def not_there(stored: str) -> str:
    """Why a kind of record is not in a snapshot, by the stored sentence; any other text stays as it is."""
    for code in _NOT_THERE:
        words = ALL_WORDS[code]
        if any(re.fullmatch(pattern, stored, re.DOTALL) for pattern, _ in words.said):
            return words.happened(stored)
    return _LEFT_OUT.get(stored, stored)


def _words_of(code: str) -> Words | None:
    """Why a report cannot be read is in the code of its finding, after ``control_``."""
    found = ALL_WORDS.get(code)
    return REPORT_UNREADABLE if found is None and code.startswith("control_") else found
