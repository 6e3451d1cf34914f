"""``twin serve`` and ``twin incident``: a local QuickBooks company over HTTP."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics.cli import twin_life
from akika_forensics.cli.session import Options, ask, open_case
from akika_forensics.cli.speech import note, say, say_json
from akika_forensics.errors import NetworkFailed, Refused, WrongUse
from akika_forensics.jobs.signals import stop_on_signal
from akika_forensics.model.payload import decode
from akika_forensics.settings import Secret

if TYPE_CHECKING:
    from akika_forensics.twin.beliefs import Beliefs

group = typer.Typer(help="A local QuickBooks company.", no_args_is_help=True)


@group.command("serve")
def serve(
    context: typer.Context,
    port: int = typer.Option(0, min=0, max=65535, help="0 takes any free one."),
    company: str = typer.Option(
        "sample", help="sample, empty, a folder of Entity.jsonl files, or snapshot:ID of the vault."
    ),
    limits: str = typer.Option("off", help="on or off: QuickBooks' request limits."),
    faults: str = typer.Option("", help="What goes wrong when, such as throttle@5,drop@write:3; see docs/commands.md."),
    data: str = typer.Option("", help="A folder to keep the company in; without one it is gone when it stops."),
    records: int = typer.Option(0, help="Make a company of about so many records that lived for years."),
    seed: int = typer.Option(1, help="With --records: another seed, another company."),
    years: int = typer.Option(0, help="With --records: how long it lived."),
    currency: str = typer.Option("", help="With --records: a second currency, such as EUR."),
    parameters: Path | None = typer.Option(None, help="With --records: a file of parameters of your own."),
    belief: list[str] = typer.Option([], help="NAME=CHOICE for what nobody is sure of; repeat it."),
    profile: str = typer.Option("", help="What a real company answered: the file that `akika twin probe` wrote."),
    webhook: list[str] = typer.Option([], help="An address on this machine to notify of what changes; repeat it."),
    webhook_format: str = typer.Option("cloudevents", help="The form of notifications: cloudevents or legacy."),
) -> None:
    """Serve a company on this machine until stopped. The first line on stdout is JSON."""
    from akika_forensics.twin import Twin
    from akika_forensics.twin import serve as serve_twin

    if limits not in {"on", "off"}:
        raise WrongUse(f"--limits {limits!r} is neither on nor off.", do="Write --limits on or --limits off.")
    options: Options = context.obj
    path = None
    if data:
        Path(data).mkdir(parents=True, exist_ok=True)
        path = Path(data) / "company.sqlite"
    kept = path is not None and path.exists()
    if records and company not in {"sample", "empty"}:
        raise WrongUse(f"--records makes a company; {company} is one already.", do="Give one of the two.")
    beliefs = _beliefs(profile, belief)
    if not kept and records:
        twin, said = twin_life.made(path, beliefs, records, seed, years, currency, parameters)
        note(said)
    else:
        twin = Twin(path, beliefs=beliefs)
        if not kept:
            _fill(twin, company, options)
    stopped = threading.Event()
    with serve_twin(twin, port=port, limits=limits == "on", faults=faults) as server, stop_on_signal() as asked:
        for url in webhook:
            server.webhooks.keep_subscribed(url, webhook_format)
        given = server.credentials
        say_json(
            {
                "base_url": server.base_url,
                "token_url": server.token_url,
                "realm_id": server.realm_id,
                "client_id": given.client_id,
                "client_secret": given.client_secret,
                "access_token": given.access_token,
                "refresh_token": given.refresh_token,
                "webhook_verifier_token": given.webhook_verifier_token,
                "pid": os.getpid(),
            }
        )
        while not asked():
            stopped.wait(0.1)


def _beliefs(profile: str, choices: list[str]) -> Beliefs | None:
    """What the command line says; None when it says nothing, so that a kept company keeps its own."""
    from akika_forensics.twin.beliefs import Beliefs, read_choices, read_profile

    if not profile and not choices:
        return None
    settled = read_profile(Path(profile)) if profile else Beliefs()
    return settled.but(**read_choices(choices))


def _fill(twin: object, company: str, options: Options) -> None:
    from akika_forensics.case.opening_costs import opening_costs
    from akika_forensics.twin import Twin, loading, sample

    assert isinstance(twin, Twin)  # noqa: S101 -- for the type checker; the caller made it
    if company == "empty":
        return
    if company == "sample":
        sample.build(twin)
        return
    if company.startswith("snapshot:"):
        snapshot = open_case(options).snapshot(company.removeprefix("snapshot:"))
        records = ((record.key.entity, record.payload) for record in snapshot.records())
        report = loading.load_records(
            twin,
            records,
            opening=None,
            opening_date=snapshot.info.taken_at.date(),
            opening_costs=opening_costs(snapshot).units,
        )
    else:
        folder = Path(company)
        if not folder.is_dir():
            raise WrongUse(f"{company!r} is no company.", do="Use sample, empty, a folder, or snapshot:ID.")
        report = loading.load_folder(twin, folder)
    note(f"{report.records} records, {len(report.placeholders)} placeholders, {len(report.openings)} opening entries.")
    for said in report.announcements:
        note(f"  {said.what}")


group.command("generate")(twin_life.generate)


@group.command("incident")
def incident(
    context: typer.Context,
    name: str = typer.Argument(help="The incident, such as deleted-invoice or demo; `list` says which there are."),
    url: str = typer.Option("", help="The base_url that `akika twin serve` printed."),
    seed: int = typer.Option(1, help="Another number strikes other records."),
    file: Path | None = typer.Option(None, help="A description of an incident of your own."),
) -> None:
    """Do one labelled incident to a running twin, and print the ground truth."""
    import httpx

    options: Options = context.obj
    if name == "list":
        _list_incidents(options)
        return
    if not url:
        raise WrongUse("Which twin?", do="Give --url with the base_url that `akika twin serve` printed.")
    asked: dict[str, Any] = {"seed": seed}
    if file is not None:
        asked["description"] = _text_of(file)
    try:
        answer = httpx.post(f"{url.rstrip('/')}/twin/incidents/{name}", json=asked, timeout=600, trust_env=False)
    except httpx.HTTPError as error:
        raise NetworkFailed(f"No twin answers at {url}.", do="Start one with `akika twin serve`.") from error
    truth = decode(answer.content)
    if answer.status_code != httpx.codes.OK:
        raise Refused(str(truth.get("error", truth)) if isinstance(truth, dict) else "The twin refused.")
    if options.json:
        say_json(truth)
        return
    for record in truth["records"]:
        say(f"{record['what']:12} {record['entity']}:{record['id']}")
    sys.stdout.flush()


@group.command("audit-log")
def audit_log(
    context: typer.Context,
    out: Path = typer.Option(..., help="The file, new."),
    url: str = typer.Option(..., help="The base_url that `akika twin serve` printed."),
    user: str = typer.Option("", help="Only what this user did, by the name that the log shows."),
    since: str = typer.Option("", "--from", help="From this day on, such as 2026-03-01."),
    until: str = typer.Option("", "--to", help="Up to this day."),
    events: str = typer.Option(
        "", help="Only one family: transactions, lists, reconciliations, settings, sign-in/out, …"
    ),
    form: str = typer.Option("native", help="native (three columns) or wide."),
) -> None:
    """The Audit Log of a running twin, as QuickBooks' screens export it."""
    import httpx

    options: Options = context.obj
    if out.exists():
        raise WrongUse(f"{out} is there already.", do="Give a new file.")
    given = {"user": user, "from": since, "to": until, "events": events, "form": form}
    asked = {name: value for name, value in given.items() if value}
    try:
        answer = httpx.get(f"{url.rstrip('/')}/twin/audit-log.csv", params=asked, timeout=60, trust_env=False)
    except httpx.HTTPError as error:
        raise NetworkFailed(f"No twin answers at {url}.", do="Start one with `akika twin serve`.") from error
    if answer.status_code != httpx.codes.OK:
        raise Refused(str(decode(answer.content).get("error", "The twin refused.")))
    out.write_bytes(answer.content)
    if options.json:
        say_json({"file": str(out), "bytes": len(answer.content)})
        return
    say(f"The Audit Log is in {out}. A log of 10,000 rows was cut there without a word, as QuickBooks cuts it.")


