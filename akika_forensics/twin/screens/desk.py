"""The table of what the screens can do, and who does it there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.twin.faults import QuickBooksFault
from akika_forensics.twin.people import actors, users
from akika_forensics.twin.screens import (
    bank_feed,
    closing_date,
    entering,
    firing,
    hidden,
    import_files,
    merging,
    reclassifying,
    reconciling,
)
from akika_forensics.twin.screens.asking import ACCOUNTANTS, ADMINS, EVERYBODY, Body, Screen, ScreenRefused
from akika_forensics.twin.session import Session
from akika_forensics.twin.store import Store

_ANYBODY: Final = EVERYBODY | {"reports only"}
_ROWS: Final = (
    Screen("enter", "key a new record", entering.enter),
    Screen("edit", "change fields of a record", entering.edit),
    Screen("delete", "delete a transaction", entering.delete),
    Screen("void", "void a transaction, bills too", entering.void),
    Screen("delete_many", "delete many transactions", entering.delete_many),
    Screen("void_many", "void many transactions", entering.void_many),
    Screen("import_rows", "import records of one kind, given as bodies", entering.import_rows),
    Screen("import_file", "import a CSV file of customers, vendors, invoices or bills", import_files.import_file),
    Screen("change_settings", "change a section of the settings", entering.change_settings, ADMINS),
    Screen("close_books", "set the closing date and its password", closing_date.close, ADMINS),
    Screen("closing_exceptions", "what was done past a closing date", closing_date.exceptions, ADMINS, reads=True),
    Screen("reconcile", "reconcile an account against a statement", reconciling.reconcile),
    Screen("undo_reconciliation", "undo the last reconciliation", reconciling.undo, ACCOUNTANTS),
    Screen("mark_status", "change a line's status in a register", reconciling.mark),
    Screen("reconciliations", "what was reconciled, and what changed since", reconciling.history, reads=True),
    Screen("connect_bank", "connect an account to its bank", bank_feed.connect),
    Screen("update_bank", "download what came since", bank_feed.update),
    Screen("disconnect_bank", "end the connection", bank_feed.disconnect),
    Screen("review_bank", "the lines to be reviewed", bank_feed.review, reads=True),
    Screen("match", "match a bank line to a transaction", bank_feed.match),
    Screen("add", "add a bank line as an expense or a deposit", bank_feed.add),
    Screen("transfer", "add a bank line as a transfer", bank_feed.transfer),
    Screen("exclude", "take a bank line out of the review", bank_feed.exclude),
    Screen("undo_line", "put a bank line back into the review", bank_feed.undo),
    Screen("merge", "merge two names of a list", merging.merge),
    Screen("reclassify", "change account, class or location of many transactions", reclassifying.reclassify, ADMINS),
    Screen("paycheck", "pay an employee", hidden.paycheck),
    Screen("payroll_tax", "pay payroll taxes", hidden.payroll_tax),
    Screen("payroll_adjustment", "adjust payroll liabilities", hidden.payroll_adjustment),
    Screen("sales_tax_payment", "pay sales tax", hidden.sales_tax_payment),
    Screen("revaluation", "revalue an account in a foreign currency", hidden.revaluation),
    Screen("delete_hidden", "delete a transaction that the API cannot read", hidden.delete),
    Screen("fire_template", "make a recurring template's transaction now", firing.fire),
    Screen("run_templates", "make what automated templates are due", firing.by_the_service),
    Screen("users", "the users", users.listed, _ANYBODY, reads=True),
    Screen("invite", "give somebody access", users.invite, ADMINS),
    Screen("change_role", "give a user another role", users.change_role, ADMINS),
    Screen("remove_user", "take a user's access away", users.remove, ADMINS),
    Screen("sign_in", "sign in", users.sign_in, _ANYBODY),
    Screen("sign_out", "sign out", users.sign_out, _ANYBODY),
)

SCREENS: Final[dict[str, Screen]] = {row.name: row for row in _ROWS}

type Open = Callable[[datetime | None], AbstractContextManager[Session]]


class Screens:
    """``screens.merge("Vendor", "31", "30", by="Ann")``: an operation of the table by its name.

    Each is one transaction: it applies whole, or raises ScreenRefused or WrongUse and applies nothing. ``by`` is the
    person, by Id, e-mail or name; without one whoever acts, else the owner. ``at`` forces the time, for builders.
    """

    def __init__(self, store: Store, session: Open) -> None:
        self._store = store
        self._session = session

    def __getattr__(self, name: str) -> Callable[..., Body]:
        screen = SCREENS.get(name)
        if screen is None:
            raise AttributeError(f"There is no screen {name!r}.")

        def called(*values: Any, by: str | None = None, at: datetime | None = None, **named: Any) -> Body:
            takes = screen.takes()
            if len(values) > len(takes):
                raise WrongUse(f"{name} takes no more than {', '.join(takes) or 'nothing'}.")
            given = {name.rstrip("_"): value for name, value in named.items()}
            return self._run(screen, {**dict(zip(takes, values, strict=False)), **given}, by, at)

        return called

    def perform(self, name: str, asked: Mapping[str, Any], by: str | None = None) -> Body:
        """Raises WrongUse for an unknown name."""
        screen = SCREENS.get(name)
        if screen is None:
            raise WrongUse(f"There is no screen {name!r}.", do=f"Use one of {', '.join(SCREENS)}.")
        return self._run(screen, dict(asked), by, None)

    def _run(self, screen: Screen, given: dict[str, Any], by: str | None, at: datetime | None) -> Body:
        screen.check(given)
        named = actors.current()
        if by is not None or named is None or named.kind == "app":
            named = users.person(self._store, by, screen.roles, screen.what)
        with actors.acting(named, actors.request()), self._session(at) as session:
            try:
                return screen.call(session, given)
            except QuickBooksFault as fault:
                raise ScreenRefused(fault.detail) from fault


def listed() -> Body:
    """``{"screens": [{"name", "what", "takes", "must", "roles"}]}``."""
    return {
        "screens": [
            {
                "name": row.name,
                "what": row.what,
                "takes": row.takes(),
                "must": row.must(),
                "roles": sorted(row.roles),
                "reads": row.reads,
            }
            for row in _ROWS
        ]
    }
