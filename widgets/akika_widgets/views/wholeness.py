"""Snapshots and how whole they are, as tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Protocol

from akika_forensics.model.company import Company
from akika_widgets.views.markup import Markup, shortened, tag
from akika_widgets.views.sentences import sentence
from akika_widgets.views.table import LONG, ROWS, TableView, marked


class SnapshotLike(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def company(self) -> Company: ...
    @property
    def taken_at(self) -> datetime: ...
    @property
    def records(self) -> int: ...
    @property
    def new_versions(self) -> int: ...
    @property
    def complete(self) -> bool: ...
    @property
    def scoped(self) -> bool: ...


class FindingLike(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def severity(self) -> str: ...


class SnapshotsView(TableView):
    """Snapshots in the order given: when, of which company, how many records, whether whole. Times are UTC."""

    nothing = "there is no snapshot yet."

    def __init__(self, snapshots: Iterable[SnapshotLike], *, title: str = "Snapshots", limit: int = ROWS) -> None:
        self.snapshots = tuple(snapshots)
        super().__init__(title, "times are UTC", limit)

    def plain(self) -> str:
        if not self.snapshots:
            return f"{self.title}: {self.nothing}"
        lines = [
            f"  {one.id:<6} {when(one.taken_at)}  {one.records:>8,} records  {_whole(one)[1] if one.complete else 'NOT WHOLE'}  {shortened(one.company.name, 60)}"
            for one in self.snapshots[: self.limit]
        ]
        return "\n".join([self.title, *lines])

    def html(self) -> Markup:
        if not self.snapshots:
            return self._empty()
        rows = [
            tag(
                "tr",
                tag("th", shortened(one.id, 40), scope="row"),
                tag("td", when(one.taken_at)),
                tag("td", tag("bdi", shortened(one.company.name, LONG))),
                tag("td", f"{one.records:,}", class_="ak-number"),
                tag("td", f"{one.new_versions:,}", class_="ak-number"),
                tag("td", marked(*_whole(one)) if one.complete else marked("≠", "not whole", "removed")),
            )
            for one in self.snapshots
        ]
        headings = [
            ("Snapshot", False),
            ("Taken", False),
            ("Company", False),
            ("Records", True),
            ("New versions", True),
            ("Whole", False),
        ]
        return self._drawn(headings, rows)


def _whole(one: SnapshotLike) -> tuple[str, str, str]:
    return ("·", "some records", "quiet") if one.scoped else ("✓", "whole", "good")


class FindingsView(TableView):
    """What was found in a snapshot: problems first, then what is worth knowing."""

    nothing = "nothing was found that should not be."

    def __init__(self, findings: Iterable[FindingLike], *, title: str = "Findings", limit: int = ROWS) -> None:
        held = tuple(findings)
        self.findings = tuple(sorted(held, key=lambda one: one.severity != "problem"))
        problems = sum(one.severity == "problem" for one in held)
        super().__init__(
            title,
            f"{problems:,} problem{'' if problems == 1 else 's'}, {len(held) - problems:,} worth knowing"
            if held
            else "",
            limit,
        )

    def plain(self) -> str:
        if not self.findings:
            return f"{self.title}: {self.nothing}"
        return "\n".join(
            [
                f"{self.title}: {self.sub}",
                *(f"  {one.severity}: {shortened(one.what, LONG)}" for one in self.findings[: self.limit]),
            ]
        )

    def html(self) -> Markup:
        if not self.findings:
            return self._empty()
        rows = [
            tag("tr", tag("td", _severity(one.severity)), tag("td", tag("bdi", sentence(shortened(one.what, LONG)))))
            for one in self.findings
        ]
        return self._drawn([("Kind", False), ("What", False)], rows)


class ExplainedLike(FindingLike, Protocol):
    @property
    def means(self) -> str: ...
    @property
    def do(self) -> str: ...
    @property
    def stored(self) -> str: ...


class ExplainedView(FindingsView):
    """The same with what each finding means for the books and what to do; the sentence that is recorded opens below."""

    def __init__(self, findings: Iterable[ExplainedLike], *, title: str = "Findings", limit: int = ROWS) -> None:
        held = tuple(findings)
        super().__init__(held, title=title, limit=limit)
        self.explained = tuple(sorted(held, key=lambda one: one.severity != "problem"))

    def plain(self) -> str:
        if not self.explained:
            return super().plain()
        lines = [
            f"  {one.severity}: {' '.join(part for part in (shortened(one.what, LONG), one.means, one.do) if part)}"
            for one in self.explained[: self.limit]
        ]
        return "\n".join([f"{self.title}: {self.sub}", *lines])

    def html(self) -> Markup:
        if not self.explained:
            return self._empty()
        rows = [
            tag(
                "tr",
                tag("td", _severity(one.severity)),
                tag("td", tag("bdi", sentence(shortened(one.what, LONG))), _recorded(one)),
                tag("td", sentence(shortened(one.means, LONG))),
                tag("td", sentence(shortened(one.do, LONG))),
            )
            for one in self.explained
        ]
        headings = [("Kind", False), ("What happened", False), ("For the books", False), ("What to do", False)]
        return self._drawn(headings, rows)


def _recorded(one: ExplainedLike) -> Markup | None:
    """Nothing when the sentence above is the recorded one, but for the capital that it begins with there."""
    if (one.stored[:1].upper(), one.stored[1:]) == (one.what[:1].upper(), one.what[1:]):
        return None
    return tag("details", tag("summary", "As it is recorded"), tag("bdi", shortened(one.stored, LONG)))


def _severity(word: Any) -> Markup:
    return marked("≠", "problem", "removed") if word == "problem" else marked("·", shortened(str(word), 40), "quiet")


def when(instant: datetime) -> str:
    """``2026-11-23 10:00:07``, UTC."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
