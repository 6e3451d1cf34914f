"""Questions about what a company refuses and what it lets pass, asked with records made for them."""

from __future__ import annotations

from typing import Final

from akika_forensics.twin.probing.question import Ask, Found, Question, either
from akika_forensics.twin.probing.stage import Stage, Unclear


def _statement(statement: str, choices: tuple[str, str], code: str) -> Ask:
    def ask(stage: Stage) -> Found:
        return either(statement, stage.sandbox.query(statement), choices, code)

    return ask


def _void_elsewhere(stage: Stage) -> Found:
    made = stage.transfer()
    reply = stage.sandbox.void("Transfer", {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True})
    if reply.fine and stage.now("Transfer", str(made["Id"])).get("Amount") != made["Amount"]:
        raise Unclear("The transfer was voided.")
    return Found("ignored" if reply.fine else "refused", "a transfer voided by an update", reply.told)


QUESTIONS: Final[dict[str, Question]] = {
    "numbers_in_lists": Question(_statement("select * from Customer where Id in (1, 2)", ("read", "refused"), "4000")),
    "quoted_booleans": Question(
        _statement("select * from Customer where Active = 'true'", ("read", "broken"), "10000")
    ),
    "addresses_in_columns": Question(_statement("select Id, BillAddr from Customer", ("shown", "not_found"), "4001")),
    "void_elsewhere": Question(_void_elsewhere, "a transfer"),
}
