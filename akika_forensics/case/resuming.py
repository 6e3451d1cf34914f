"""An interrupted capture: gone on with where that is sound, else begun anew; custody tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Final

from akika_forensics.capture.draft import State, Unsound, sound
from akika_forensics.capture.incremental import RULES
from akika_forensics.custody import CustodyLog
from akika_forensics.errors import AkikaError, Interrupted, ServiceError, WrongCompany
from akika_forensics.model.company import Company
from akika_forensics.model.instants import format_instant
from akika_forensics.vault import Vault
from akika_forensics.vault.snapshots.writer import SnapshotWriter

ASKED: Final = "It was asked for."


@dataclass(frozen=True)
class Begun:
    """A snapshot to write. ``draft``: where an interrupted capture stood; ``dropped``: why it is not gone on with one,
    empty when there was none.
    """

    writer: SnapshotWriter
    draft: State | None
    dropped: str


@contextmanager
def begun(vault: Vault, company: Company, *, afresh: bool, go_on: bool = True) -> Iterator[Begun]:
    """Begin a snapshot, or go on with what an interrupted capture left, unless ``afresh``. Holds the vault's lock.
    Without ``go_on`` what was left is not looked at: a commit makes it useless.

    What was kept goes where another company turns out to have answered: nobody knows since when. Raises VaultLocked, VaultDamaged, StorageFailed.
    """
    with vault.lock("capture"), _without_what_another_company_answered(vault, company):
        asked = ASKED if afresh and vault.drop_draft(company) else ""
        found = _open(vault, company) if go_on else Begun(vault.begin_snapshot(company), None, "")
        custody = CustodyLog(vault, company=company)
        with found.writer:
            _tell(custody, found, asked)
            try:
                yield found if found.dropped or not asked else replace(found, dropped=asked)
            except (Interrupted, ServiceError, KeyboardInterrupt) as error:
                if go_on and vault.draft(company) is not None:
                    why = error.code if isinstance(error, AkikaError) else Interrupted.code
                    with suppress(AkikaError):  # what ended the capture is what is to be told
                        custody.record(
                            "capture_interrupted", "A capture was interrupted; what it read is kept.", {"why": why}
                        )
                raise


@contextmanager
def _without_what_another_company_answered(vault: Vault, company: Company) -> Iterator[None]:
    try:
        yield
    except WrongCompany as error:
        if vault.drop_draft(company):
            custody = CustodyLog(vault, company=company)
            why = "Another company answered, and nobody knows since when."
            custody.record(
                "capture_dropped", f"What an interrupted capture had left was dropped. {why}", {"why": error.what}
            )
        raise


def _open(vault: Vault, company: Company) -> Begun:
    writer = vault.begin_snapshot(company, draft=True)
    if writer.taken_up is None:
        return Begun(writer, None, writer.dropped)
    try:
        return Begun(writer, sound(writer.taken_up, rules=RULES), "")
    except Unsound as reason:
        with writer:
            pass
        vault.drop_draft(company)
        return Begun(vault.begin_snapshot(company), None, str(reason))


def _tell(custody: CustodyLog, found: Begun, asked: str) -> None:
    if found.draft is not None:
        began = format_instant(found.draft.start)
        custody.record(
            "capture_taken_up",
            f"A capture that began at {began} and was interrupted goes on.",
            {"began": began, "interrupted": found.draft.interrupted + 1},
        )
    elif found.dropped or asked:
        why = found.dropped or asked
        custody.record("capture_dropped", f"What an interrupted capture had left was dropped. {why}", {"why": why})
