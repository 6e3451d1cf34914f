"""The one labelled journal entry that opens recorded balances, and placeholders that agree with what is posted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from akika_forensics.model import payload as payloads
from akika_forensics.model.catalogue import CATALOGUE
from akika_forensics.model.money import ZERO, money, money_text
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.documents import links, totals
from akika_forensics.twin.ledger import accounts, document, entry, inventory, posting
from akika_forensics.twin.loading import openings, placeholder_lists, placeholders, stock_facts
from akika_forensics.twin.loading.body_values import inner
from akika_forensics.twin.loading.load_report import LoadReport, Note
from akika_forensics.twin.loading.order import number
from akika_forensics.twin.loading.recorded import Recorded
from akika_forensics.twin.session import Cache, Session
from akika_forensics.twin.tables import PostingRow

if TYPE_CHECKING:
    from akika_forensics.twin.engine import Twin

type Body = dict[str, Any]


def posted_by(twin: Twin) -> openings.Posted:
    """What the twin's ledger holds now, each account and party in its own currency."""
    accounts = {account: Decimal(value) / 100 for account, value in twin.store.own_balances().items()}
    control = [
        account
        for account in accounts
        if (body := twin.get("Account", account)) is not None
        and body.get("AccountType") in {"Accounts Receivable", "Accounts Payable"}
    ]
    parties = {
        RecordKey(*party.split(":", 1)): Decimal(value) / 100
        for party, value in twin.store.party_balances(control).items()
        if ":" in party
    }
    return openings.Posted(accounts, parties)


def open_stock(twin: Twin) -> None:
    """Value the stock that items must have held before the loaded documents, as when such an item is created.

    Dr inventory asset, Cr Opening Balance Equity, at the purchase cost. Source: QuickBooks, inventory starting value,
    which no readable document shows.
    """
    store = twin.store
    for row in store.rows("Item"):
        key = f"Item:{row.id}"
        layers = store.movements_from(inventory.OPENING, key)
        if not layers or store.postings(inventory.OPENING, key):
            continue
        layer = layers[0]
        value = layer.value_cents or 0
        if value and layer.asset_account and layer.counter_account:
            rows = [
                PostingRow(layer.date, layer.asset_account, value),
                PostingRow(layer.date, layer.counter_account, -value),
            ]
            with store.transaction():
                store.set_postings(inventory.OPENING, key, rows)


def post_incomplete(twin: Twin, bodies: Mapping[RecordKey, Body], report: LoadReport) -> None:
    """Documents that do not add up are posted with what is missing on an account for it; their records stay."""
    roles = {"income": "Uncategorized Income", "expense": "Uncategorized Expense"}
    named = {
        role: key.id
        for role, name in roles.items()
        for key, body in bodies.items()
        if key.entity == "Account" and body.get("Name") == name
    } | {"equity": equity_account(bodies) or ""}
    for left in twin.unposted:
        key = RecordKey(left.entity, left.id)
        wanted = totals.role_of_missing(key.entity, bodies[key]) if key in bodies else None
        whole = totals.completed(key.entity, bodies[key], named) if wanted and wanted in named else None
        if whole is None or not _post_whole(twin, key, whole):
            report.announce(f"{key} could not be posted: {left.reason}; its record is kept.", key)
        else:
            missing = money_text(money(whole["Line"][-1]["Amount"]))
            account = RecordKey("Account", named[str(wanted)])
            report.announce(f"What {key} lacks to its total, {missing}, is posted to {account}.", key, account)


def _post_whole(twin: Twin, key: RecordKey, whole: Body) -> bool:
    store = twin.store
    with store.transaction():
        session = Session(store, Cache(), twin.clock())
        try:
            rows = posting.postings(session, key.entity, whole)
        except (entry.Unpostable, ValueError, TypeError, KeyError):
            return False
        store.set_postings(key.entity, key.id, rows)
        document.write(session, key.entity, whole, rows)
        store.set_links(key.entity, key.id, links.of(key.entity, whole))
    return True


def equity_account(bodies: Mapping[RecordKey, Body]) -> str | None:
    found = [
        key.id
        for key, body in bodies.items()
        if key.entity == "Account" and body.get("AccountSubType") == "OpeningBalanceEquity"
    ]
    return min(found, default=None)


def control_accounts(bodies: Mapping[RecordKey, Body]) -> dict[str, str]:
    """The receivable account of customers and the payable one of vendors: the first of its type."""
    found: dict[str, str] = {}
    for entity, kind in (("Customer", "Accounts Receivable"), ("Vendor", "Accounts Payable")):
        keys = [
            key
            for key, body in bodies.items()
            if key.entity == "Account" and body.get("AccountType") == kind and body.get("Active") is not False
        ]
        if keys:
            found[entity] = min(keys, key=number).id
    return found


