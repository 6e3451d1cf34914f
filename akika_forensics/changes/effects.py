"""What the differences of two snapshots did to the books: each cent with the changes that it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol

import polars as pl

from akika_forensics.books import AccountEffect, Ledger, effect
from akika_forensics.books.effects import MOVED, moved
from akika_forensics.changes.change import Change
from akika_forensics.changes.compare import Comparison
from akika_forensics.graph import ReferenceGraph, order
from akika_forensics.model.record import Record, RecordKey, label_of

FOLLOWS: Final = "follows"
"""What became of a document that nobody changed and that posts otherwise: it costs otherwise, or is paid at another rate."""

_LISTS: Final = frozenset(
    {"Account", "Item", "Preferences", "CompanyInfo", "TaxCode", "TaxRate", "TaxAgency", "ExchangeRate"}
)
"""What documents post by without naming all of it."""

TRACED: Final = pl.Schema(
    {
        **MOVED,
        "account_name": pl.String(),
        "name": pl.String(),
        "class_name": pl.String(),
        "department_name": pl.String(),
        "label": pl.String(),
        "kind": pl.String(),
        "was": pl.String(),
        "now": pl.String(),
        "because": pl.List(pl.String()),
    }
)
"""`books.effects.MOVED` with names. ``kind``: of the document's change, or `FOLLOWS`. ``was`` and ``now``: the record's digests in the vault's index (hexadecimal),
null where it is not in the snapshot, or is the same in both. ``because``: the changed records (``Invoice:130``) that a row comes from; the document itself where it was changed."""


class Source(Protocol):
    """What is needed of a snapshot: all its records, and some by their keys."""

    def records(self) -> Iterable[Record]: ...

    def get_many(self, keys: Iterable[RecordKey], /) -> Mapping[RecordKey, Record]: ...


@dataclass(frozen=True)
class Effect:
    """``accounts``: those whose balance differs over all time. ``rows``: columns of `TRACED`, a row a document, account, day and name; they add up to ``accounts``."""

    accounts: tuple[AccountEffect, ...]
    rows: pl.DataFrame


def traced(
    before: Source, after: Source, comparison: Comparison, opening_costs: Mapping[str, Decimal] | None = None
) -> Effect:
    """What the changes between two snapshots did to the books; as `effect_of`, document by document.

    ``opening_costs`` (as in `Ledger.of`) hold for both; an item of which they say nothing has in ``after`` those of ``before``. What stands
    in reports alone is not part of it.
    """
    was = Ledger.of(before.records(), opening_costs=opening_costs)
    now = Ledger.of(after.records(), opening_costs=was.opening_costs)
    rows = moved(was, now, [one.key for one in comparison.direct])
    causes = _causes(before, after, (was.frame, now.frame), rows, comparison)
    names = _names(before, after, rows)
    told = [_told(comparison.of(key), key, causes) for key in _documents(rows)]
    found = rows.join(
        pl.DataFrame(told, schema=_TOLD, orient="row"), on=["entity", "id"], how="left", maintain_order="left"
    ).with_columns(
        account_name=pl.Series([_account(was, now, one) for one in rows["account"]], dtype=pl.String),
        name=pl.Series(
            [_named(names, entity, key) for entity, key in rows.select("party_entity", "party").iter_rows()],
            dtype=pl.String,
        ),
        class_name=pl.Series([_named(names, "Class", key) for key in rows["class"]], dtype=pl.String),
        department_name=pl.Series([_named(names, "Department", key) for key in rows["department"]], dtype=pl.String),
    )
    return Effect(effect(was, now), found.select(pl.col(name).cast(kind) for name, kind in TRACED.items()))


_TOLD: Final = pl.Schema({name: TRACED[name] for name in ("entity", "id", "label", "kind", "was", "now", "because")})


def _documents(rows: pl.DataFrame) -> list[RecordKey]:
    return [RecordKey(*key) for key in rows.select("entity", "id").unique(maintain_order=True).iter_rows()]


def _told(change: Change | None, key: RecordKey, causes: Mapping[RecordKey, Iterable[RecordKey]]) -> tuple[Any, ...]:
    because = [str(one) for one in causes.get(key, ())]
    if change is None:
        return (*key, f"{key.entity} {key.id}", FOLLOWS, None, None, because)
    kind = FOLLOWS if change.consequence else change.kind
    return (*key, change.label, kind, _digest(change.before), _digest(change.after), because)


def _digest(record: Record | None) -> str | None:
    return None if record is None else record.digest.hex()


def _causes(
    before: Source, after: Source, frames: tuple[pl.DataFrame, pl.DataFrame], rows: pl.DataFrame, comparison: Comparison
) -> dict[RecordKey, tuple[RecordKey, ...]]:
    """The changed records behind each document: itself; else those that it cites or that cite it, and those that move its items; else changed lists."""
    direct = {one.key: one for one in comparison.direct}
    found: dict[RecordKey, tuple[RecordKey, ...]] = {key: (key,) for key in _documents(rows) if key in direct}
    left = [key for key in _documents(rows) if key not in direct]
    if not left:
        return found
    near: dict[RecordKey, set[RecordKey]] = {key: set() for key in left}
    for source, side in ((before, "before"), (after, "after")):
        changed = [record for one in direct.values() if (record := getattr(one, side)) is not None]
        graph = ReferenceGraph.of([*source.get_many(left).values(), *changed])
        for key in left:
            if key in graph:
                near[key].update(one for one in (*graph.needs(key), *graph.dependents(key)) if one in direct)
    moving = _by_item(frames, direct)
    for key, items in _items(frames, left).items():
        near[key].update(one for item in items for one in moving.get(item, ()) if one != key)
    lists = {key for key in direct if key.entity in _LISTS}
    for key in left:
        causes = near[key] or lists or ({key} if comparison.of(key) is not None else set())
        found[key] = tuple(sorted(causes, key=order))
    return found


def _items(frames: Iterable[pl.DataFrame], keys: Iterable[RecordKey]) -> dict[RecordKey, set[str]]:
    wanted = pl.DataFrame(list(keys), schema={"entity": pl.String, "id": pl.String}, orient="row")
    found: dict[RecordKey, set[str]] = {}
    for frame in frames:
        rows = frame.filter(pl.col("item").is_not_null()).join(wanted, on=["entity", "id"], how="semi")
        for entity, key, item in rows.select("entity", "id", "item").unique().iter_rows():
            found.setdefault(RecordKey(entity, key), set()).add(item)
    return found


def _by_item(frames: Iterable[pl.DataFrame], keys: Iterable[RecordKey]) -> dict[str, set[RecordKey]]:
    found: dict[str, set[RecordKey]] = {}
    for key, items in _items(frames, keys).items():
        for item in items:
            found.setdefault(item, set()).add(key)
    return found


def _names(before: Source, after: Source, rows: pl.DataFrame) -> dict[RecordKey, str]:
    """What parties, classes and locations are called; the later snapshot's word counts."""
    keys = {RecordKey(*key) for key in rows.select("party_entity", "party").drop_nulls().unique().iter_rows()}
    keys |= {RecordKey("Class", key) for key in rows["class"].drop_nulls().unique()}
    keys |= {RecordKey("Department", key) for key in rows["department"].drop_nulls().unique()}
    held = {**before.get_many(keys), **after.get_many(keys)}
    return {key: label_of(key.entity, record.body) for key, record in held.items()}


def _named(names: Mapping[RecordKey, str], entity: str | None, key: str | None) -> str | None:
    return None if entity is None or key is None else names.get(RecordKey(entity, key)) or f"{entity} {key}"


def _account(was: Ledger, now: Ledger, account: str) -> str:
    name = now.chart.name(account)
    return was.chart.name(account) if name == account else name
