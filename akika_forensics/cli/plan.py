"""``plan …``: the life of a plan, from what should be put back to the proof that it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics import jobs
from akika_forensics.cli.session import Options, open_case, passphrase, signer_passphrase
from akika_forensics.cli.speech import Told, note, plain, say, say_json, table
from akika_forensics.errors import Interrupted, WrongUse
from akika_forensics.jobs.terminal import follow

if TYPE_CHECKING:
    from akika_forensics.restore.document import Note, Plan
    from akika_forensics.restore.execute import RunReport
    from akika_forensics.restore.rehearse import Rehearsal
    from akika_forensics.restore.verify import Verification
    from akika_forensics.vault import SnapshotInfo

group = typer.Typer(help="Restore plans.", no_args_is_help=True)

FILE = typer.Argument(help="The plan's file.")


@group.command("create")
def create(
    context: typer.Context,
    to: str = typer.Option(..., help="The snapshot to go back to."),
    out: Path = typer.Option(..., help="The plan's file, new."),
    after: str = typer.Option("", help="The first snapshot after the incident; later work is then told apart."),
    record: list[str] = typer.Option([], help="A record, such as Invoice:130; repeat it."),
    everything: bool = typer.Option(
        False, "--all", help="The whole company; what was added is never removed by this alone."
    ),
    import_since: str = typer.Option("", help="Remove what was created from this time on …"),
    import_until: str = typer.Option("", help="… up to this time."),
    import_entity: str = typer.Option("", help="Only this entity of the import."),
    snapshot: str = typer.Option(
        "", "--now", help="Use this snapshot as the state of now instead of capturing afresh."
    ),
) -> None:
    """Make a plan bound to a fresh capture of the company."""
    from akika_forensics.restore.scope import scope_of

    options: Options = context.obj
    scope = scope_of(record, everything=everything, imports=_imports(import_since, import_until, import_entity))
    case = open_case(options)

    def work(work: jobs.Work) -> Plan:
        return case.plans.create(
            to=to, scope=scope, out=out, after=after or None, now_snapshot=snapshot or None, progress=work.step
        )

    job = jobs.start("Planning", work, kind="plan", about=case.vault.id, queue=case.vault.id)
    _tell_plan(options, follow(job, quiet=options.json), out)


def _imports(since: str, until: str, entity: str) -> list[Any]:
    from akika_forensics.model.instants import now, parse_instant
    from akika_forensics.restore.scope import ImportWindow

    if not since:
        if until or entity:
            raise WrongUse("An import needs its beginning.", do="Give --import-since.")
        return []
    try:
        end: datetime = parse_instant(until) if until else now()
        return [ImportWindow(parse_instant(since), end, entity or None)]
    except ValueError as error:
        raise WrongUse(f"The time of the import cannot be read: {error}.", do="Write 2026-11-23T10:00:00Z.") from error


def _tell_plan(options: Options, plan: Plan, out: Path) -> None:
    if options.json:
        say_json(
            {
                "plan": plan.id,
                "digest": plan.digest,
                "file": str(out),
                "steps": len(plan.steps),
                "conflicts": [_note(n) for n in plan.conflicts],
                "findings": [_note(n) for n in plan.findings],
                "by_hand": [_note(n) for n in plan.by_hand],
                "left_alone": [_note(n) for n in plan.left_alone],
                "forecast": plan.forecast,
            }
        )
        return
    say(f"Plan {plan.id}: {len(plan.steps)} steps, written to {out}.")
    _tell_notes(plan)
    say(f"Next: akika plan rehearse {out}")


def _note(given: Note) -> dict[str, Any]:
    return {
        "code": given.code,
        "record": given.record,
        "label": given.label,
        "what": given.what,
        "values": given.values,
    }


def _tell_notes(plan: Plan) -> None:
    for title, notes in (
        ("asks a decision", plan.conflicts),
        ("by hand", plan.by_hand),
        ("note", plan.findings),
        ("left alone", plan.left_alone),
    ):
        for given in notes:
            say(f"  {title}: {given.label} ({given.record}): {given.what}")


@group.command("show")
def show(
    context: typer.Context,
    file: Path = FILE,
    plain_json: bool = typer.Option(False, "--plain", help="Print the plan document itself."),
) -> None:
    """The plan, its steps and what became of them."""
    options: Options = context.obj
    case = open_case(options)
    if plain_json:
        typer.echo(case.plans.plain(file, to="standard output").decode(), nl=False)
        return
    shown = case.plan(file)
    plan = shown.plan
    if options.json:
        say_json(
            {
                **shown.summary,
                "state": shown.held.state,
                "steps": _steps(shown.steps),
                "conflicts": [_note(n) for n in plan.conflicts],
                "by_hand": [_note(n) for n in plan.by_hand],
                "findings": [_note(n) for n in plan.findings],
                "left_alone": [_note(n) for n in plan.left_alone],
                "already_right": list(plan.already_right),
                "rehearsal": shown.rehearsal,
                "undo": list(plan.undo),
            }
        )
        return
    for name, value in shown.summary.items():
        say(f"{name:12} {value}")
    say()
    table(
        ("step", "action", "record", "label", "state"),
        [(s.id, s.action, s.record, s.label, s.state) for s in shown.steps],
    )
    _tell_notes(plan)


def _steps(rows: Iterable[Any]) -> list[dict[str, str]]:
    return [
        {
            "id": row.id,
            "action": row.action,
            "record": row.record,
            "label": row.label,
            "state": row.state,
            "fidelity": row.fidelity,
            "reason": row.reason,
            "why": row.why,
        }
        for row in rows
    ]


@group.command("explain")
def explain(
    context: typer.Context, file: Path = FILE, step: str = typer.Argument(help="The step, such as s001.")
) -> None:
    """One step in full: why, what is sent, what must be true before it, and what it does to the accounts."""
    options: Options = context.obj
    found = open_case(options).plan(file).plan.step(step)
    if options.json:
        say_json(found.model_dump(mode="python"))
        return
    say(f"{found.id}: {found.action.value} {found.label} ({found.record})")
    say(found.reason)
    for field in found.fields:
        say(f"  {field.path}: {plain(field.now)} → {plain(field.planned)}")
    for answer in found.preflight:
        say(f"  {answer.check}: {answer.answer}. {answer.note}")
    say(f"  fidelity: {found.fidelity.value} {found.fidelity_note}")


@group.command("rehearse")
def rehearse(
    context: typer.Context,
    file: Path = FILE,
    profile: str = typer.Option("", help="What a real company answered: the file that `akika twin probe` wrote."),
) -> None:
    """Run the plan and its undo on a twin that holds the books of now."""
    from akika_forensics.case.outcomes import rehearsal_json
    from akika_forensics.case.unverified import sentence
    from akika_forensics.twin.beliefs import read_profile

    options: Options = context.obj
    beliefs = read_profile(Path(profile)) if profile else None
    case = open_case(options)

    def work(work: jobs.Work) -> Rehearsal:
        return case.plans.rehearse(file, progress=work.step, beliefs=beliefs)

    job = jobs.start("Rehearsing", work, kind="rehearse", about=case.plan(file).plan.id, queue=case.vault.id)
    result = follow(job, quiet=options.json)
    if options.json:
        say_json(
            {
                **rehearsal_json(result),
                "run": result.state,
                "state": "rehearsed",
                "steps": _steps(case.plan(file).steps),
            }
        )
    else:
        say(f"The rehearsal {'ended as predicted' if result.ok else 'did NOT end as predicted'} ({result.state}).")
        for said in result.differences:
            say(f"  {said}")
        say(f"The undo on the stage: {result.undo_state}.")
        for said in result.undo_differences:
            say(f"  not brought back: {said}")
        say(f"Not shown by the stage: {', '.join(result.not_modelled)}.")
        if result.unverified:
            say(sentence(result.unverified))
    if not result.ok:
        raise typer.Exit(1)


@group.command("decide")
def decide(
    context: typer.Context,
    file: Path = FILE,
    decision: list[str] = typer.Argument(help="Decisions: Invoice:130=restore|keep|recreate|adopt:ID."),
    out: Path = typer.Option(..., help="The new plan's file."),
) -> None:
    """Make the plan anew with a person's decisions; it has a new digest and no approval."""
    options: Options = context.obj
    decisions: dict[str, str] = {}
    for text in decision:
        record, separator, choice = text.partition("=")
        if not separator:
            raise WrongUse(f"{text!r} is no decision.", do="Write Invoice:130=restore.")
        decisions[record] = choice
    plan = open_case(options).plans.decide(file, decisions, out)
    _tell_plan(options, plan, out)


