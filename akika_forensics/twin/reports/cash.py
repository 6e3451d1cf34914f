"""The postings on the cash basis, made from those on the accrual basis and the links of payments.

Rules, by their number in docs/design/cash-basis.md. Documents that one payment pays in full, which are most, are
copied with another day; only those that are paid in parts are worked out one by one.
"""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.reports import cash_journals, cash_partial
from akika_forensics.twin.reports.cash_accounts import Named
from akika_forensics.twin.session import Session

TABLE: Final = "cash_posting"
_COLUMNS: Final = (
    "entity, id, date, account, cents, party, movement, own_cents, line, class, department, item, quantity, memo"
)
INSERT: Final = f"INSERT INTO cash_posting ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"  # noqa: S608 - fixed text
_WAITING: Final = "('Invoice', 'Bill', 'CreditMemo', 'VendorCredit')"
_PAYING: Final = "('Payment', 'BillPayment')"
STAMP: Final = "cash_made"

_TEXT: Final = "TEXT NOT NULL"
_PAYMENT: Final = "payer TEXT NOT NULL, payment TEXT NOT NULL, day TEXT NOT NULL"
_TABLES: Final = {
    TABLE: f"entity {_TEXT}, id {_TEXT}, date {_TEXT}, account {_TEXT}, cents INTEGER NOT NULL, party {_TEXT}, "
    f"movement INTEGER, own_cents INTEGER, line INTEGER NOT NULL, class {_TEXT}, department {_TEXT}, item {_TEXT}, "
    f"quantity TEXT, memo {_TEXT}",
    "cash_control": f"id TEXT PRIMARY KEY, instead {_TEXT}",
    "cash_document": f"entity {_TEXT}, id {_TEXT}, date {_TEXT}, total INTEGER NOT NULL, foreigner INTEGER NOT NULL, "
    "side INTEGER NOT NULL, held INTEGER NOT NULL, PRIMARY KEY (entity, id)",
    "cash_application": f"entity {_TEXT}, id {_TEXT}, {_PAYMENT}, cents INTEGER NOT NULL, "
    "PRIMARY KEY (entity, id, payer, payment)",
    "cash_whole": f"entity {_TEXT}, id {_TEXT}, {_PAYMENT}, PRIMARY KEY (entity, id)",
    "cash_unapplied": f"entity {_TEXT}, id {_TEXT}, day {_TEXT}, cents INTEGER NOT NULL",
}

# What waits for a payment: its total in its own currency, and its side on the control account. A document of 0, or
# without such a side, waits for nobody (rule 9).
_DOCUMENTS: Final = f"""
INSERT INTO cash_document
SELECT d.entity, d.id, d.date, coalesce(d.own_cents, d.cents) AS total, d.own_cents IS NOT NULL, min(p.rowid), p.cents
FROM document AS d CROSS JOIN posting AS p ON p.entity = d.entity AND p.id = d.id JOIN cash_control AS c ON c.id = p.account
WHERE d.entity IN {_WAITING} AND p.line = 0 AND p.movement IS NULL
GROUP BY d.entity, d.id HAVING total <> 0 AND p.cents <> 0"""  # noqa: S608 - fixed text

# The later day of the two (rule 3).
_APPLICATIONS: Final = f"""
INSERT INTO cash_application
SELECT d.entity, d.id, l.source_entity, l.source_id, max(p.date, d.date), sum(l.cents)
FROM link AS l JOIN cash_document AS d ON d.entity = l.target_entity AND d.id = l.target_id
JOIN document AS p ON p.entity = l.source_entity AND p.id = l.source_id
WHERE l.source_entity IN {_PAYING} GROUP BY d.entity, d.id, l.source_entity, l.source_id HAVING sum(l.cents) <> 0"""  # noqa: S608 - fixed text

_WHOLE: Final = """
INSERT INTO cash_whole
SELECT a.entity, a.id, a.payer, a.payment, a.day
FROM cash_application AS a JOIN cash_document AS d ON d.entity = a.entity AND d.id = a.id
GROUP BY a.entity, a.id HAVING count(*) = 1 AND a.cents = d.total"""

_COPIED: Final = (
    "p.cents, p.party, p.movement, p.own_cents, p.line, p.class, p.department, p.item",
    "LEFT JOIN cash_control AS c ON c.id = p.account",
)

