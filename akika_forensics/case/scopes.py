"""Snapshots of some records: what they say of themselves, what they are compared by, which snapshots know their records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from akika_forensics.books import Finding
from akika_forensics.changes import CheckReport
from akika_forensics.errors import WrongUse
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.company import Company
from akika_forensics.model.instants import parse_instant
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.vault import Snapshot, SnapshotInfo, Vault
from akika_forensics.vault.chains.authority import CAPTURE
from akika_forensics.vault.keys.roles import NotAllowed

_ID: Final = re.compile(r"-?[0-9]{1,40}")


def said_of(info: SnapshotInfo) -> str:
    """What a snapshot of some records is, in a sentence; empty for one of a whole company."""
    if not info.scoped:
        return ""
    scope = info.fence.get("scope", {})
    asked, read = list(scope.get("asked", ())), len(scope.get("read", ()))
    until = parse_instant(str(info.fence.get("to")))
    base = info.fence.get("base")
    rest = f"everything else is as in snapshot {base}" if base else "nothing else is in it"
    return f"Snapshot {info.id} is of {_named(asked)}: {read:,} records were read until {until:%Y-%m-%d %H:%M:%S} UTC; {rest}."


def alone(info: SnapshotInfo) -> bool:
    """Whether a snapshot holds nothing but some records."""
    return info.scoped and not info.fence.get("base")


def in_scope(info: SnapshotInfo) -> frozenset[RecordKey]:
    """The records that were read for a snapshot of some records, and those that were found to be gone."""
    scope = info.fence.get("scope", {})
    return frozenset(RecordKey.parse(str(one)) for name in ("read", "gone") for one in scope.get(name, ()))


class Narrowed:
    """A snapshot, of which some records are looked at alone."""

    def __init__(self, snapshot: Snapshot, keys: Iterable[RecordKey]) -> None:
        self._snapshot, self._keys = snapshot, frozenset(keys)

    def index(self) -> pl.DataFrame:
        wanted = pl.DataFrame(sorted(self._keys), schema={"entity": pl.String, "id": pl.String}, orient="row")
        return self._snapshot.index().join(wanted, on=["entity", "id"], how="semi")

    def get_many(self, keys: Iterable[RecordKey]) -> Mapping[RecordKey, Record]:
        return self._snapshot.get_many([key for key in keys if key in self._keys])

    def records(self) -> Iterator[Record]:
        found = self._snapshot.get_many(self._keys)
        return iter([found[key] for key in sorted(found)])


def comparable(before: Snapshot, after: Snapshot) -> tuple[Snapshot | Narrowed, Snapshot | Narrowed]:
    """Two snapshots as they can be compared: where one holds some records alone, by those."""
    scopes = [in_scope(one.info) for one in (before, after) if alone(one.info)]
    if not scopes:
        return before, after
    keys = frozenset.intersection(*scopes)
    return Narrowed(before, keys), Narrowed(after, keys)


def compared_by(before: SnapshotInfo, after: SnapshotInfo) -> tuple[str, ...]:
    """What is to be said of a comparison, a sentence for each snapshot of some records, and one where only those are compared."""
    said = [one for one in map(said_of, (before, after)) if one]
    if alone(before) or alone(after):
        said.append("Only those records are compared.")
    return tuple(said)


def held_by(info: SnapshotInfo) -> str:
    """``with 312 records``, or for one of some records which were asked for."""
    if not info.scoped:
        return f"with {info.records} records"
    scope = info.fence.get("scope", {})
    return f"of {_named(scope.get('asked', ()))} and what belongs to it, {len(scope.get('read', ()))} records,"


def _named(asked: Sequence[str]) -> str:
    return ", ".join(asked[:3]) + (f" and {len(asked) - 3} more" if len(asked) > 3 else "")


def chosen(records: Iterable[str | RecordKey], *, full: bool) -> tuple[RecordKey, ...]:
    """The records that a capture is to be of; none for one of everything. Raises WrongUse for what cannot be asked for."""
    keys = tuple(dict.fromkeys(one if isinstance(one, RecordKey) else RecordKey.parse(one) for one in records))
    if keys and full:
        raise WrongUse("A capture is of some records or of every one.", do="Leave out --full, or --record.")
    for key in keys:
        row = CATALOGUE.get(key.entity)
        if row is None or not row.can("read") or row.queryable is False:
            raise WrongUse(f"QuickBooks lets nobody ask for one {key.entity}.", do=f"It has {', '.join(CATALOGUE)}.")
        if not _ID.fullmatch(key.id):
            raise WrongUse(f"{key.id!r} is not an Id of QuickBooks.", do="Ids are numbers, such as Invoice:130.")
    return keys


def require_readable(vault: Vault, newest: Snapshot | None) -> None:
    """Raises NotAllowed where a capture of some records would have to read a snapshot that the member may not read."""
    if newest is not None and vault.member.role == CAPTURE:
        raise NotAllowed(
            f"{vault.member.name} may capture only.",
            means="What belongs to them is found in the snapshot before, which such a member cannot read. Nothing was asked of QuickBooks.",
            do="Let a full member capture these records, or run `akika capture` without --record: it captures every one.",
        )


def judged(report: CheckReport, info: SnapshotInfo) -> CheckReport:
    """What a check found, as far as it says something about a snapshot of some records.

    That no report was compared is no finding there, because its records are of different times; and where nothing else is
    in it, there are no books to check: what the capture found is all that is said.
    """
    if not info.scoped:
        return report
    said = {str(row.get("code")) for row in info.findings}
    kept = [one for one in report.findings if one.code != "no_control" and (not alone(info) or one.code in said)]
    found = (*kept, Finding("some_records", said_of(info), None, "note"))
    return replace(report, complete=not any(one.severity == "problem" for one in found), findings=found)


def remembering(vault: Vault, company: Company, newest: Snapshot | None, keys: Iterable[RecordKey]) -> list[Snapshot]:
    """The last snapshots that hold those of the records that the company's newest one holds no longer."""
    if newest is None:
        return []
    own = vault.pseudonym(company)
    mine = [info.id for info in vault.snapshots() if vault.pseudonym(info.company) == own]
    wanted: set[int] = set()
    for key in keys:
        versions = vault.history(key, company)
        held = [at for at, one in enumerate(versions) if one.record is not None]
        if held and not versions[-1].present:
            # Where a file is lost, nobody can tell when it went: the last snapshot that surely had it is meant.
            wanted.add(max(mine.index(versions[held[-1] + 1].snapshot) - 1, 0))
    return [vault.snapshot(mine[at]) for at in sorted(wanted)]