@group.command("approve")
def approve(
    context: typer.Context,
    file: Path = FILE,
    signer: str = typer.Option("", help="Who approves [the preparer]."),
    allow_author: bool = typer.Option(
        False, "--allow-author", help="Let the preparer approve the own plan; the approval says so."
    ),
    words: str = typer.Option("", help="Words that are signed with it."),
    override: str = typer.Option("", help="Why a plan whose rehearsal failed is approved all the same."),
) -> None:
    """Sign the plan with the signer's own passphrase."""
    _sign(context.obj, file, signer, allow_author=allow_author, words=words, override=override, reject=False)


@group.command("reject")
def reject(
    context: typer.Context,
    file: Path = FILE,
    signer: str = typer.Option("", help="Who rejects [the preparer]."),
    words: str = typer.Option(..., help="Why."),
) -> None:
    """Sign that the plan must not run."""
    _sign(context.obj, file, signer, allow_author=True, words=words, override="", reject=True)


def _sign(
    options: Options, file: Path, signer: str, *, allow_author: bool, words: str, override: str, reject: bool
) -> None:
    from akika_forensics.restore.signers import PREPARER

    case = open_case(options)
    name = signer or PREPARER
    secret = passphrase(options) if name == PREPARER else signer_passphrase(name)
    made, counted = case.plans.approve(
        file, name, secret, allow_author=allow_author, words=words, override=override, reject=reject
    )
    if options.json:
        say_json(
            {
                "approval": {
                    "signer": made.statement.signer,
                    "role": made.statement.role,
                    "reading": made.reading,
                    "digest": made.statement.digest,
                    "fingerprint": made.statement.fingerprint,
                    "at": made.statement.at,
                },
                "enough": counted.enough,
            }
        )
        return
    say(
        f"{made.reading}: plan {made.statement.plan}. {'Enough to run.' if counted.enough else 'Not enough to run yet.'}"
    )


