"""Fill a twin from payloads: a folder of ``Entity.jsonl`` files, or the records of a snapshot.

Payloads are kept byte for byte and served so until the twin itself changes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.money import ZERO, cents
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.documents import totals
from akika_forensics.twin.loading import folder as folders
from akika_forensics.twin.loading import opening_entry, openings, placeholders, shape
from akika_forensics.twin.loading.bulk import Bulk
from akika_forensics.twin.loading.folder import Loaded
from akika_forensics.twin.loading.intake import Intake
from akika_forensics.twin.loading.load_report import LoadReport, Note, Opening
from akika_forensics.twin.loading.order import position
from akika_forensics.twin.loading.placeholder_scene import number
from akika_forensics.twin.loading.raw import Unposted
from akika_forensics.twin.sample import company

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

type Body = dict[str, Any]

UNEXPLAINED: Final = "Balances that the documents do not explain"


def load_folder(twin: Twin, folder: Path) -> LoadReport:
    """Load a folder of ``Entity.jsonl`` files into an empty twin.

    What is cited but not there becomes a labelled placeholder; recorded balances beyond the documents become one
    labelled opening journal entry against Opening Balance Equity. Everything else that was odd is announced.
    Raises WrongUse, before anything is loaded, when a line is no JSON object or the folder holds no records.
    """
    report = LoadReport()
    records = folders.read_folder(folder, report)
    if not records:
        raise WrongUse(f"{folder} holds no records.", do="Give a folder whose Entity.jsonl files are not all empty.")
    recorded = {record.key: record.body for record in records}
    settings = _settings(recorded, report)
    made = placeholders.fill(recorded | settings, report)
    with twin.bulk() as bulk:
        _put(bulk, records, report)
        for key, body in (settings | made).items():
            bulk.add(key.entity, payloads.encode(body))
    opening_entry.open_stock(twin)
    _announce_oddities(records, report)
    opening_entry.post_incomplete(twin, recorded | settings | made, report)
    opening_entry.open_balances(twin, recorded, _sound(recorded), settings | made, report)
    return report


def load_records(
    twin: Twin,
    records: Iterable[tuple[str, bytes]],
    *,
    opening: Mapping[str, Decimal] | None = None,
    opening_date: date | None = None,
) -> LoadReport:
    """Load a snapshot's payloads into an empty twin, as the stage of a rehearsal.

    Nothing is made up: what is cited but not there is announced. ``opening`` (account Id to amount, debit positive) is
    what the documents do not explain of the company's accounts and enters as one opaque posting on ``opening_date``;
    without it, the recorded balances of the accounts say what that is.
    """
    report = LoadReport()
    with twin.bulk() as bulk:
        intake = Intake(bulk)
        intake.take_all(records)
    intake.announce_arrival(report)
    opening_entry.open_stock(twin)
    intake.announce_oddities(report)
    recorded = dict(intake.bodies("Account", "Customer", "Vendor"))
    opening_entry.post_incomplete(twin, recorded | _bodies(twin, twin.unposted), report)
    intake.announce_dangling(report)
    at_home = opening_entry.announce_abroad(twin, _sound(recorded), report)
    unexplained = dict(opening) if opening is not None else _unexplained(twin, at_home)
    amounts = {account: cents(amount) for account, amount in unexplained.items() if cents(amount)}
    if not amounts:
        return report
    rest = sum(amounts.values(), ZERO)
    equity = opening_entry.equity_account(recorded)
    if rest and equity:
        amounts[equity] = amounts.get(equity, ZERO) - rest
    elif rest:
        raise WrongUse("The opening balances do not balance, and the company has no Opening Balance Equity account.")
    twin.post_opaque(opening_date or openings.day_before(intake.days), amounts, UNEXPLAINED)
    for account, amount in amounts.items():
        key = RecordKey("Account", account)
        report.openings.append(Opening((key,), f"{key} opens with what no document explains.", account, amount))
    return report


def _settings(recorded: Mapping[RecordKey, Body], report: LoadReport) -> dict[RecordKey, Body]:
    """CompanyInfo and Preferences when the records have none."""
    made: dict[RecordKey, Body] = {}
    present = {key.entity for key in recorded}
    if "CompanyInfo" not in present:
        made[RecordKey("CompanyInfo", "1")] = company.company_info()
        report.announce(
            f"No CompanyInfo was recorded; the company is called {company.COMPANY_NAME}.", RecordKey("CompanyInfo", "1")
        )
    if "Preferences" not in present:
        made[RecordKey("Preferences", "1")] = _plain_preferences(recorded)
        report.announce(
            "No Preferences were recorded; those of the sample company stand in.", RecordKey("Preferences", "1")
        )
    return made


def _plain_preferences(recorded: Mapping[RecordKey, Body]) -> Body:
    """The sample's preferences without a default that this company has no record of."""
    body = company.preferences()
    if RecordKey("Term", "3") not in recorded:
        body["SalesFormsPrefs"].pop("DefaultTerms")
    if RecordKey("Account", "86") not in recorded:
        body["SalesFormsPrefs"].pop("DefaultDiscountAccount")
    if RecordKey("TaxCode", "2") not in recorded:
        body["TaxPrefs"].pop("TaxGroupCodeRef")
    return body


def _put(bulk: Bulk, records: list[Loaded], report: LoadReport) -> None:
    for record in sorted(records, key=lambda record: position(record.key, record.body)):
        fault = shape.fault(record.key.entity, record.body)
        bulk.add(record.key.entity, record.payload, record.body, post=fault is None)
        if fault is not None:
            report.announce(
                f"{record.key} is not in the shape of its kind: {fault}; it is kept as it is and not posted.",
                record.key,
            )
    by_entity: dict[str, list[RecordKey]] = {}
    for record in records:
        by_entity.setdefault(record.key.entity, []).append(record.key)
    for entity, keys in sorted(by_entity.items()):
        text = f"{len(keys)} {entity} record{'s' if len(keys) > 1 else ''} loaded as they came."
        report.loaded.append(Note(tuple(sorted(keys, key=number)), text))


def _bodies(twin: Twin, left: Iterable[Unposted]) -> dict[RecordKey, Body]:
    found = ((RecordKey(one.entity, one.id), twin.get(one.entity, one.id)) for one in left)
    return {key: body for key, body in found if body is not None}


def _sound(recorded: Mapping[RecordKey, Body]) -> dict[RecordKey, Body]:
    """Accounts, customers and vendors whose balances can be read."""
    carry = {"Account", "Customer", "Vendor"}
    return {
        key: body for key, body in recorded.items() if key.entity in carry and shape.fault(key.entity, body) is None
    }


def _announce_oddities(records: list[Loaded], report: LoadReport) -> None:
    for record in records:
        if record.key.entity not in CATALOGUE:
            report.announce(f"{record.key} is of a kind that this software does not know; it is kept.", record.key)
            continue
        difference = totals.disagreement(record.key.entity, record.body)
        if difference:
            report.announce(f"{record.key} does not add up: {difference}.", record.key)


def _unexplained(twin: Twin, recorded: Mapping[RecordKey, Body]) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = {}
    for line in openings.differences(recorded, opening_entry.posted_by(twin), opening_entry.control_accounts(recorded)):
        if line.account:
            amounts[line.account] = amounts.get(line.account, ZERO) + line.amount
    return amounts
