"""``plan …``: the life of a plan, from what should be put back to the proof that it is."""

from __future__ import annotations

from pathlib import Path

import typer

from akika_forensics.cli import plan_making, plan_running
from akika_forensics.cli.plan_making import FILE
from akika_forensics.cli.plan_speech import note_json, steps_json, tell_notes
from akika_forensics.cli.session import Options, open_case, passphrase, signer_passphrase
from akika_forensics.cli.speech import plain, say, say_json, table


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
                "steps": steps_json(shown.steps),
                "conflicts": [note_json(n) for n in plan.conflicts],
                "by_hand": [note_json(n) for n in plan.by_hand],
                "findings": [note_json(n) for n in plan.findings],
                "left_alone": [note_json(n) for n in plan.left_alone],
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
    tell_notes(plan)


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


group = typer.Typer(help="Restore plans.", no_args_is_help=True)
group.command("create")(plan_making.create)
group.command("show")(show)
group.command("explain")(explain)
group.command("rehearse")(plan_running.rehearse)
group.command("decide")(plan_making.decide)
group.command("approve")(approve)
group.command("reject")(reject)
group.command("execute")(plan_running.execute)
group.command("resume")(plan_running.resume)
group.command("verify")(plan_running.verify)
group.command("undo")(plan_making.undo)
