"""Lists of a company page by page, and searches in them, in the steadiest order that QuickBooks accepts."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

import httpx
import msgspec

from akika_forensics.errors import Fault, WrongUse
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import answers, statements
from akika_forensics.quickbooks.answers import Rows, Slice
from akika_forensics.quickbooks.paging import Page, PagePlan, pages_in_turn
from akika_forensics.quickbooks.questions import Questions, number_of

READ_WITHOUT_ID: Final = frozenset({"CompanyInfo", "Preferences"})
"""Entities of which there is one, read without naming it."""

_QUERY_REFUSED: Final = frozenset({"4000", "4001"})
_NAMES_ACTIVE: Final = re.compile(r"\bactive\b", re.IGNORECASE)


class Lists:
    """Remembers which way of asking each entity was accepted. Threads may share it.

    ``read`` gives a single record, for the entities of which there is only one.
    """

    def __init__(self, questions: Questions, read: Callable[[RecordKey], Slice | None]) -> None:
        self._questions, self._read = questions, read
        self._lock = threading.Lock()
        self._forms: dict[str, int] = {}
        self._search_orders: dict[str, int] = {}

    def page(self, entity: str, position: int, size: int) -> Page:
        """One page of the list of an entity, inactive ones too."""
        asked = f"the list of {entity}"
        if CATALOGUE[entity].queryable is False:
            return self._listed_by_read(entity, position, size)
        forms = _forms(entity)
        form = self._forms.get(entity, 0)
        while True:
            inactive, order = forms[form]
            where = statements.everything(entity, inactive=inactive)
            statement = statements.select(entity, where, order=order, start=position, size=size)
            try:
                rows, at = self._questions.query(entity, statement, asked)
            except Fault as error:
                if not error.fault_codes & _QUERY_REFUSED or form + 1 == len(forms):
                    if entity in READ_WITHOUT_ID and position == 1:
                        cut = self._read(RecordKey(entity, "1"))
                        return Page(1, size, () if cut is None else (cut,), self._questions.server_time)
                    raise
                form += 1
                continue
            with self._lock:
                self._forms[entity] = max(form, self._forms.get(entity, 0))
            return Page(position, size, rows.slices, at, (*_notes_of_form(entity, forms, form), *notes(entity, rows)))

    def search(self, entity: str, where: str) -> list[Slice]:
        """All records that a condition meets; inactive ones too unless the condition speaks of ``Active``."""
        whole = including_inactive(entity, where)
        orders = _orders(entity)
        for at in range(self._search_orders.get(entity, 0), len(orders)):
            try:
                found = self._searched(entity, whole, orders[at])
            except Fault as error:
                # Whether the order or the condition was refused, the answer does not tell for certain.
                if not error.fault_codes & _QUERY_REFUSED or at + 1 == len(orders):
                    raise
                continue
            with self._lock:
                self._search_orders[entity] = at
            return found
        raise AssertionError("the last order returns or raises")

    def _searched(self, entity: str, whole: str, order: str) -> list[Slice]:
        plan = PagePlan()
        found: dict[RecordKey, Slice] = {}
        for position in pages_in_turn(plan):
            statement = statements.select(entity, whole, order=order, start=position)
            rows, at = self._questions.query(entity, statement, f"a search in {entity}")
            plan.accept(Page(position, plan.size, rows.slices, at))
            found.update((cut.key, cut) for cut in rows.slices)
            if rows.lacks:
                raise _in_part(entity)
        if not plan.stable:
            raise _in_part(entity)
        return list(found.values())

    def _listed_by_read(self, entity: str, position: int, size: int) -> Page:
        row = CATALOGUE[entity]
        if not row.can("read"):
            raise WrongUse(f"QuickBooks offers no list of {entity}.")
        asked = f"the list of {entity}"
        if position > 1:
            return Page(position, size, (), self._questions.server_time)
        members, response = self._questions.get(row.path, {}, asked)
        group = members.get("QueryResponse")
        if group is None:
            group = msgspec.Raw(msgspec.json.encode({name: raw for name, raw in members.items() if name != "time"}))
        rows = answers.rows_of(entity, group, asked, number_of(response))
        at: datetime | None = answers.server_time(members, response)
        return Page(1, len(rows.slices) + 1, rows.slices, at, tuple(notes(entity, rows)))


def _in_part(entity: str) -> Fault:
    return Fault(
        f"A search in {entity} came in part: its pages do not follow one another, or lack rows.",
        status=httpx.codes.OK,
        means="What changed cannot be told by it.",
        do="Start again.",
    )


def including_inactive(entity: str, where: str) -> str:
    """A condition that meets inactive records too, unless it speaks of them itself."""
    return statements.everything(entity, where, inactive=not _NAMES_ACTIVE.search(where))


def _forms(entity: str) -> list[tuple[bool, str]]:
    """(inactive too, order), the best first; later ones are for a service that refuses the earlier."""
    if entity in READ_WITHOUT_ID:
        return [(True, statements.UNORDERED)]
    orders = _orders(entity)
    switches = (True, False) if statements.hides_inactive(entity) else (True,)
    return [(inactive, order) for inactive in switches for order in orders]


def _orders(entity: str) -> list[str]:
    """The orders of a list, the steadiest first."""
    by_id = [statements.BY_ID] if statements.BY_ID in CATALOGUE[entity].sortable else []
    return [*by_id, statements.BY_CHANGE, statements.UNORDERED]


def _notes_of_form(entity: str, forms: list[tuple[bool, str]], form: int) -> Iterator[tuple[str, str]]:
    inactive, order = forms[form]
    if not inactive:
        yield "inactive_hidden", f"QuickBooks refused to list inactive {entity} records."
    if order == forms[0][1]:
        return
    if order == statements.BY_CHANGE:
        yield "ordered_by_change", f"QuickBooks refused to list {entity} by {forms[0][1]}; it was listed by {order}."
    else:
        yield "order_refused", f"QuickBooks refused to list {entity} by {forms[0][1]}."


def notes(entity: str, rows: Rows) -> Iterator[tuple[str, str]]:
    """(code, sentence) of what is odd about the rows of a list."""
    for name in rows.unknown:
        yield "unknown_key", f"The list of {entity} came with the unknown key {name!r}."
    if rows.declared is not None and rows.declared != len(rows.slices) + len(rows.deleted):
        yield "rows_missing", f"A page of {entity} declared {rows.declared} rows and held {len(rows.slices)}."
