"""``app`` and ``app user …``: the workbench in the browser, and who may sign in to it."""

from __future__ import annotations

import getpass
import importlib.util
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from akika_forensics import jobs
from akika_forensics.cli.session import Options, ask, how_to_open, open_case
from akika_forensics.cli.speech import note, say, say_json, table
from akika_forensics.errors import WrongUse
from akika_forensics.jobs.signals import stop_on_signal
from akika_forensics.settings import Secret

if TYPE_CHECKING:
    from akika_forensics.case import Case
    from akika_forensics.case.unlocking import Opening
    from akika_widgets.workbench.serving import AppServer
    from akika_widgets.workbench.sign_in import SignIn
    from akika_widgets.workbench.users import Users

group = typer.Typer(invoke_without_command=True)
user_group = typer.Typer(help="Who may sign in to the workbench.", no_args_is_help=True)
group.add_typer(user_group, name="user")

_USERS = typer.Option(..., "--users", help="The users file.")
_NAME = typer.Argument(help="The user's name.")


@group.callback()
def serve(
    context: typer.Context,
    port: int = typer.Option(0, min=0, max=65535, help="0 takes any free one."),
    address: str = typer.Option("127.0.0.1", help="Where to listen; others than this machine need a sign-in and TLS."),
    users: str = typer.Option("", help="A users file: people sign in by name and password."),
    oauth: str = typer.Option("", help="A TOML file of an OAuth provider: people sign in there."),
    tls_cert: str = typer.Option("", help="A certificate with its chain, PEM."),
    tls_key: str = typer.Option("", help="The certificate's key, PEM."),
    no_browser: bool = typer.Option(False, "--no-browser", help="Open no browser."),
    plans: str = typer.Option("", help="The folder of the plan files [plans, beside the vault]."),
    demo: Path | None = typer.Option(
        None, help="Work on an embedded company just after an incident, made in this new folder."
    ),
) -> None:
    """Serve the workbench until stopped. With --json the first line on stdout is {"url": …}."""
    if context.invoked_subcommand is not None:
        return
    options: Options = context.obj
    _require_installed()
    from akika_widgets.workbench.serving import Tls, require_safe, serve_app
    from akika_widgets.workbench.shared import Shared

    if bool(tls_cert) is not bool(tls_key):
        raise WrongUse("TLS needs a certificate and its key.", do="Give both --tls-cert and --tls-key.")
    sign_in = _sign_in(users, oauth)
    tls = Tls(Path(tls_cert), Path(tls_key)) if tls_cert else None
    require_safe(address, sign_in, tls)
    with _opened(options, demo) as (case, how):
        beside = case.vault.location.beside
        shared = Shared(
            case, Path(plans) if plans else beside / "plans", make_report=_reports(case, how, beside / "reports")
        )
        server = serve_app(
            shared,
            address=address,
            port=port,
            sign_in=sign_in,
            tls=tls,
            show=not (no_browser or options.json),
        )
        _until_stopped(server, options)


@contextmanager
def _opened(options: Options, demo: Path | None) -> Iterator[tuple[Case, Opening]]:
    """The case and what opens it, which a report's own process needs."""
    if demo is None:
        how = how_to_open(options)
        yield open_case(options, how.means), how
        return
    from akika_forensics.case.unlocking import by_passphrase
    from akika_forensics.cli.embedded import after_an_incident

    with after_an_incident(demo, note) as company:
        yield company.case, by_passphrase(company.passphrase)


def _reports(case: Case, how: Opening, folder: Path) -> Callable[[Mapping[str, str]], tuple[Path, ...]]:
    """Makes the report of a restore: sealed in the vault, and written into a folder of its own for those who asked."""

    def make(parameters: Mapping[str, str]) -> tuple[Path, ...]:
        from akika_forensics import reports

        given = {**parameters, "vault": str(case.vault.location.absolute), "company": case.company_name}
        made = reports.run("restore_verification", given, folder, passphrase=how)
        return tuple(file for file in (made.html, made.pdf) if file is not None)

    return make


def _until_stopped(server: AppServer, options: Options) -> None:
    with server, stop_on_signal() as asked:
        if options.json:
            say_json({"url": server.url})
        else:
            say(f"The workbench is at {server.url}")
            note("Ctrl-C stops it.")
        while not asked() and not server.wait(0.1):
            pass
        _end_jobs()


def _require_installed() -> None:
    if importlib.util.find_spec("panel") is None:
        raise WrongUse(
            "The workbench is not installed.",
            do="Run `make app` once in the source folder, or install akika-forensics[workbench].",
        )


def _end_jobs() -> None:
    """Let what is in flight come to its end; a second Ctrl-C does not wait for that."""
    if jobs.stop_all(0):
        return
    note("Waiting for the work in flight …")
    pause = threading.Event()
    while not jobs.stop_all(0):
        pause.wait(0.2)


def _sign_in(users: str, oauth: str) -> SignIn:
    if users and oauth:
        raise WrongUse("People sign in by one way.", do="Give either --users or --oauth.")
    if oauth:
        from akika_widgets.workbench.oauth import OAuthSettings, OAuthSignIn

        return OAuthSignIn(OAuthSettings.read(Path(oauth)))
    from akika_widgets.workbench.sign_in import PasswordSignIn, TokenSignIn

    if users:
        return PasswordSignIn(_file(users))
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = "this machine's user"
    return TokenSignIn(name)


@user_group.command("add")
def add(context: typer.Context, name: str = _NAME, users: str = _USERS) -> None:
    """Add a user, or give one a new password (AKIKA_USER_PASSWORD or a prompt)."""
    options: Options = context.obj
    given = os.environ.get("AKIKA_USER_PASSWORD")
    password = Secret(given) if given else ask(f"Password of the user {name}", new=True, instead="AKIKA_USER_PASSWORD")
    _file(users).add(name, password)
    _tell(options, name, f"{name} may sign in.")


@user_group.command("remove")
def remove(context: typer.Context, name: str = _NAME, users: str = _USERS) -> None:
    """Remove a user; a running workbench lets the user in no more."""
    _file(users).remove(name)
    _tell(context.obj, name, f"{name} may no longer sign in.")


@user_group.command("list")
def list_users(context: typer.Context, users: str = _USERS) -> None:
    """Everyone who may sign in."""
    options: Options = context.obj
    names = _file(users).names()
    if options.json:
        say_json({"users": list(names)})
    else:
        table(("user",), [(name,) for name in names])


def _file(users: str) -> Users:
    from akika_widgets.workbench.users import Users

    return Users(Path(users))


def _tell(options: Options, name: str, words: str) -> None:
    if options.json:
        say_json({"user": name})
    else:
        say(words)
