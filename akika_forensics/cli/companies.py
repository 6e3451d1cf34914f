"""``companies``, ``disconnect``: which companies a vault reads, how their connections stand, and the end of one."""

from __future__ import annotations

import textwrap
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import typer

from akika_forensics.cli.session import Command, Options, open_case
from akika_forensics.cli.speech import plain, say, say_json, table
from akika_forensics.errors import AkikaError, ServiceError, WrongUse
from akika_forensics.model.instants import format_instant

if TYPE_CHECKING:
    from akika_forensics.case import Case
    from akika_forensics.case.companies import Standing
    from akika_forensics.case.connections.state import ConnectionState


_WIDTH: Final = 100
"""Columns of a terminal that the text fits."""
_NAME: Final = 24


def require_choice(option: str, given: str, choices: tuple[str, ...]) -> None:
    """Raises WrongUse."""
    if given not in choices:
        raise WrongUse(f"{option} {given!r} is not known.", do=f"Choose one of: {', '.join(choices)}.")


def disconnect(
    context: typer.Context,
    purpose: str = typer.Option("capture", "--for", help="capture, or restore: which connection."),
    forget_only: bool = typer.Option(
        False, "--forget-only", help="Do not withdraw the access at QuickBooks; only forget the tokens."
    ),
) -> None:
    options: Options = context.obj
    require_choice("--for", purpose, ("capture", "restore"))
    case = open_case(options)
    name = case.company_name
    ended = case.connecting.disconnect(name, purpose=purpose, withdraw=not forget_only)
    if options.json:
        say_json({"company": name, "for": purpose, "withdrawn": ended})
        return
    how = {True: "was withdrawn at QuickBooks", False: "had ended already"}[ended]
    say(f"{name!r} is not connected any more; its snapshots stay.")
    say("The tokens are forgotten; the access itself stands." if forget_only else f"The access {how}.")


def companies(
    context: typer.Context,
    check: bool = typer.Option(False, "--check", help="Ask QuickBooks too: one request a company."),
) -> None:
    options: Options = context.obj
    case = open_case(options)
    names = [case.companies.choose(options.company)] if options.company else case.companies.names()
    found = [case.companies.standing(name) for name in names]
    trouble = {one.name: _trouble(case, one.name) for one in found if check and one.capture.good}
    if options.json:
        say_json({"companies": [_row(one, trouble) for one in found]})
    else:
        rows = [
            (
                _shortened(one.name),
                "refused" if trouble.get(one.name) else one.capture.state,
                _day(one.capture.ends),
                _day(one.capture.last_day),
                one.restore.state if one.restore else "-",
                f"{one.last.id}, {one.last.taken_at:%Y-%m-%d}" if one.last else "none",
            )
            for one in found
        ]
        table(
            ("company", "state", "ends", "last day", "for restore", "last snapshot"),
            rows,
        )
        for one in found:
            who = f"{one.name}: {one.company.name}, realm {one.company.realm_id}, {one.environment}"
            say(textwrap.fill(plain(who), _WIDTH, subsequent_indent="  "))
            for word in one.words:
                say(textwrap.fill(plain(f"{one.name}: {word}"), _WIDTH, subsequent_indent="  "))
            if error := trouble.get(one.name):
                say(textwrap.fill(plain(f"{one.name}: {error}"), _WIDTH, subsequent_indent="  "))
    if any(trouble.values()):
        raise typer.Exit(4)


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME else f"{name[: _NAME - 1]}…"


def _trouble(case: Case, name: str) -> AkikaError | None:
    """What QuickBooks says against a connection that seems good."""
    try:
        with case.companies.reader(name) as reader:
            reader.company()
    except ServiceError as error:
        return error
    return None


def _row(one: Standing, trouble: dict[str, AkikaError | None]) -> dict[str, Any]:
    error = trouble.get(one.name)
    return {
        "company": one.name,
        "name": one.company.name,
        "realm_id": one.company.realm_id,
        "environment": one.environment,
        "client_id": one.client_id,
        "state": one.capture.state,
        **times(one.capture),
        "restore": {"state": one.restore.state, **times(one.restore)} if one.restore else None,
        "last": {"snapshot": one.last.id, "taken_at": format_instant(one.last.taken_at)} if one.last else None,
        "words": list(one.words),
        "refused": {"code": error.code, "what": error.what, "means": error.means, "do": error.do} if error else None,
    }


def times(state: ConnectionState) -> dict[str, str | None]:
    """As JSON tells them."""
    return {
        "ends": format_instant(state.ends) if state.ends else None,
        "last_day": format_instant(state.last_day) if state.last_day else None,
    }


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "-"


COMMANDS = (
    Command("companies", "List the companies of the vault, and how their connections stand.", companies),
    Command("disconnect", "Withdraw the access to a company; its snapshots stay.", disconnect),
)
