"""What a plan may touch, and why each record is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import format_instant, parse_instant
from akika_forensics.model.record import RecordKey
from akika_forensics.restore.evidence import Evidence

OPEN: Final = datetime.max.replace(tzinfo=UTC)
"""The end of a span that reaches to the state a plan is made for: `Scope.until`."""


@dataclass(frozen=True, slots=True)
class ImportWindow:
    """Everything created in a span of time, of one entity or of all: what an import brought in. By QuickBooks' clock."""

    since: datetime
    until: datetime
    entity: str | None = None

    def holds(self, key: RecordKey, body: dict[str, Any]) -> bool:
        created = (body.get("MetaData") or {}).get("CreateTime")
        if not created or (self.entity and key.entity != self.entity):
            return False
        return self.since <= parse_instant(str(created)) <= self.until


@dataclass(frozen=True, slots=True)
class Scope:
    """Named records, imports, or the whole company; at least one of them."""

    records: tuple[RecordKey, ...] = ()
    imports: tuple[ImportWindow, ...] = ()
    everything: bool = False

    def __post_init__(self) -> None:
        if not (self.records or self.imports or self.everything):
            raise WrongUse(
                "The plan has no scope.",
                do="Name records (--record Invoice:130), an import (--import-since, --import-until) or --all.",
            )

    def until(self, moment: datetime) -> Scope:
        """The same, where spans that are open end at a moment of QuickBooks' clock."""
        return replace(
            self, imports=tuple(replace(one, until=moment) if one.until == OPEN else one for one in self.imports)
        )

    def candidates(self, evidence: Evidence) -> dict[RecordKey, str]:
        """The records to judge, each with the reason it is in scope, in a fixed order."""
        chosen = dict.fromkeys(self.records, "named in the scope")
        for key in self.records:
            if evidence.before.record(key) is None and evidence.now.record(evidence.live_key(key)) is None:
                raise WrongUse(
                    f"{key} is in neither state.",
                    means="It was not there in the snapshot to go back to and it is not there now.",
                    do="Check the record's entity and Id with `akika history`.",
                )
        if self.imports or self.everything:
            for key in evidence.moved():
                if key in chosen:
                    continue
                window = self._window(key, evidence)
                if window is not None:
                    chosen[key] = (
                        f"created by the import between {window.since:%Y-%m-%d %H:%M:%S} and {window.until:%H:%M:%S} UTC"
                    )
                elif self.everything:
                    chosen[key] = "differs from the state before, and the whole company is in scope"
        return chosen

    def names(self, key: RecordKey, evidence: Evidence) -> bool:
        """True when the scope names this very record or the import that made it."""
        return key in self.records or self._window(key, evidence) is not None

    def _window(self, key: RecordKey, evidence: Evidence) -> ImportWindow | None:
        if not self.imports or evidence.before.record(key) is not None:
            return None
        body = evidence.now_body(key)
        return next((window for window in self.imports if body is not None and window.holds(key, body)), None)

    def to_json(self) -> dict[str, Any]:
        return {
            "records": [str(key) for key in self.records],
            "imports": [
                {"since": format_instant(w.since), "until": format_instant(w.until), "entity": w.entity or ""}
                for w in self.imports
            ],
            "everything": self.everything,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Scope:
        return cls(
            records=tuple(RecordKey.parse(text) for text in value["records"]),
            imports=tuple(
                ImportWindow(parse_instant(w["since"]), parse_instant(w["until"]), w["entity"] or None)
                for w in value["imports"]
            ),
            everything=bool(value["everything"]),
        )


def scope_of(records: Sequence[str], *, everything: bool = False, imports: Sequence[ImportWindow] = ()) -> Scope:
    """A scope from the texts a person types; raises WrongUse."""
    return Scope(tuple(dict.fromkeys(RecordKey.parse(text) for text in records)), tuple(imports), everything)