# What posts as it does (rules 1, 9 and 10), but for sides on control accounts that are no journal entry's (rule 11).
_AS_IT_IS: Final = f"""
INSERT INTO cash_posting ({_COLUMNS})
SELECT p.entity, p.id, p.date, CASE WHEN p.entity = 'JournalEntry' THEN p.account ELSE coalesce(c.instead, p.account) END,
{_COPIED[0]}, p.quantity, p.memo
FROM posting AS p {_COPIED[1]}
WHERE p.entity NOT IN {_PAYING} AND (p.entity NOT IN {_WAITING}
OR NOT EXISTS (SELECT 1 FROM cash_document AS d WHERE d.entity = p.entity AND d.id = p.id))"""  # noqa: S608 - fixed text

# A document that one payment pays in full, on its day (rules 2, 6, 8 and 13).
_PAID_AT_ONCE: Final = f"""
INSERT INTO cash_posting ({_COLUMNS})
SELECT p.entity, p.id, w.day, coalesce(c.instead, p.account), {_COPIED[0]}, NULL, p.memo
FROM cash_whole AS w JOIN cash_document AS d ON d.entity = w.entity AND d.id = w.id
CROSS JOIN posting AS p ON p.entity = w.entity AND p.id = w.id {_COPIED[1]} WHERE p.rowid <> d.side"""  # noqa: S608 - fixed text

# The money of a payment (rule 4).
_MONEY: Final = f"""
INSERT INTO cash_posting ({_COLUMNS})
SELECT p.entity, p.id, p.date, p.account, {_COPIED[0]}, p.quantity, p.memo
FROM posting AS p {_COPIED[1]} WHERE p.entity IN {_PAYING} AND c.id IS NULL"""  # noqa: S608 - fixed text

# What a payment has not applied yet, and what it applied (rules 4 and 5).
_RECEIVED: Final = f"""
INSERT INTO cash_unapplied
SELECT p.entity, p.id, p.date, p.cents FROM posting AS p JOIN cash_control AS c ON c.id = p.account
WHERE p.entity IN {_PAYING}"""  # noqa: S608 - fixed text
_APPLIED: Final = """
INSERT INTO cash_unapplied
SELECT w.payer, w.payment, w.day, d.held FROM cash_whole AS w JOIN cash_document AS d ON d.entity = w.entity AND d.id = w.id"""
_UNAPPLIED: Final = f"""
INSERT INTO cash_posting ({_COLUMNS})
SELECT u.entity, u.id, u.day, CASE u.entity WHEN 'Payment' THEN ? ELSE ? END, sum(u.cents), coalesce(d.party, ''),
NULL, NULL, 0, coalesce(d.class, ''), coalesce(d.department, ''), '', NULL, coalesce(d.memo, '')
FROM cash_unapplied AS u LEFT JOIN document AS d ON d.entity = u.entity AND d.id = u.id
GROUP BY u.entity, u.id, u.day HAVING sum(u.cents) <> 0"""  # noqa: S608 - fixed text


def make(session: Session, named: Named) -> None:
    """Fill ``TABLE`` anew, in a company's file only for as long as it is open."""
    run = session.store.run
    for name in (STAMP, *_TABLES):
        run(f"DROP TABLE IF EXISTS temp.{name}")
    for name, columns in _TABLES.items():
        run(f"CREATE TEMP TABLE {name} ({columns}){' WITHOUT ROWID' if 'PRIMARY KEY' in columns else ''}")
    if named.control:
        run("INSERT INTO cash_control VALUES (?, ?)", named.control)
    for statement in (_DOCUMENTS, _APPLICATIONS, _WHOLE, _AS_IT_IS, _PAID_AT_ONCE, _MONEY, _RECEIVED, _APPLIED):
        run(statement)
    for rows, unapplied in (cash_partial.rows(session, named), cash_journals.rows(session)):
        if rows:
            run(INSERT, rows)
        if unapplied:
            run("INSERT INTO cash_unapplied VALUES (?,?,?,?)", unapplied)
    run(_UNAPPLIED, [(named.income, named.expense)])
    run("CREATE INDEX temp.cash_account ON cash_posting (account, date, cents)")
    for name in _TABLES:
        if name != TABLE:
            run(f"DROP TABLE temp.{name}")
