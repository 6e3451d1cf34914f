"""The attached files of a snapshot, in a folder of their own, under names that every file system takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from akika_forensics.case.export import staging
from akika_forensics.case.export.shape import distinct
from akika_forensics.model.record import Record, RecordKey

if TYPE_CHECKING:
    import polars as pl

FOLDER: Final = "attachments"

_LONGEST: Final = 120
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,10}")

type Progress = Callable[[str, int, int], None]


class Files(Protocol):
    """A snapshot, as far as its attached files go."""

    def records(self, entities: Iterable[str] | None = None) -> Iterator[Record]: ...
    def attachments(self) -> pl.DataFrame: ...
    def attachment(self, key: RecordKey) -> Iterator[bytes]: ...


def write_attached(snapshot: Files, folder: Path, progress: Progress | None) -> list[str]:
    """Write the attached files below ``folder``; their paths in it, ``attachments/ID-NAME``. None, and no folder, where there is none."""
    rows = snapshot.attachments().select("entity", "id").rows()
    if not rows:
        return []
    (folder / FOLDER).mkdir(mode=0o700)
    said = {record.key: _name_of(record) for record in snapshot.records(sorted({entity for entity, _ in rows}))}
    keys = [RecordKey(entity, record_id) for entity, record_id in rows]
    names = distinct(safe_name(key.id, said.get(key, "")) for key in keys)
    made = []
    for number, (key, name) in enumerate(zip(keys, names, strict=True)):
        if progress is not None:
            progress("writing attached files", number, len(keys))
        with staging.opened(folder / FOLDER / name) as stream:
            stream.writelines(snapshot.attachment(key))
        made.append(f"{FOLDER}/{name}")
    return made


def safe_name(record_id: str, said: str) -> str:
    """A name for a file from an Id and a name in the books: letters, digits, ``. _ -``, at most 120 of them.

    Whatever else there is becomes ``_``; the ending stays. It begins with the Id, so that it is no name of a device,
    no hidden file and no option of a command.
    """
    stem, ending = said, _ENDING.fullmatch(said[said.rfind(".") :]) if "." in said else None
    if ending is not None:
        stem = said[: said.rfind(".")]
    own = re.sub(r"[^A-Za-z0-9]+", "_", record_id)[:40].strip("_") or "0"
    clean = re.sub(r"[^A-Za-z0-9._-]+", "_", stem).strip("._-")
    end = ending.group() if ending is not None else ""
    whole = f"{own}-{clean}" if clean else own
    return whole[: _LONGEST - len(end)].rstrip(".") + end


def _name_of(record: Record) -> str:
    body: Any = record.body
    name = body.get("FileName") if isinstance(body, dict) else None
    return name if isinstance(name, str) else ""
