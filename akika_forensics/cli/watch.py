"""``watch``: captures on a schedule, sooner where QuickBooks told of changes; and how a system starts it by itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from akika_forensics.cli.session import Command, Options, ask, open_case, vault_location
from akika_forensics.cli.speech import Told, counted, note, plain, say, say_json
from akika_forensics.errors import WrongUse
from akika_forensics.jobs.signals import stop_on_signal
from akika_forensics.model import instants
from akika_forensics.settings import Secret

if TYPE_CHECKING:
    from akika_forensics.case import Case
    from akika_forensics.case.hints import Hints, Kept
    from akika_forensics.case.schedule import Schedule
    from akika_forensics.case.watched import WallClock
    from akika_forensics.case.watching import Watch

type Say = Callable[[str, str], None]
_VERIFIER = "AKIKA_WEBHOOK_VERIFIER"


def watch(
    context: typer.Context,
    every: str = typer.Option("", help="How far captures lie apart: 30m, 24h, 7d [24h]."),
    at: list[str] = typer.Option([], help="An hour of the day, such as 02:00; repeat it."),
    zone: str = typer.Option("", help="Whose hours --at means, such as America/New_York [this machine's]."),
    webhooks: int = typer.Option(
        -1, help="Port of this machine at which notifications of QuickBooks arrive; 0 takes any."
    ),
    new_verifier: bool = typer.Option(
        False, "--new-verifier", help="Ask for the verifier token anew, and keep it sealed."
    ),
    once: bool = typer.Option(False, "--once", help="One capture of each company now, and no more."),
    unit: str = typer.Option("", help="Print how a system starts this watch: systemd, cron, launchd or windows."),
) -> None:
    options: Options = context.obj
    schedule = _schedule(every, at, zone)
    if unit:
        say(_unit(options, unit, schedule, every=every, at=at, zone=zone, webhooks=webhooks).rstrip("\n"))
        return
    case = open_case(options)
    if not case.companies.names():
        raise WrongUse("The vault is connected to no company.", do="Run `akika connect`.")
    names = (case.company_name,) if options.company else None
    with stop_on_signal() as asked, ExitStack() as open_doors:
        _watch(
            case, names, schedule, asked, open_doors,
            once=once, port=webhooks, new_verifier=new_verifier, json=options.json,
        )  # fmt: skip


def _watch(
    case: Case,
    names: tuple[str, ...] | None,
    schedule: Schedule,
    asked: Callable[[], bool],
    doors: ExitStack,
    *,
    once: bool,
    port: int,
    new_verifier: bool,
    json: bool,
) -> None:
    from akika_forensics.case.schedule import Manner
    from akika_forensics.case.watched import VaultDesk, WallClock
    from akika_forensics.case.watching import Watch

    line = _speaker(json=json)
    clock, desk = WallClock(asked), VaultDesk(case, names, schedule)
    loop = Watch(desk, schedule, Manner(), clock, say=line, should_stop=asked)
    if port >= 0 and not once:
        _open_door(doors, desk.hints, clock, line, port, new_verifier=new_verifier)
    try:
        if once:
            loop.once()
        else:
            line("", f"watching {', '.join(desk.names())} {schedule}; Ctrl-C ends it.")
            loop.run()
    finally:
        # What was done is told also where it ends with an error, which says the rest.
        note(f"{counted(loop.taken, 'snapshot')} taken, {loop.incomplete} of them not complete.")
    _ended(loop, once=once, json=json)


def _ended(loop: Watch, *, once: bool, json: bool) -> None:
    if once and loop.failed is not None:
        raise loop.failed
    if json:
        say_json({"snapshots": loop.taken, "incomplete": loop.incomplete})
    if once and loop.incomplete:
        raise Told(1)


def _speaker(*, json: bool) -> Say:
    def line(company: str, what: str) -> None:
        stamp = f"{instants.now().astimezone():%Y-%m-%d %H:%M:%S}"
        text = plain(f"{stamp} {f'{company}: ' if company else ''}{what}").replace("\n", " ")
        stream = sys.stderr if json else sys.stdout
        stream.write(text + "\n")
        stream.flush()

    return line


def _open_door(doors: ExitStack, hints: Hints, clock: WallClock, line: Say, port: int, *, new_verifier: bool) -> None:
    from akika_forensics.case.receiving import Door, Receiver
    from akika_forensics.case.watched import came

    def told(kept: Kept) -> None:
        if what := came(kept):
            line("", what)
            clock.ring()

    door = Door(hints, _verifiers(hints, anew=new_verifier), told=told, say=lambda what: line("", what))
    receiver = doors.enter_context(Receiver(door, port))
    line("", f"notifications are received at {receiver.url}.")


def _verifiers(hints: Hints, *, anew: bool) -> list[Secret]:
    """The token of the environment, and the one that the vault keeps; asked for where there is neither."""
    given = os.environ.get(_VERIFIER)
    known = [*([Secret(given)] if given else []), *hints.verifiers()]
    if known and not anew:
        return known
    token = Secret(given) if given else ask("Verifier token of the app's webhooks", new=False, instead=_VERIFIER)
    hints.keep_verifier(token)
    return [token]


def _schedule(every: str, at: list[str], zone: str) -> Schedule:
    from akika_forensics.case.schedule import read_hours, read_period

    if every and at:
        raise WrongUse("--every and --at exclude each other.", do="Give one of them.")
    if zone and not at:
        raise WrongUse("--zone says whose hours --at means.", do="Give --at 02:00 too.")
    return read_hours(at, _zone(zone)) if at else read_period(every or "24h")


def _zone(name: str) -> tzinfo | None:
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise WrongUse(f"There is no time zone {name!r}.", do="Name one such as America/New_York.") from error


def _unit(
    options: Options, form: str, schedule: Schedule, *, every: str, at: list[str], zone: str, webhooks: int
) -> str:
    from akika_forensics.cli.watch_units import Unit, written

    location = vault_location(options)
    vault = str(location.folder.absolute()) if location.folder else str(location)
    chosen = ["--vault", vault, *(["--company", options.company] if options.company else [])]
    door = ["--webhooks", str(webhooks)] if webhooks >= 0 else []
    hours = [word for hour in at for word in ("--at", hour)] + (["--zone", zone] if zone else [])
    if not at:
        hours = ["--every", every or "24h"]
    environment, variable, file = _opens(options)
    command = [sys.executable, "-m", "akika_forensics"]
    return written(form, Unit(command, [*chosen, *door], schedule, hours, environment, variable, file, webhooks >= 0))


def _opens(options: Options) -> tuple[dict[str, str], str, str]:
    """How the unit opens the vault: variables without a secret, and the variable that names a passphrase's file with its path."""
    identity = options.identity or os.environ.get("AKIKA_IDENTITY", "")
    chosen = options.open_with or os.environ.get("AKIKA_OPEN_WITH", "")
    if not identity and chosen not in {"", "passphrase"}:
        return {"AKIKA_OPEN_WITH": chosen}, "", ""
    variable, given = "AKIKA_PASSPHRASE_FILE", options.passphrase_file
    if identity:
        variable, given = "AKIKA_IDENTITY_PASSPHRASE_FILE", ""
    file = str(Path(given or os.environ.get(variable, "") or "akika.passphrase").absolute())
    return ({"AKIKA_IDENTITY": str(Path(identity).absolute())} if identity else {}), variable, file


COMMANDS = (Command("watch", "Take captures on a schedule, sooner where QuickBooks told of changes.", watch),)
