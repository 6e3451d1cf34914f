"""Documents in another currency than the company's: which they must have, at which rate, and what that is at home.

A document has its party's currency, an account its own; a document may touch accounts of its currency and of the home
currency, control accounts of its own only. Source: QuickBooks API, Currency rule of section 3 (2410 and 6000 observed);
"Manage multiple currencies".
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from akika_forensics.model.catalogue import CATALOGUE, linked_entity
from akika_forensics.model.money import cents, money
from akika_forensics.model.references import links_of
from akika_forensics.twin import book_faults, faults, schema, settings
from akika_forensics.twin.ledger import accounts, rates
from akika_forensics.twin.request import Write, ref_id
from akika_forensics.twin.session import Session

_PARTY: Final = {
    "Invoice": "Customer",
    "SalesReceipt": "Customer",
    "Estimate": "Customer",
    "CreditMemo": "Customer",
    "RefundReceipt": "Customer",
    "Payment": "Customer",
    "Bill": "Vendor",
    "VendorCredit": "Vendor",
    "PurchaseOrder": "Vendor",
    "BillPayment": "Vendor",
}
_BETWEEN: Final = {
    "Transfer": ("FromAccountRef", "ToAccountRef"),
    "CreditCardPayment": ("CreditCardAccountRef", "BankAccountRef"),
}
_HELD: Final = {"Purchase": "AccountRef", "Deposit": "DepositToAccountRef"}
_RATED: Final = frozenset({*_PARTY, *_BETWEEN, *_HELD, "JournalEntry"})
_CONTROL_REFS: Final = frozenset({"ARAccountRef", "APAccountRef"})
ONE_FOREIGN: Final = "You can only use one foreign currency per transaction."
CONTROL_CURRENCY: Final = "The transaction needs to be in the same currency as the A/R and A/P accounts you use."


def choose(write: Write, body: dict[str, Any]) -> None:
    """Settle CurrencyRef and ExchangeRate before anything is reckoned. Raises 2410, 6000, 2080.

    A company with one currency ignores an ExchangeRate.
    """
    if write.entity not in _RATED:
        return
    session = write.session
    if not settings.multicurrency(session):
        kept = (write.old or {}).get("ExchangeRate")
        body.pop("ExchangeRate", None)
        if kept is not None:
            body["ExchangeRate"] = kept
        return
    own, fixed = _own(session, write.entity, body)
    home = settings.home_code(session)
    taken = own if session.beliefs.choice("currency_left_out") == "of_the_name" else home
    code = ref_id(body, "CurrencyRef") or taken
    body["CurrencyRef"] = {"value": code}
    rate = _rate(write, body, code)
    if fixed and code != own:
        raise faults.business(ONE_FOREIGN)
    body["ExchangeRate"] = rate


def _rate(write: Write, body: dict[str, Any], code: str) -> Decimal:
    if code == settings.home_code(write.session):
        return rates.ONE
    rate = money(body.get("ExchangeRate"))
    if rate < 0:
        raise faults.malformed("ExchangeRate", "number", rate)
    if rate:
        return rate
    found = None
    if write.session.beliefs.choice("rate_left_out") == "from_the_list":
        found = rates.lookup(write.session, code, str(body.get("TxnDate") or write.today.isoformat())[:10])
    if found is None:
        raise book_faults.no_rate()
    return found


def _own(session: Session, entity: str, body: dict[str, Any]) -> tuple[str, bool]:
    """The currency of the document's name or account, and whether the document can have no other."""
    home = settings.home_code(session)
    if entity in _PARTY:
        return _code(session, _PARTY[entity], ref_id(body, f"{_PARTY[entity]}Ref")), True
    if entity in _BETWEEN:
        sides = {_code(session, "Account", ref_id(body, field)) for field in _BETWEEN[entity]} - {home}
        if len(sides) > 1:
            raise faults.business(ONE_FOREIGN)
        return next(iter(sides), home), True
    if entity in _HELD:
        holder = body.get("EntityRef") or {}
        kind = str(holder.get("type", "")).capitalize()
        if kind in {"Customer", "Vendor"}:
            return _code(session, kind, ref_id(body, "EntityRef")), True
        code = _code(session, "Account", ref_id(body, _HELD[entity]))
        return code, code != home
    return home, False


def _code(session: Session, entity: str, record_id: str | None) -> str:
    return rates.code_of(session, session.find(entity, record_id) if record_id else None)


