"""The fields of a change as a person reads them: in order, in words, what belongs together in one row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from akika_forensics.model.record import RecordKey
from akika_widgets.views.document_lines import is_line, is_subtotal, line_of, line_words
from akika_widgets.views.gist import RecordLike, body_of, is_essential, leaves, rank
from akika_widgets.views.wording import amount, delta_text, field_words, is_quiet, value_text


class FieldChangeLike(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def before(self) -> Any: ...
    @property
    def after(self) -> Any: ...


class ChangeLike(Protocol):
    @property
    def key(self) -> RecordKey: ...
    @property
    def label(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def fields(self) -> Sequence[FieldChangeLike]: ...
    @property
    def consequence(self) -> bool: ...
    @property
    def before(self) -> RecordLike | None: ...
    @property
    def after(self) -> RecordLike | None: ...


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a difference; ``before`` or ``after`` is None where there was or is nothing."""

    path: str
    words: str
    before: str | None
    after: str | None
    delta: str
    quiet: bool


type Triple = tuple[str, Any, Any]


def is_whole(change: ChangeLike) -> bool:
    """True when the record itself came or went."""
    return change.kind in {"added", "removed"}


def leaf_rows_of(change: ChangeLike) -> list[Row]:
    """Every field of a change, one row each, in reading order."""
    return _sorted(_row(*triple) for triple in _references_joined(_opened(_triples(change))))


def rows_of(change: ChangeLike) -> list[Row]:
    """The fields of a change as a person reads them.

    A name and its Id that moved together are one row, and so is a line that came or went as a whole.
    A record that appeared or vanished shows only what a reader looks for first.
    """
    lines: list[Row | None] = []
    rest: list[Triple] = []
    for path, before, after in _triples(change):
        holder = after if before is None else before if after is None else None
        if is_line(path) and isinstance(holder, dict):
            lines.append(_line_row(path, dict(leaves(holder)), gone=after is None))
        else:
            rest.append((path, before, after))
    held = list(_opened(rest))
    whole = _whole_lines(held) if is_whole(change) else {}
    lines += [_line_row(path, fields, gone=change.kind == "removed") for path, fields in whole.items()]
    rows = [
        _row(*triple)
        for triple in _references_joined(one for one in held if (line_of(one[0]) or ("",))[0] not in whole)
    ]
    rows += [_moved(field.path, field.before, field.after) for field in change.fields if _is_move(field)]
    if is_whole(change):
        rows = [row for row in rows if is_essential(row.path) and not row.quiet]
    return _sorted([*rows, *(row for row in lines if row is not None)])


def _sorted(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.quiet, *rank(row.path)))


def _triples(change: ChangeLike) -> list[Triple]:
    """The differences of a change; of a record that came or went without any, the leaves of its payload."""
    if change.fields or not is_whole(change):
        return [(field.path, field.before, field.after) for field in change.fields if not _is_move(field)]
    added = change.kind == "added"
    held = leaves(body_of(change.after if added else change.before))
    return [(path, None, value) if added else (path, value, None) for path, value in held]


def _is_move(field: FieldChangeLike) -> bool:
    return getattr(field, "how", None) == "moved"


def _moved(path: str, before: Any, after: Any) -> Row:
    """Elements that stand in another order: their places before, then and now."""
    was, now = (", ".join(str(place + 1) for place in places) for places in (before, after))
    return Row(path, f"{field_words(path)} · Order", was, now, "", quiet=True)


def _whole_lines(triples: Sequence[Triple]) -> dict[str, dict[str, Any]]:
    lines: dict[str, dict[str, Any]] = {}
    for path, before, after in triples:
        found = line_of(path)
        if found is not None:
            lines.setdefault(found[0], {})[found[1]] = after if before is None else before
    return lines


def _line_row(path: str, fields: dict[str, Any], *, gone: bool) -> Row | None:
    if is_subtotal(fields):
        return None
    words, total = line_words(fields)
    delta = "" if total is None else amount(-total if gone else total, sign=True)
    return Row(path, field_words(path), words if gone else None, None if gone else words, delta, quiet=False)


def _opened(triples: Iterable[Triple]) -> Iterator[Triple]:
    """A whole object that appeared or vanished, as the rows of its leaves."""
    for path, before, after in triples:
        holder = after if before is None else before if after is None else None
        if (
            isinstance(holder, dict | list)
            and holder
            and not (isinstance(holder, dict) and {"value", "TxnId"} & set(holder))
        ):
            for inner, value in leaves(holder, path):
                yield (inner, None, value) if before is None else (inner, value, None)
        else:
            yield path, before, after


def _references_joined(triples: Iterable[Triple]) -> Iterator[Triple]:
    held = list(triples)
    names = {path.removesuffix(".name"): (before, after) for path, before, after in held if path.endswith(".name")}
    ids = {path.removesuffix(".value") for path, _, _ in held if path.endswith(".value")}
    for path, before, after in held:
        parent = path.removesuffix(".value")
        if path.endswith(".name") and path.removesuffix(".name") in ids:
            continue
        if parent != path and parent in names:
            old, new = names[parent]
            yield parent, _reference(before, old), _reference(after, new)
        else:
            yield path, before, after


def _reference(record_id: Any, name: Any) -> Any:
    return None if record_id is None and name is None else {"value": record_id, "name": name}


def _row(path: str, before: Any, after: Any) -> Row:
    old = None if before is None else value_text(path, before)
    new = None if after is None else value_text(path, after)
    return Row(path, field_words(path), old, new, delta_text(path, before, after), is_quiet(path))
