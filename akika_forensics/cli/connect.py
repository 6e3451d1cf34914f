"""``connect``: a company is tied to the vault in the browser, by a pasted line, or with a refresh token."""

from __future__ import annotations

import getpass
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics.cli.app_credentials import credentials, from_environment
from akika_forensics.cli.browser import open_page
from akika_forensics.cli.companies import require_choice, times
from akika_forensics.cli.session import Command, Options, open_case
from akika_forensics.cli.speech import note, say, say_json
from akika_forensics.errors import WrongUse

if TYPE_CHECKING:
    from akika_forensics.case import Case
    from akika_forensics.model.company import Company
    from akika_forensics.quickbooks import Connection
    from akika_forensics.quickbooks.authorize import SigningIn

_TRIES = 3


@dataclass(frozen=True)
class _Asked:
    """What was given with ``connect``, apart from the app's credentials."""

    environment: str
    base_url: str
    token_url: str
    authorize_url: str
    redirect_uri: str
    port: int
    paste: bool
    no_browser: bool
    hidden: tuple[str, ...]


def connect(
    context: typer.Context,
    name: str = typer.Option("", help="What this vault calls the company [its own name]."),
    environment: str = typer.Option("", help="sandbox or production [sandbox, or that of a company known by name]."),
    client_id: str = typer.Option("", help="Client id of the app [AKIKA_CLIENT_ID, or a prompt]."),
    client_secret_env: str = typer.Option(
        "", help="Name of the environment variable that holds the client secret [AKIKA_CLIENT_SECRET, or a prompt]."
    ),
    client_file: str = typer.Option("", help="A JSON file with client_id and client_secret."),
    paste: bool = typer.Option(False, "--paste", help="Ask for the line that your redirect page shows."),
    redirect_uri: str = typer.Option("", help="The redirect address as it is registered [this machine]."),
    port: int = typer.Option(-1, min=-1, max=65535, help="Where this machine waits for the browser [8741, or any]."),
    no_browser: bool = typer.Option(False, "--no-browser", help="Open no browser; only print the address."),
    purpose: str = typer.Option("capture", "--for", help="capture, or restore: a second app that only restores use."),
    refresh_token_env: str = typer.Option(
        "", help="Name of the environment variable that holds a refresh token obtained elsewhere."
    ),
    realm_id: str = typer.Option("", help="QuickBooks' id of the company, with a refresh token."),
    base_url: str = typer.Option("", help="Address of the API, without a path, where it is not Intuit's."),
    token_url: str = typer.Option("", help="Address of the OAuth token endpoint, where it is not Intuit's."),
    authorize_url: str = typer.Option("", help="Address of the consent page, where it is not Intuit's."),
    write_page: str = typer.Option("", help="Only write the page for your redirect address into this new file."),
) -> None:
    options: Options = context.obj
    if write_page:
        _write_page(Path(write_page), options)
        return
    require_choice("--for", purpose, ("capture", "restore"))
    # Before the vault is opened: what is missing here is told at once.
    token = from_environment(refresh_token_env) if refresh_token_env else None
    case = open_case(options)
    case.connecting.require(purpose)
    chosen = name or options.company
    known = _known(case, chosen)
    if purpose == "restore" and known is None:
        raise WrongUse(
            "Which company is it that a restore may write to?",
            means="A connection for restore stands beside one that captures.",
            do="Name it with --company; `akika companies` lists them.",
        )
    asked = _Asked(
        environment,
        base_url,
        token_url,
        authorize_url,
        redirect_uri,
        port,
        paste,
        no_browser,
        tuple(one for one in (client_secret_env, refresh_token_env) if one),
    )
    base = _base_url(asked, known)
    own = _own_app(case, chosen, purpose) if known else None
    app_id, secret = credentials(
        client_id, client_secret_env, client_file, own if own and own.base_url == base else None
    )
    if token is not None:
        from akika_forensics.quickbooks import Connection

        realm = realm_id or (known.realm_id if known else "")
        connection = Connection(name, realm, base, token_url or _endpoints(asked, base).token, app_id, secret)
        done = case.connecting.by_token(connection, token, name=chosen or None, purpose=purpose)
    else:
        from akika_forensics.quickbooks.authorize import App

        app = App(base, _endpoints(asked, base), app_id, secret)
        done = _in_the_browser(case, app, asked, chosen, purpose)
    _tell(options, case, *done, purpose)


def _write_page(to: Path, options: Options) -> None:
    from akika_forensics.quickbooks.redirect_page import write_redirect_page

    write_redirect_page(to)
    if options.json:
        say_json({"page": str(to)})
        return
    say(f"The page is at {to}: put it at an https address of yours, and register that address at Intuit.")


def _known(case: Case, name: str) -> Connection | None:
    return case.companies.connection(name) if name and name in case.companies.names() else None