@group.command("execute")
def execute(context: typer.Context, file: Path = FILE) -> None:
    """Run an approved plan on the live company."""
    _execute(context.obj, file, resume=False)


@group.command("resume")
def resume(context: typer.Context, file: Path = FILE) -> None:
    """Go on with a run that stopped or died; looks before it sends anything again."""
    _execute(context.obj, file, resume=True)


def _execute(options: Options, file: Path, *, resume: bool) -> None:
    case = open_case(options)
    plan = case.plan(file).plan
    total = len(plan.steps)

    def work(work: jobs.Work) -> RunReport:
        done: set[str] = set()

        def on_step(step: Any, result: Any) -> None:
            done.add(step.id)
            work.progress(f"{step.label}: {result.state.value}", len(done), total)

        def confirm(family: str) -> bool:
            return work.ask(f"The family of {family} is written. Look at it in QuickBooks. Go on with the rest?")

        return case.plans.execute(
            file,
            resume=resume,
            on_step=on_step,
            should_stop=work.should_stop,
            confirm=None if options.json else confirm,
        )

    job = jobs.start("Writing", work, kind="execute", about=plan.id, queue=case.vault.id)
    report = follow(job, quiet=options.json, ask=_confirm)
    _tell_run(options, case.plan(file), report)


def _confirm(question: str) -> bool:
    try:
        return typer.confirm(plain(question), err=True)
    except typer.Abort:
        return False


def _tell_run(options: Options, shown: Any, report: RunReport) -> None:
    if options.json:
        say_json({"state": report.state, "why": report.why, "steps": _steps(shown.steps), "counts": report.counts()})
    else:
        say(f"The run is {report.state}. {report.why}".rstrip())
        say(", ".join(f"{number} {state}" for state, number in sorted(report.counts().items())))
        for row in shown.steps:
            if row.state not in {"verified", "applied", "adopted"}:
                say(f"  {row.id} {row.action} {row.label}: {row.state}. {row.why}")
    if report.state == "interrupted":
        note("akika: Stopped. `akika plan resume FILE` goes on.")
        raise Told(Interrupted.exit_code)
    if report.state != "complete":
        raise typer.Exit(1)


@group.command("verify")
def verify(
    context: typer.Context,
    file: Path = FILE,
    snapshot: str = typer.Option("", help="A snapshot taken since [a fresh capture]."),
) -> None:
    """Capture the company again and hold it against the plan, to the cent."""
    from akika_forensics.case.outcomes import verification_json

    options: Options = context.obj
    case = open_case(options)

    def work(work: jobs.Work) -> tuple[Verification, SnapshotInfo]:
        return case.plans.verify(file, snapshot=snapshot or None, progress=work.progress, should_stop=work.should_stop)

    job = jobs.start("Verifying", work, kind="verify", about=case.vault.id, queue=case.vault.id)
    result, info = follow(job, quiet=options.json)
    if options.json:
        say_json(
            {
                "state": "verified",
                "snapshot": info.id,
                "steps": _steps(case.plan(file).steps),
                **verification_json(result),
            }
        )
    else:
        details = verification_json(result)
        say(
            f"{details['exact']} exact, {details['exact_but_for']} exact but for Ids and times, {details['differs']} differing, "
            f"{details['by_hand']} by hand, {details['wrong']} wrong; largest residual {details['residual']}."
        )
        for row in result.records:
            for said in row.differences:
                say(f"  {row.label} ({row.now_record}): {said}")
        for said in result.unexpected:
            say(f"  {said}")
        say(
            "The books agree with the approved plan."
            if result.clean
            else "The books do NOT agree with the approved plan."
        )
    if not result.clean:
        raise typer.Exit(1)


@group.command("undo")
def undo(
    context: typer.Context, file: Path = FILE, out: Path = typer.Option(..., help="The undo plan's file, new.")
) -> None:
    """Make a plan that takes back what stands of an executed plan; it needs its own approval."""
    options: Options = context.obj
    case = open_case(options)

    def work(work: jobs.Work) -> Plan:
        return case.plans.undo(file, out, progress=work.step)

    job = jobs.start("Planning to take it back", work, kind="plan", about=case.vault.id, queue=case.vault.id)
    _tell_plan(options, follow(job, quiet=options.json), out)
