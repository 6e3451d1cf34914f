"""Cells of a column made for many rows in one pass, where most rows show something of their own.

They are those that the column's own way gives row by row; a list of tens of thousands of rows costs a third of it so.
Where many rows show the same, such as names, each is made once instead: see ``Listing.rows``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from akika_forensics.twin.reports.listings.columns import EMPTY, NO_DAY, Shown, amount
from akika_forensics.twin.reports.listings.names import Cell

type Pass = Callable[..., list[Cell]]
"""Takes the values of each fact of the column, row by row."""


def _texts(_: Shown) -> Pass:
    return lambda texts: [{"value": text or ""} for text in texts]


def _days(_: Shown) -> Pass:
    return lambda days: [{"value": day or NO_DAY} for day in days]


def _types(_: Shown) -> Pass:
    return lambda labels, ids: [{"value": label, "id": one} for label, one in zip(labels, ids, strict=True)]


def _amounts(_: Shown) -> Pass:
    return lambda some: [EMPTY if cents is None else {"value": amount(cents)} for cents in some]


class _Signs(dict[str | None, int]):
    """By account; an amount without one stays as it is."""

    def __init__(self, sign: Callable[[str], int]) -> None:
        super().__init__()
        self._sign = sign

    def __missing__(self, account: str | None) -> int:
        found = self[account] = self._sign(account) if account else 1
        return found


def _natural(shown: Shown) -> Pass:
    signs = _Signs(shown.names.sign)

    def cells(some: Iterable[int | None], accounts: Iterable[str | None]) -> list[Cell]:
        return [
            EMPTY if cents is None else {"value": amount(signs[account] * cents)}
            for cents, account in zip(some, accounts, strict=True)
        ]

    return cells


def _authors(which: str) -> Callable[[Shown], Pass]:
    def maker(shown: Shown) -> Pass:
        known = {user: {"value": name} for user, name in shown.authors.plain().items()}

        def cells(entities: Iterable[Any], ids: Iterable[Any], users: Iterable[Any]) -> list[Cell]:
            return [
                known.get(user) or {"value": shown.authors.name(which, entity, one, user)}
                for entity, one, user in zip(entities, ids, users, strict=True)
            ]

        return cells

    return maker


AT_ONCE: Final[dict[str, Callable[[Shown], Pass]]] = {
    "txn_type": _types,
    "doc_num": _texts,
    "memo": _texts,
    "due_date": _days,
    "create_by": _authors("created"),
    "last_mod_by": _authors("modified"),
    "nat_amount": _natural,
    "subt_nat_amount": _natural,
    "subt_nat_home_amount": _natural,
    "nat_foreign_amount": _natural,
    "rbal_nat_amount": _amounts,
    "rbal_nat_home_amount": _amounts,
}
"""By key of the column."""