def _list_incidents(options: Options) -> None:
    from akika_forensics.twin.incidents import INCIDENTS

    if options.json:
        say_json({"incidents": INCIDENTS})
        return
    for name, what in INCIDENTS.items():
        say(f"{name}: {what}")


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{file} cannot be read.", do="Give a text file that describes an incident.") from error


@group.command("beliefs")
def beliefs(
    context: typer.Context,
    profile: str = typer.Option("", help="What a real company answered: the file that `akika twin probe` wrote."),
) -> None:
    """What nobody is sure of, what may be, and what is taken for granted until somebody knows."""
    from akika_forensics.twin.beliefs import BELIEFS, Beliefs, read_profile

    options: Options = context.obj
    held = read_profile(Path(profile)) if profile else Beliefs()
    rows: list[dict[str, Any]] = [
        {
            "belief": row.name,
            "question": row.question,
            "choices": list(row.choices),
            "taken": held.choice(row.name),
            "settled": row.name in held.settled,
            "source": row.source,
        }
        for row in BELIEFS.values()
    ]
    if options.json:
        say_json({"beliefs": rows})
        return
    for row in rows:
        marked = [f"[{choice}]" if choice == row["taken"] else choice for choice in row["choices"]]
        say(f"{row['belief']}: {' or '.join(marked)}{', settled' if row['settled'] else ''}")
        say(f"  {row['question']} ({row['source']})")


