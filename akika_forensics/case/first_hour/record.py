"""The first hour of one company as the vault keeps it: what was done, by whom, and the files that were kept by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import msgspec

from akika_forensics.capture import deletions
from akika_forensics.capture.entities import in_feed
from akika_forensics.capture.incremental import covered
from akika_forensics.case.companies import FIRST_HOUR
from akika_forensics.case.first_hour import slices
from akika_forensics.case.first_hour.deadlines import Deadline, Known, deadlines
from akika_forensics.case.first_hour.slices import Slice
from akika_forensics.case.first_hour.steps import AUDIT_LOG, BY_NAME, CAPTURE, STEPS, Step
from akika_forensics.case.first_hour.stored import Done, KeptFile, Mark, Stored, read_stored
from akika_forensics.case.turns import file_of, turn
from akika_forensics.custody import CustodyLog
from akika_forensics.custody.leaving import leaves, listed
from akika_forensics.custody.log import operator
from akika_forensics.errors import VaultDamaged, WrongUse
from akika_forensics.model import instants
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.company import Company
from akika_forensics.model.instants import format_instant, parse_instant
from akika_forensics.vault import SnapshotInfo, Vault

KEPT: Final = "evidence_kept"
_STEP: Final = "first_hour_step"
_BEGUN: Final = "first_hour_begun"
_HANDED_OUT: Final = "evidence_handed_out"
_LARGEST: Final = 100_000_000
"""Bytes of one file: it is sealed in one piece."""
_LONGEST: Final = 10_000
"""Characters of a note."""
_LONGEST_NAME: Final = 120
"""Bytes of the name under which a file is handed out, besides its number."""

_PATIENCE: Final = 10.0


@dataclass(frozen=True, slots=True)
class Row:
    """A step as it stands. ``by``, ``at`` and ``note`` are of whoever said so last; ``by_itself``: a capture did."""

    step: Step
    state: Done
    by: str = ""
    at: datetime | None = None
    note: str = ""
    files: tuple[KeptFile, ...] = ()
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """The list as it stands. ``incident`` is None before somebody said when it began; then there are no deadlines yet."""

    incident: datetime | None
    what: str
    rows: tuple[Row, ...]
    deadlines: tuple[Deadline, ...]

    @property
    def open(self) -> int:
        return sum(row.state == "open" for row in self.rows)


class FirstHour:
    """Of one company of a vault. Threads and processes of one machine may share it. ``by`` names whoever works."""

    def __init__(
        self,
        vault: Vault,
        name: str,
        company: Company,
        *,
        by: Callable[[], str] = operator,
        now: Callable[[], datetime] = instants.now,
    ) -> None:
        self._vault, self._company, self._now = vault, company, now
        self._slot = vault.slot(FIRST_HOUR + name)
        self._custody = CustodyLog(vault, by=by, company=company)
        self._turn = file_of("first-hour", vault.id, FIRST_HOUR + name)

    # -- looking -----------------------------------------------------------------------------------------------------

    def standing(self, *, ends: datetime | None = None, last_day: datetime | None = None) -> Standing:
        """How the list stands; ``ends`` and ``last_day`` are those of the connection. Raises NewerFormat, VaultDamaged."""
        stored = self._stored()
        incident = parse_instant(stored.incident) if stored.incident else None
        after = self._captured_since(incident)
        taken = after[0] if after else None
        rows = tuple(_row(step, stored, taken) for step in STEPS)
        known = Known(ends, last_day, *_deletions_known(after))
        return Standing(incident, stored.what, rows, deadlines(incident, known) if incident else ())

    def slices(self, first: date | None = None, last: date | None = None) -> tuple[Slice, ...]:
        """The Audit Log of these days, cut; without ``first`` all that is still there, two years."""
        kept = [_slice(one) for one in self._stored().kept if one.step == AUDIT_LOG and one.days]
        return slices.every(self._now(), first, last, kept)

    def _captured_since(self, incident: datetime | None) -> list[SnapshotInfo]:
        """The whole snapshots of this company that were begun after the incident, oldest first."""
        if incident is None:
            return []
        ours = self._vault.pseudonym(self._company)
        return [
            info
            for info in self._vault.snapshots()
            if info.complete
            and not info.scoped
            and info.taken_at >= incident
            and self._vault.pseudonym(info.company) == ours
        ]

    # -- doing -------------------------------------------------------------------------------------------------------

    def begin(self, incident: datetime, what: str = "") -> None:
        """Say when it began (aware), and in a few words what it is. Raises WrongUse for a time that is still to come."""
        if incident > self._now():
            raise WrongUse(
                "The incident lies in the future.", do="Give the time at which it began: 2026-11-23T10:00:00Z."
            )
        at, words = format_instant(incident), _note(what)
        with self._exclusive():
            stored = self._stored()
            self._custody.record(
                _BEGUN, f"An incident that began at {at} is looked into.", self._about({"incident": at, "words": words})
            )
            self._write(stored, incident=at, what=words or stored.what)

    def mark(self, name: str, state: Done, note: str = "") -> None:
        """Tick a step, say that it is not needed, or open it again. Raises WrongUse."""
        step, words = _step(name), _note(note)
        if state == "not_needed" and not words:
            raise WrongUse(f"{step.title!r} is left out without a reason.", do="Say why in a note.")
        with self._exclusive():
            stored = self._stored()
            act = self._custody.record(
                _STEP, f"First hour: {step.title}: {WORDS[state]}.", self._about({"step": name, "note": words})
            )
            made = Mark(state, act.by, format_instant(act.at), words)
            self._write(stored, marks={**stored.marks, name: made})

    def keep(
        self, name: str, files: Sequence[tuple[str, bytes]], *, days: Slice | None = None, note: str = ""
    ) -> list[KeptFile]:
        """Seal files with a step and tick it: names without folders, bytes as they are. Durable when it returns.

        ``days``: which slice of the Audit Log a file is. Raises WrongUse for a step that keeps none, an empty or too large
        file, or one that is kept already.
        """
        step, words = _step(name), _note(note)
        if not step.files:
            raise WrongUse(f"Nothing is kept for {step.title!r}.", do="`akika first-hour tick` says that it is done.")
        if days is not None and name != AUDIT_LOG:
            raise WrongUse("Days are those of a slice of the Audit Log.", do="Leave --days away.")
        with self._exclusive():
            stored = self._stored()
            _check_files(files, stored)
            sealed = [self._vault.put_document("evidence", data, self._company) for _, data in files]
            found = [slices.counted(days, each, data) if days else None for each, data in files]
            rows = [listed(each, data) for each, data in files]
            many = "1 file" if len(files) == 1 else f"{len(files)} files"
            act = self._custody.record(
                KEPT,
                f"{many} kept by hand: {step.title}.",
                self._about({"production": self._company.production, "step": name, "note": words, "files": rows}),
                sealed,
            )
            kept = [
                KeptFile(
                    name, row["name"], stored_file.path, row["sha256"], row["length"], act.by, format_instant(act.at),
                    f"{cut.first}..{cut.last}" if cut else "", cut.rows if cut else None,
                )
                for row, stored_file, cut in zip(rows, sealed, found, strict=True)
            ]  # fmt: skip
            mark = Mark("done", act.by, format_instant(act.at), words)
            self._write(stored, kept=[*stored.kept, *kept], marks={**stored.marks, name: mark})
        return kept

    def hand_out(self, name: str, out: Path) -> list[Path]:
        """Write what was kept for a step into a new folder, byte for byte. It leaves the vault, and custody says so. Raises WrongUse."""
        step = _step(name)
        kept = [one for one in self._stored().kept if one.step == name]
        if not kept:
            raise WrongUse(f"Nothing was kept for {step.title!r}.", do="`akika first-hour` shows what was.")
        if out.exists():
            raise WrongUse(f"{out} is there already.", do="Name a folder that is not.")
        opened = [(one, self._opened(one)) for one in kept]
        out.mkdir(mode=0o700, parents=True)
        made: list[Path] = []
        try:
            for number, (one, data) in enumerate(opened, 1):
                # Two files may have the same name, and a name may come from anywhere.
                file = out / f"{number:03d}-{_safe(one.name)}"
                made.append(file)
                file.write_bytes(data)
            leaves(
                self._custody,
                _HANDED_OUT,
                f"What was kept by hand was handed out: {step.title}.",
                to=out.absolute(),
                files=[listed(file.name, data) for file, (_, data) in zip(made, opened, strict=True)],
                details=self._about({"step": name}),
            )
        except BaseException:
            # Nothing leaves the vault without an entry that says so.
            for file in made:
                file.unlink(missing_ok=True)
            out.rmdir()
            raise
        return made

    def _opened(self, one: KeptFile) -> bytes:
        data = self._vault.get_document(one.path)
        if hashlib.sha256(data).hexdigest() != one.sha256:
            raise VaultDamaged(f"The kept file {one.name} is not the one that was kept.", do="Run `akika verify`.")
        return data

    # -- the slot ----------------------------------------------------------------------------------------------------

    def _exclusive(self) -> AbstractContextManager[None]:
        return turn(self._turn, "The list of the first hour", patience=_PATIENCE)

    def _stored(self) -> Stored:
        data = self._slot.read()
        return Stored() if data is None else read_stored(data)

    def _write(self, stored: Stored, **changed: object) -> None:
        self._slot.write(msgspec.json.encode(msgspec.structs.replace(stored, **changed)))

    def _about(self, details: dict[str, object]) -> dict[str, object]:
        return {"realm": self._company.realm_id, **details}


WORDS: Final[dict[str, str]] = {"done": "done", "not_needed": "not needed", "open": "open"}


def _deletions_known(after: Sequence[SnapshotInfo]) -> tuple[str, datetime | None, tuple[str, ...]]:
    """The snapshot that knows deletions from the earliest time on, that time, and of which kinds it knows nothing."""
    told = [(info.id, *deletions.known_of_all(info.fence, _in_feed(info))) for info in after]
    if not told:
        return "", None, ()
    return min(told, key=lambda one: (one[1] is None, one[1] or instants.now(), len(one[2])))


def _in_feed(info: SnapshotInfo) -> list[str]:
    return [name for name in covered(info.fence) if name in CATALOGUE and in_feed(name)]


def _row(step: Step, stored: Stored, taken: SnapshotInfo | None) -> Row:
    files = tuple(one for one in stored.kept if one.step == step.name)
    mark = stored.marks.get(step.name)
    if step.name == CAPTURE and taken is not None and (mark is None or mark.state == "open"):
        return Row(step, "done", "akika", taken.taken_at, f"snapshot {taken.id}", files, by_itself=True)
    if mark is None:
        return Row(step, "open", files=files)
    return Row(step, mark.state, mark.by, parse_instant(mark.at), mark.note, files)


def _slice(one: KeptFile) -> Slice:
    days = slices.read_days(one.days)
    return Slice(days.first, days.last, one.rows, one.name)


def _step(name: str) -> Step:
    if name not in BY_NAME:
        raise WrongUse(f"There is no step {name!r}.", do=f"The steps are {', '.join(BY_NAME)}.")
    return BY_NAME[name]


def _note(text: str) -> str:
    if len(text) > _LONGEST:
        raise WrongUse(f"The note is longer than {_LONGEST:,} characters.", do="Keep it as a file.")
    return text.strip()


def _check_files(files: Sequence[tuple[str, bytes]], stored: Stored) -> None:
    if not files:
        raise WrongUse("No file was named.", do="Name the files to keep.")
    have = {one.sha256: one for one in stored.kept}
    for name, data in files:
        if not data:
            raise WrongUse(f"{name} is empty.", do="Export it again.")
        if len(data) > _LARGEST:
            raise WrongUse(f"{name} is larger than {_LARGEST // 1_000_000} MB.", do="Split it.")
        known = have.get(hashlib.sha256(data).hexdigest())
        if known is not None:
            raise WrongUse(f"{name} is kept already, as {known.name} of {BY_NAME[known.step].title!r}.")


def _safe(name: str) -> str:
    """A file's name without what leads elsewhere or acts in a terminal."""
    kept = "".join(letter if letter.isprintable() and letter not in '/\\:*?"<>|' else "_" for letter in name)
    # A file system counts bytes, of which a letter may take four.
    return kept.lstrip(".").encode()[:_LONGEST_NAME].decode(errors="ignore") or "file"
