"""Invoices that would be paid by credits of their own accord are left to a person, and whatever needs them."""

from __future__ import annotations

from typing import Any

import pytest

from akika_forensics.model.payload import encode
from akika_forensics.model.record import Record, RecordKey
from akika_forensics.restore.auto_credit import met_by_credits
from akika_forensics.restore.document import Action
from akika_forensics.restore.work import Item


def _record(entity: str, ident: str, **body: Any) -> Record:
    return Record(RecordKey(entity, ident), encode({"Id": ident, **body}))


def _item(entity: str, ident: str, action: Action, customer: str) -> Item:
    return Item(RecordKey(entity, ident), action, {"CustomerRef": {"value": customer}}, None, (), "")


def _prefs(*, applies: bool) -> Record:
    return _record("Preferences", "1", SalesFormsPrefs={"AutoApplyCredit": applies})


INVOICE = _item("Invoice", "7", Action.RECREATE, "3")
OPEN = _record("CreditMemo", "9", CustomerRef={"value": "3"}, Balance=5)


@pytest.mark.parametrize(
    ("items", "now", "met"),
    [
        ([INVOICE], [_prefs(applies=True), OPEN], True),
        ([INVOICE], [OPEN, _prefs(applies=True)], True),
        ([INVOICE], [_prefs(applies=False), OPEN], False),
        ([INVOICE], [OPEN], False),
        ([INVOICE], [_prefs(applies=True)], False),
        ([INVOICE], [_prefs(applies=True), _record("CreditMemo", "9", CustomerRef={"value": "3"}, Balance=0)], False),
        ([INVOICE], [_prefs(applies=True), _record("CreditMemo", "9", CustomerRef={"value": "4"}, Balance=5)], False),
        ([INVOICE, _item("CreditMemo", "9", Action.RECREATE, "3")], [_prefs(applies=True)], True),
        ([_item("Invoice", "7", Action.REVERT, "3")], [_prefs(applies=True), OPEN], False),
        ([_item("Invoice", "7", Action.RECREATE, "")], [_prefs(applies=True), OPEN], False),
    ],
)
def test_an_invoice_is_met_where_a_credit_of_its_customer_is_or_becomes_open(
    items: list[Item], now: list[Record], met: bool
) -> None:
    assert met_by_credits(items, now) == ({INVOICE.key} if met else set())