def open_balances(
    twin: Twin,
    recorded: Recorded,
    sound: Mapping[RecordKey, Body],
    made: dict[RecordKey, Body],
    report: LoadReport,
) -> None:
    """The labelled opening entry, and balances of placeholders that agree with what is posted to them.

    ``sound`` are the accounts, customers and vendors whose balances can be read.
    """
    everything = {**dict(recorded.of("Account", "Customer", "Vendor", "Employee")), **made}
    at_home = announce_abroad(twin, sound, report)
    lines = openings.differences(at_home, posted_by(twin), control_accounts({**at_home, **made}))
    if lines:
        lines = [_with_party(twin, line, everything, made, report) for line in lines]
        names = {key: str(stock_facts.known_as(key.entity, body)) for key, body in everything.items()}
        record_id = _next_transaction((*recorded, *made))
        on = openings.day_before(recorded.seen.days)
        body = openings.entry(record_id, on, lines, equity_account(everything) or "", names, report)
        twin.put_raw("JournalEntry", payloads.encode(body))
    _settle_placeholders(twin, made, everything)


def announce_abroad(twin: Twin, sound: Mapping[RecordKey, Body], report: LoadReport) -> dict[RecordKey, Body]:
    """Name the balances in other currencies that the documents do not explain; gives the records at home."""
    at_home = openings.at_home(sound, twin.get("Preferences", "1"))
    abroad = sorted(sound.keys() - at_home.keys(), key=number)
    posted = posted_by(twin) if abroad else openings.Posted({}, {})
    for key in abroad:
        field = "CurrentBalance" if key.entity == "Account" else "Balance"
        sign = -1 if key.entity == "Vendor" else 1
        held = posted.accounts.get(key.id, ZERO) if key.entity == "Account" else sign * posted.parties.get(key, ZERO)
        missing = openings.balance_of(sound[key], field) - held
        if missing:
            code = inner(sound[key], "CurrencyRef").get("value")
            report.announce(
                f"{key} was recorded with {money_text(missing)} {code} beyond the loaded documents; that is not opened, "
                "because nothing says what it was worth in the home currency.",
                key,
            )
    return at_home


def _with_party(
    twin: Twin,
    line: openings.OpeningLine,
    everything: dict[RecordKey, Body],
    made: dict[RecordKey, Body],
    report: LoadReport,
) -> openings.OpeningLine:
    """A line on a control account always has a customer or vendor: what no recorded one explains gets a placeholder.

    Source: QuickBooks, a journal line on accounts receivable must name a customer.
    """
    account = everything[RecordKey("Account", line.account)]
    entity = {"Accounts Receivable": "Customer", "Accounts Payable": "Vendor"}.get(str(account.get("AccountType")))
    if line.party is not None or entity is None:
        return line
    numbers = [number(key)[1] for key in everything if key.entity in {"Customer", "Vendor", "Employee"}]
    key = RecordKey(entity, str(max(numbers, default=0) + 1))
    cause = f"needed by the balance of Account:{line.account}"
    stamp = str((account.get("MetaData") or {}).get("CreateTime") or placeholders.OLDEST)
    body = placeholders.labelled(key, placeholder_lists.unexplained_party(key, ZERO), cause, stamp)
    everything[key] = made[key] = body
    twin.put_raw(entity, payloads.encode(body))
    report.placeholders.append(Note((key,), f"{key} stands in for {entity.lower()}s that are {cause}."))
    return replace(line, party=key)


def _next_transaction(keys: Iterable[RecordKey]) -> str:
    used = [
        number(key)[1]
        for key in keys
        if key.entity != "TimeActivity" and (row := CATALOGUE.get(key.entity)) is not None and row.is_transaction
    ]
    return str(max(used, default=0) + 1)


def _settle_placeholders(twin: Twin, made: Mapping[RecordKey, Body], everything: Mapping[RecordKey, Body]) -> None:
    """Placeholders of accounts, customers and vendors show the balance that is posted to them."""
    posted = posted_by(twin)
    for key, body in made.items():
        balances = _balances(key, body, posted, everything)
        if balances and any(body.get(field) != amount for field, amount in balances.items()):
            twin.put_raw(key.entity, payloads.encode({**body, **balances}), post=False)


def _balances(
    key: RecordKey, body: Body, posted: openings.Posted, bodies: Mapping[RecordKey, Body]
) -> dict[str, Decimal]:
    if key.entity == "Account":
        if accounts.is_profit_and_loss(body):
            return {}
        below = sum((posted.accounts.get(child, ZERO) for child in _below(key, bodies)), ZERO)
        own = posted.accounts.get(key.id, ZERO)
        return {"CurrentBalance": own, "CurrentBalanceWithSubAccounts": own + below}
    if key.entity == "Vendor":
        return {"Balance": -posted.parties.get(key, ZERO)}
    if key.entity == "Customer":
        below = sum((posted.parties.get(RecordKey("Customer", child), ZERO) for child in _below(key, bodies)), ZERO)
        own = posted.parties.get(key, ZERO)
        return {"Balance": own, "BalanceWithJobs": own + below}
    return {}


def _below(key: RecordKey, bodies: Mapping[RecordKey, Body]) -> set[str]:
    """Ids of the record's children, and theirs."""
    found: set[str] = set()
    wanted = {key.id}
    while wanted:
        children = {
            other.id
            for other, body in bodies.items()
            if other.entity == key.entity and str(inner(body, "ParentRef").get("value")) in wanted
        }
        wanted = children - found - {key.id}
        found |= wanted
    return found