def _own_app(case: Case, name: str, purpose: str) -> Connection | None:
    """The app by which this connection was made before; capture's app is not restore's."""
    if purpose == "capture":
        return case.companies.connection(name)
    own, capture = case.companies.for_restore(name)[0], case.companies.connection(name)
    return own if own.client_id != capture.client_id else None


def _base_url(asked: _Asked, known: Connection | None) -> str:
    from akika_forensics.quickbooks.endpoints import API, SANDBOX

    if asked.environment and asked.base_url:
        raise WrongUse("--environment and --base-url exclude each other.", do="Give one of them.")
    if asked.environment:
        require_choice("--environment", asked.environment, tuple(API))
        return API[asked.environment]
    return asked.base_url or (known.base_url if known else API[SANDBOX])


def _endpoints(asked: _Asked, base: str) -> Any:
    from akika_forensics.quickbooks.endpoints import Endpoints, endpoints_of

    if asked.authorize_url and asked.token_url:
        return Endpoints(asked.authorize_url, asked.token_url, "")
    if asked.authorize_url:
        raise WrongUse("An address for the consent alone is not enough.", do="Give --token-url too, or neither.")
    found = endpoints_of(base)
    return Endpoints(found.authorize, asked.token_url or found.token, found.revoke, found.proof_keys)


def _in_the_browser(case: Case, app: Any, asked: _Asked, name: str, purpose: str) -> tuple[str, Company]:
    from akika_forensics.quickbooks.authorize import SigningIn, check_redirect
    from akika_forensics.quickbooks.doorstep import SANDBOX_PORT, Doorstep
    from akika_forensics.quickbooks.endpoints import is_intuit

    at_intuit = is_intuit(app.base_url)
    host = "localhost" if at_intuit else "127.0.0.1"
    if asked.paste:
        if not asked.redirect_uri:
            raise WrongUse(
                "The address of the page that shows the line was not given.",
                do="Give it with --redirect-uri, exactly as it is registered at Intuit.",
            )
        signing_in = SigningIn(app, asked.redirect_uri)
        _show(signing_in, asked)
        answer = _pasted(signing_in)
        return case.connecting.by_answer(signing_in, answer, name=name or None, purpose=purpose)
    check_redirect(asked.redirect_uri or f"http://{host}/", app.base_url)
    port = asked.port if asked.port >= 0 else SANDBOX_PORT if at_intuit else 0
    with Doorstep(port=port, name=host, redirect_uri=asked.redirect_uri) as doorstep:
        signing_in = SigningIn(app, doorstep.redirect_uri)
        _show(signing_in, asked)
        note(f"Waiting for the browser at {doorstep.redirect_uri}; Ctrl-C gives up.")
        answer = doorstep.wait(signing_in)
    return case.connecting.by_answer(signing_in, answer, name=name or None, purpose=purpose)


def _show(signing_in: SigningIn, asked: _Asked) -> None:
    note("Sign in to QuickBooks, choose the company and agree, at:")
    note(signing_in.address)
    if not asked.no_browser:
        open_page(signing_in.address, asked.hidden)


def _pasted(signing_in: SigningIn) -> Any:
    from akika_forensics.quickbooks.authorize import NotOurs

    for left in reversed(range(_TRIES)):
        try:
            return signing_in.answered(_line())
        except NotOurs as error:
            if not left or not sys.stdin.isatty():
                raise
            note(f"akika: {error.what} {error.means} {error.do}")
    raise AssertionError("the last try returns or raises")


def _line() -> str:
    """The line of the page; not shown on the terminal, since its code is good for some minutes."""
    if sys.stdin.isatty():
        return getpass.getpass("Paste the line that the page shows (it stays hidden): ")
    return sys.stdin.readline()


def _tell(options: Options, case: Case, chosen: str, company: Company, purpose: str) -> None:
    standing = case.companies.standing(chosen)
    state = standing.restore if purpose == "restore" and standing.restore else standing.capture
    if options.json:
        told = {"company": chosen, "realm_id": company.realm_id, "name": company.name, "for": purpose}
        say_json({**told, "environment": standing.environment, **times(state)})
        return
    kind = " for restore" if purpose == "restore" else ""
    say(f"Connected to {company.name} (realm {company.realm_id}, {standing.environment}){kind} as {chosen!r}.")
    if state.last_day:
        say(f"It lasts until {state.last_day:%Y-%m-%d}, as long as it is used at least every hundred days.")
    if purpose == "restore" and case.companies.for_restore(chosen)[0].client_id == standing.client_id:
        note("It is the same app as for capture: the Audit Log will not tell what was read from what was restored.")


COMMANDS = (
    Command(
        "connect", "Connect a company to the vault: in the browser, by a pasted line, or with a refresh token.", connect
    ),
)
