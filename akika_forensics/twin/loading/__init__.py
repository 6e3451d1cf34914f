"""Fill a twin from payloads: a folder of ``Entity.jsonl`` files, or the records of a snapshot.

Payloads are kept byte for byte and served so until the twin itself changes them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.model import payload as payloads
from akika_forensics.model.money import ZERO, cents
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.loading import folder as folders
from akika_forensics.twin.loading import opening_entry, openings, placeholders, shape
from akika_forensics.twin.loading.bulk import uncollected
from akika_forensics.twin.loading.intake import Intake
from akika_forensics.twin.loading.load_report import LoadReport, Opening
from akika_forensics.twin.loading.raw import Unposted
from akika_forensics.twin.sample import company

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

type Body = dict[str, Any]

_BALANCED: Final = ("Account", "Customer", "Vendor")
UNEXPLAINED: Final = "Balances that the documents do not explain"


@uncollected()
def load_folder(twin: Twin, folder: Path) -> LoadReport:
    """Load a folder of ``Entity.jsonl`` files into an empty twin.

    What is cited but not there becomes a labelled placeholder; recorded balances beyond the documents become one
    labelled opening journal entry against Opening Balance Equity. Everything else that was odd is announced.
    Raises WrongUse, before anything is loaded, when a line is no JSON object or the folder holds no records.
    """
    report = LoadReport()
    with twin.bulk() as bulk:
        intake = Intake(bulk)
        recorded = intake.recorded
        intake.take_all(folders.records(folder, report))
        if not recorded:
            raise WrongUse(
                f"{folder} holds no records.", do="Give a folder whose Entity.jsonl files are not all empty."
            )
        intake.announce_arrival(report)
        settings = _settings(recorded, report)
        made = settings | placeholders.fill(recorded, settings, report)
        for key, body in made.items():
            bulk.add(key.entity, payloads.encode(body))
    intake.announce_kept(report)
    opening_entry.open_stock(twin)
    intake.announce_oddities(report)
    lists = dict(recorded.of(*_BALANCED))
    opening_entry.post_incomplete(twin, lists | _bodies(twin, twin.unposted) | made, report)
    opening_entry.open_balances(twin, recorded, _sound(lists), made, report)
    return report


@uncollected()
def load_records(
    twin: Twin,
    records: Iterable[tuple[str, bytes]],
    *,
    opening: Mapping[str, Decimal] | None = None,
    opening_date: date | None = None,
    opening_costs: Mapping[str, Decimal] | None = None,
) -> LoadReport:
    """Load a snapshot's payloads into an empty twin, as the stage of a rehearsal.

    Nothing is made up: what is cited but not there is announced. ``opening`` (account Id to amount, debit positive) is
    what the documents do not explain of the company's accounts and enters as one opaque posting on ``opening_date``;
    without it, the recorded balances of the accounts say what that is. ``opening_costs`` (by item Id) is what a unit of first stock cost
    where a purchase price was changed since.
    """
    report = LoadReport()
    with twin.bulk(opening_costs=opening_costs) as bulk:
        intake = Intake(bulk)
        intake.take_all((entity, payload, "") for entity, payload in records)
    intake.announce_arrival(report)
    intake.announce_kept(report)
    opening_entry.open_stock(twin)
    intake.announce_oddities(report)
    recorded = dict(intake.recorded.of(*_BALANCED))
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
    twin.post_opaque(opening_date or openings.day_before(intake.seen.days), amounts, UNEXPLAINED)
    for account, amount in amounts.items():
        key = RecordKey("Account", account)
        report.openings.append(Opening((key,), f"{key} opens with what no document explains.", account, amount))
    return report


def _settings(recorded: Collection[RecordKey], report: LoadReport) -> dict[RecordKey, Body]:
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


def _plain_preferences(recorded: Collection[RecordKey]) -> Body:
    """The sample's preferences without a default that this company has no record of."""
    body = company.preferences()
    if RecordKey("Term", "3") not in recorded:
        body["SalesFormsPrefs"].pop("DefaultTerms")
    if RecordKey("Account", "86") not in recorded:
        body["SalesFormsPrefs"].pop("DefaultDiscountAccount")
    if RecordKey("TaxCode", "2") not in recorded:
        body["TaxPrefs"].pop("TaxGroupCodeRef")
    return body


def _bodies(twin: Twin, left: Iterable[Unposted]) -> dict[RecordKey, Body]:
    found = ((RecordKey(one.entity, one.id), twin.get(one.entity, one.id)) for one in left)
    return {key: body for key, body in found if body is not None}


def _sound(recorded: Mapping[RecordKey, Body]) -> dict[RecordKey, Body]:
    """Those whose balances can be read."""
    return {key: body for key, body in recorded.items() if shape.fault(key.entity, body) is None}


def _unexplained(twin: Twin, recorded: Mapping[RecordKey, Body]) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = {}
    for line in openings.differences(recorded, opening_entry.posted_by(twin), opening_entry.control_accounts(recorded)):
        if line.account:
            amounts[line.account] = amounts.get(line.account, ZERO) + line.amount
    return amounts