@group.command("probe")
def probe(
    context: typer.Context,
    realm: str = typer.Option(..., help="The number of the sandbox company."),
    out: Path = typer.Option(..., help="The profile's file, new."),
    url: str = typer.Option(
        "https://sandbox-quickbooks.api.intuit.com", help="The sandbox, or a twin on this machine."
    ),
    belief: list[str] = typer.Option([], help="Only this question; repeat it."),
    token_env: str = typer.Option("AKIKA_PROBE_TOKEN", help="The environment variable that holds the access token."),
    flood: bool = typer.Option(False, "--flood", help="Also send requests until the company refuses more of them."),
    yes: bool = typer.Option(False, "--yes", help="Do not ask before records are written."),
) -> None:
    """Find out from a sandbox company what nobody is sure of, and write it down for the twin."""
    from akika_forensics.twin import probing

    options: Options = context.obj
    probing.check_host(url)
    if out.exists():
        raise WrongUse(f"{out} is there already.", do="Give a new file.")
    asked = probing.Probe(belief, flood=flood)
    note(f"This asks company {realm} at {url}:")
    for line in asked.intentions():
        note(f"  {line}")
    note("It changes only what it makes itself, and deletes it or makes it inactive at the end.")
    if not yes:
        _agree()
    with probing.Sandbox(url, realm, _access_token(token_env)) as sandbox:
        profile = asked.run(sandbox, note)
    probing.write_profile(profile, out)
    if options.json:
        say_json({"file": str(out), **profile})
        return
    say(f"{len(profile['beliefs'])} settled, {len(profile['open'])} open, written to {out}.")
    for left in profile["left"]:
        say(f"  left behind: {left}")
    say(f"Next: akika twin serve --profile {out}")


def _agree() -> None:
    if not sys.stdin.isatty():
        raise WrongUse("Nobody said yes.", means="A probe writes records.", do="Give --yes in a script.")
    if not typer.confirm("Go on?", err=True):
        raise Refused("Nothing was asked.")


def _access_token(variable: str) -> Secret:
    """The access token: from the environment or a prompt; never an argument."""
    text = os.environ.get(variable)
    return Secret(text) if text else ask("Access token of the sandbox company", new=False, instead=variable)
