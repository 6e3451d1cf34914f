"""By how much payers that are not there must have settled documents whose recorded balance is less than their amount."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Final

from akika_forensics.model.money import CENT, ZERO, cents
from akika_forensics.model.record import RecordKey
from akika_forensics.model.references import links_of
from akika_forensics.twin.loading.body_values import amount_of
from akika_forensics.twin.loading.order import number

if TYPE_CHECKING:
    from akika_forensics.twin.loading.placeholder_scene import Scene

PAYERS: Final = ("Payment", "BillPayment")

type Shares = dict[tuple[RecordKey, RecordKey], Decimal]
"""By document and payer."""


def shares_of(scene: Scene, half_paid: Iterable[RecordKey]) -> tuple[Shares, list[tuple[RecordKey, ...]]]:
    """What each missing payer settled of each of the ``half_paid`` documents, and the documents whose rest several share alike.

    A payer whose money was deposited settles as much as that; the rest is divided among the others.
    """
    shares: Shares = {}
    divided: list[tuple[RecordKey, ...]] = []
    room: dict[RecordKey, Decimal] = {}
    for document in sorted(half_paid, key=number):
        payers = _missing_payers(scene, document)
        if not payers:
            continue
        rest = _unexplained(scene, document)
        for payer in [payer for payer in payers if scene.deposited(payer)]:
            part = max(min(room.get(payer, scene.deposited(payer)), rest), ZERO)
            room[payer] = room.get(payer, scene.deposited(payer)) - part
            shares[document, payer] = part
            rest -= part
        others = [payer for payer in payers if (document, payer) not in shares]
        if len(others) > 1 and rest > 0:
            divided.append((document, *others))
        for payer, part in zip(others, _split(max(rest, ZERO), len(others)), strict=True):
            shares[document, payer] = part
    return shares, divided


def _missing_payers(scene: Scene, document: RecordKey) -> list[RecordKey]:
    found = {
        link.target
        for link in links_of(document.entity, scene.recorded[document])
        if link.linked and link.target is not None and link.target.entity in PAYERS
    }
    return sorted((key for key in found if key not in scene.recorded), key=number)


def _unexplained(scene: Scene, document: RecordKey) -> Decimal:
    body = scene.recorded[document]
    open_amount = body.get("RemainingCredit", body.get("Balance"))
    paid = sum(
        (
            amount_of(scene.line(citation).get("Amount"))
            for citation, _ in scene.sources(document, *PAYERS)
            if citation.linked and citation.source in scene.recorded
        ),
        ZERO,
    )
    return amount_of(body.get("TotalAmt")) - amount_of(open_amount) - paid


def _split(amount: Decimal, parts: int) -> list[Decimal]:
    """``amount`` in ``parts`` equal parts to the cent; the first takes the rest."""
    if not parts:
        return []
    each = (amount / parts).quantize(CENT, rounding=ROUND_DOWN)
    return [cents(amount - each * (parts - 1)), *([each] * (parts - 1))]
