"""What a snapshot answers first: whether it is whole, quiet, counted, tied out; and when and how it was taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from akika_forensics.case.captured import TypeCount
from akika_forensics.case.scopes import said_of
from akika_forensics.model.instants import parse_instant
from akika_forensics.model.money import ZERO
from akika_forensics.vault import SnapshotInfo, VerifyReport
from akika_widgets.views.listing import Cell, Column, Listing, Mark
from akika_widgets.views.wording import amount


def in_short(
    info: SnapshotInfo,
    *,
    problems: int,
    counts: Sequence[TypeCount],
    lines: int,
    residual: Decimal,
    lost: int,
    vault: VerifyReport,
) -> Listing:
    """The questions a reader asks first, each with its answer.

    ``problems``: findings that say that something is missing. ``lines`` of reports were compared, ``residual`` is the largest left.
    ``lost``: records that others need and that are not there.
    """
    fence = info.fence
    quiet = bool(fence.get("quiet"))
    counted = [one for one in counts if one.reported is not None]
    disagreeing = sum(not one.agrees for one in counts)
    rows = [
        _answer(
            "Is everything there that can be read?",
            info.complete,
            "whole",
            "not whole",
            f"{info.records:,} records; {problems:,} findings say that something is missing"
            if problems
            else f"{info.records:,} records",
        ),
        _answer(
            "Did the books stand still at the end?",
            quiet,
            "yes",
            "no",
            f"{int(fence.get('passes', 0)):,} further readings; the last found {'nothing new' if quiet else 'more'}",
        ),
        _answer(
            "Do the numbers of records agree?",
            not disagreeing,
            "agree",
            "do not agree",
            f"{len(counted) - disagreeing:,} of {len(counted):,} record types against QuickBooks' own count",
        ),
        _answer(
            "Does the trial balance tie out?",
            bool(lines) and residual == ZERO,
            "to the cent",
            "no" if lines else "not compared",
            f"{lines:,} lines against QuickBooks' own report; largest residual {amount(residual)}",
        ),
        _answer(
            "Does every reference lead somewhere?",
            not lost,
            "yes",
            "no",
            f"{lost:,} records are needed by others and were not captured"
            if lost
            else "no captured record needs one that is not there",
        ),
        _answer(
            "Is the vault as it was written?",
            vault.ok,
            "undamaged",
            "damaged",
            f"{vault.files:,} files read to their end",
        ),
    ]
    return Listing(
        "The snapshot in short", [Column("Question"), Column("Answer", "state"), Column("Rests on", "quiet")], rows
    )


def interval(info: SnapshotInfo) -> Listing:
    """When, from where and how the snapshot was taken. Times are QuickBooks' own clock, UTC."""
    fence = info.fence
    seconds = int((info.finished_at - info.taken_at).total_seconds())
    scope: list[tuple[Cell, ...]] = [("Of", "some records", said_of(info))] if info.scoped else []
    rows: list[tuple[Cell, ...]] = [
        *scope,
        ("Company", info.company.name, f"realm {info.company.realm_id} at {info.company.host}"),
        ("Begun", _when(info.taken_at), "by QuickBooks' clock, UTC"),
        ("Ended", _when(info.finished_at), f"{seconds:,} seconds later" if seconds != 1 else "1 second later"),
        ("Changes followed from", _when(fence.get("from")), "everything that moved since was read again"),
        (
            "Changes followed to",
            _when(fence.get("to")),
            "the state that the snapshot shows" if fence.get("quiet") else "and still something moved",
        ),
        ("Further readings", int(fence.get("passes", 0)), "of what had changed, until nothing had"),
        ("Requests", info.requests, "all of them reads; a capture cannot write to QuickBooks"),
        ("Records", info.records, f"{info.new_versions:,} of them new to the vault in this form"),
        ("Signed as", _grouped(info.digest), "SHA-256 of the snapshot's entry in the vault's chain"),
    ]
    columns = [Column("What"), Column("Said by the snapshot"), Column("Meaning", "quiet")]
    return Listing(f"Snapshot {info.id}", columns, rows)


def _answer(question: str, good: bool, yes: str, no: str, rests: str) -> tuple[str, Mark, str]:
    return (question, Mark("✓", yes, "good") if good else Mark("≠", no, "removed"), rests)


def _grouped(digest: str) -> str:
    """A digest that can be read aloud and broken into lines."""
    return " ".join(digest[at : at + 16] for at in range(0, len(digest), 16))


def _when(value: object) -> str:
    if isinstance(value, str) and value:
        value = parse_instant(value)
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else "not known"
