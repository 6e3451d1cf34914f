"""What each account moved on each day: a statement adds up a few thousand days, not every posting again.

Made anew when somebody asks for it and anything was written since. The stamp stands beside the sums, so that both go
when a transaction is undone.
"""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.reports import basis, cash_accounts
from akika_forensics.twin.session import Session

_TABLES: Final = {"Accrual": "daily_accrual", "Cash": "daily_cash"}


def table(session: Session, of: str) -> str:
    """The table of the company's file from which a report on that basis reads account, date and cents."""
    source = basis.table(session, of)
    store, made = session.store, _TABLES["Cash" if of == "Cash" else "Accrual"]
    stamp = repr((store.age(), cash_accounts.of(session) if of == "Cash" else None))
    noted = f"{made}_made"
    if store.select("SELECT 1 FROM temp.sqlite_master WHERE name = ?", (noted,)):
        if store.select(f"SELECT stamp FROM temp.{noted}") == [(stamp,)]:  # noqa: S608 - a name of ours
            return made
        store.run(f"DROP TABLE temp.{noted}")
    store.run(f"DROP TABLE IF EXISTS temp.{made}")
    store.run(
        f"CREATE TEMP TABLE {made} (account TEXT NOT NULL, date TEXT NOT NULL, cents INTEGER NOT NULL, "
        "PRIMARY KEY (account, date)) WITHOUT ROWID"
    )
    store.run(f"INSERT INTO {made} SELECT account, date, sum(cents) FROM {source} GROUP BY account, date")  # noqa: S608 - names of ours
    store.run(f"CREATE TEMP TABLE {noted} (stamp TEXT NOT NULL)")
    store.run(f"INSERT INTO {noted} VALUES (?)", [(stamp,)])  # noqa: S608 - a name of ours
    return made