def finish(write: Write, body: dict[str, Any]) -> None:
    """Check what the document touches and write its amounts in home currency. Raises 6000.

    A company with one currency shows no home amounts. Source: QuickBooks API, HomeTotalAmt, HomeBalance; journal
    entries are recorded without.
    """
    session, entity = write.session, write.entity
    if entity not in _RATED or not settings.multicurrency(session):
        return
    _check_accounts(session, entity, body)
    _check_names(session, entity, body)
    fields = schema.fields_of(entity)
    rate = rates.of(session, body)
    if "HomeTotalAmt" in fields and entity != "JournalEntry":
        body["HomeTotalAmt"] = cents(money(body.get("TotalAmt")) * rate)
    if "HomeBalance" in fields and "Balance" in body:
        body["HomeBalance"] = cents(money(body["Balance"]) * rate)


def _check_accounts(session: Session, entity: str, body: dict[str, Any]) -> None:
    code, home = rates.code_of(session, body), settings.home_code(session)
    for link in links_of(entity, body):
        if link.target is None or link.target.entity != "Account" or link.read_only:
            continue
        own = _code(session, "Account", link.target.id)
        control = link.path in _CONTROL_REFS or accounts.account_type(session, link.target.id) in {
            accounts.RECEIVABLE,
            accounts.PAYABLE,
        }
        if control and own != code:
            raise faults.business(CONTROL_CURRENCY)
        if own not in {home, code}:
            raise faults.business(ONE_FOREIGN)


def _check_names(session: Session, entity: str, body: dict[str, Any]) -> None:
    """The name on a line of a control account, and what a deposit or a payment takes up, have the same currency."""
    code = rates.code_of(session, body)
    for line in body.get("Line", []):
        found = line.get("JournalEntryLineDetail") or line.get("DepositLineDetail") or {}
        kind = accounts.account_type(session, ref_id(found, "AccountRef") or "")
        named = found.get("Entity") or {}
        party = {accounts.RECEIVABLE: "Customer", accounts.PAYABLE: "Vendor"}.get(kind)
        record_id = ref_id(named, "EntityRef") if entity == "JournalEntry" else ref_id(found, "Entity")
        if party and record_id and _code(session, party, record_id) != code:
            raise faults.business(CONTROL_CURRENCY)
        for link in line.get("LinkedTxn", []):
            target = linked_entity(str(link.get("TxnType", "")))
            cited = session.find(target, str(link.get("TxnId"))) if target in CATALOGUE else None
            if cited is not None and rates.code_of(session, cited) != code:
                raise faults.business(ONE_FOREIGN)


def of_account(write: Write, body: dict[str, Any]) -> None:
    """An account's currency: chosen when it is made, and then for good; income, expenses and equity are kept at home.

    Source: "Manage multiple currencies". Raises 6000 for a sub-account of another currency than its parent.
    """
    session = write.session
    if write.old is not None and "CurrencyRef" in write.old:
        body["CurrencyRef"] = write.old["CurrencyRef"]
    if body.get("Classification") in {"Revenue", "Expense", "Equity"}:
        body["CurrencyRef"] = settings.home_currency(session)
    parent = ref_id(body, "ParentRef")
    if not ref_id(body, "CurrencyRef"):
        body["CurrencyRef"] = settings.currency(session, _code(session, "Account", parent))
    if parent is not None and _code(session, "Account", parent) != rates.code_of(session, body):
        raise faults.business("A sub-account must have the same currency as its parent.")


def of_party(write: Write, body: dict[str, Any]) -> None:
    """A customer's or vendor's currency: chosen when it is made; another one in an update is ignored.

    A sub-customer has its parent's. Source: QuickBooks API, Customer; observed on a vendor (200 and unchanged).
    """
    session = write.session
    if write.old is not None and "CurrencyRef" in write.old:
        body["CurrencyRef"] = write.old["CurrencyRef"]
    elif session.beliefs.choice("vendor_currency_on_create") == "ignored" and write.entity == "Vendor":
        body["CurrencyRef"] = settings.home_currency(session)
    parent = session.find(write.entity, ref_id(body, "ParentRef") or "")
    if not ref_id(body, "CurrencyRef"):
        body["CurrencyRef"] = settings.currency(session, rates.code_of(session, parent))
    if parent is not None and rates.code_of(session, parent) != rates.code_of(session, body):
        raise faults.business(ONE_FOREIGN)


def of_preferences(write: Write, body: dict[str, Any]) -> None:
    """Other currencies are taken up once and for good, and the home currency never changes.

    What an update says otherwise is ignored. Source: "Manage multiple currencies".
    """
    old = (write.old or {}).get("CurrencyPrefs") or {}
    wanted = body.setdefault("CurrencyPrefs", {})
    if "HomeCurrency" in old:
        wanted["HomeCurrency"] = old["HomeCurrency"]
    asked = bool(wanted.get("MultiCurrencyEnabled")) and write.session.beliefs.choice("multicurrency_by_api") == "taken"
    wanted["MultiCurrencyEnabled"] = bool(old.get("MultiCurrencyEnabled")) or asked
    if wanted["MultiCurrencyEnabled"]:
        accounts.system(write.session, "exchange")
