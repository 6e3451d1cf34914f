"""A folder of ``Entity.jsonl`` files, one payload a line; and which record a payload is, wherever it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import BY_KEY, CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.loading.load_report import LoadReport
from akika_forensics.twin.rules import rates, recurring

SUFFIX: Final = ".jsonl"
_BOM: Final = b"\xef\xbb\xbf"
_BESIDE: Final = {"ABOUT.txt", "SHA256SUMS"}
"""What an export says of itself."""


def records(folder: Path, report: LoadReport) -> Iterator[tuple[str, bytes, str]]:
    """Every record of the folder: its kind, its bytes, and its file and line.

    Raises WrongUse when the folder holds no ``Entity.jsonl`` file.
    """
    if not folder.is_dir():
        raise WrongUse(f"{folder} is not a folder.", do="Give a folder of Entity.jsonl files, such as an export makes.")
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix.lower() == SUFFIX)
    if not files:
        raise WrongUse(
            f"{folder} holds no Entity.jsonl file.",
            do="Give a folder in the layout that an export in the form jsonl writes: Invoice.jsonl, Customer.jsonl.",
        )
    for other in sorted({path.name for path in folder.iterdir() if path not in files} - _BESIDE):
        report.announce(f"{other} is not an Entity.jsonl file and was not read.")
    for path in files:
        yield from _lines(path, report)


def parse(payload: bytes, where: str) -> dict[str, Any]:
    """Decode one payload. Raises WrongUse naming ``where`` when it is no JSON object."""
    try:
        body = payloads.decode(payload)
    except WrongUse as error:
        raise WrongUse(
            f"{where} is not JSON.", means=error.what, do="Nothing was loaded. Correct or remove that line."
        ) from error
    if not isinstance(body, dict):
        raise WrongUse(
            f"{where} is JSON, but not an object.",
            means="Each line must be one record as QuickBooks sends it.",
            do="Nothing was loaded. Correct or remove that line.",
        )
    return body


@lru_cache(maxsize=1_000)
def entity_name(text: str) -> str:
    """The entity of a file's name: its own name in any case, or its key on the wire; unknown names stay as they are."""
    if text in CATALOGUE:
        return text
    by_lower = {name.lower(): name for name in CATALOGUE} | {key.lower(): row.name for key, row in BY_KEY.items()}
    return by_lower.get(text.lower(), text)


def _lines(path: Path, report: LoadReport) -> Iterator[tuple[str, bytes, str]]:
    blank = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            text = line
            if number == 1 and line.startswith(_BOM):
                report.announce(f"{path.name} begins with a byte order mark, which is not part of its first record.")
                text = line.removeprefix(_BOM)
            ended = text.endswith(b"\n")
            text = text.removesuffix(b"\n").removesuffix(b"\r")
            if text.strip():
                yield path.stem, text, f"{path.name}, line {number}"
            else:
                blank += ended
    if blank:
        report.announce(f"{path.name} has {blank} blank line{'s' if blank > 1 else ''}, skipped.")


def unwrapped(entity: str, payload: bytes, body: dict[str, Any], where: str) -> tuple[bytes, dict[str, Any], str]:
    """The record itself, out of an answer of the API around it, and what is to be said of that."""
    if _own_id(entity, body) is not None or not isinstance(_wrapped(entity, body), dict):
        return payload, body, ""
    own, inner = _unwrap(entity, payload, body)
    return own, inner, f"{where} is an answer of the API around one record; the record inside it was taken."


def id_of(entity: str, body: dict[str, Any], where: str) -> tuple[str | None, str]:
    """The record's Id, None when it has none, and what is to be said of it."""
    found = _own_id(entity, body)
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        return None, ""
    return str(found), "" if isinstance(found, str) else f"{where} carries its Id as a number."


def given_id(body: dict[str, Any], record_id: str, where: str) -> tuple[bytes, dict[str, Any], str]:
    """A record under an Id that it did not carry."""
    inner = {**body, "Id": record_id}
    return payloads.encode(inner), inner, f"{where} carries no Id; it was given {record_id}."


def _own_id(entity: str, body: dict[str, Any]) -> Any:
    """The Id of a payload: a template's is within, a rate goes by currencies and day. None when it has none."""
    if entity == recurring.ENTITY:
        return recurring.id_of(body) or None
    if entity == rates.ENTITY and "Id" not in body:
        return rates.key_of(body) or None
    return body.get("Id")


def _wrapped(entity: str, body: dict[str, Any]) -> Any:
    row = CATALOGUE.get(entity)
    return body.get(row.key if row else entity)


def _unwrap(entity: str, payload: bytes, body: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    row = CATALOGUE.get(entity)
    key = row.key if row else entity
    raw = msgspec.json.decode(payload, type=dict[str, msgspec.Raw])[key]
    return bytes(raw), body[key]


def age(body: dict[str, Any]) -> tuple[int, str]:
    """Of two versions the one with the greater age is the newer; of equal ones, the later."""
    token = str(body.get("SyncToken", ""))
    meta = body.get("MetaData")
    updated = meta.get("LastUpdatedTime") if isinstance(meta, dict) else None
    return (int(token) if token.isascii() and token.isdigit() else -1, str(updated or ""))


def twice(key: RecordKey, earlier: tuple[bytes, str], later: tuple[bytes, str], kept: str) -> str:
    """What is said of two versions of a record: the bytes of each and where they are, and which is kept."""
    if payloads.digest(earlier[0]) == payloads.digest(later[0]):
        return f"{key} comes twice with the same content ({earlier[1]}; {later[1]})."
    return f"{key} comes twice ({earlier[1]}; {later[1]}); {kept} is the newer one and was kept."
