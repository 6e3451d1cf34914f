"""``plan rehearse``, ``execute``, ``resume``, ``verify``: a plan tried on the stage, run on the company, and proved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics import jobs
from akika_forensics.cli.plan_making import FILE
from akika_forensics.cli.plan_speech import steps_json, tell_run
from akika_forensics.cli.session import Options, open_case
from akika_forensics.cli.speech import plain, say, say_json
from akika_forensics.jobs.terminal import follow

if TYPE_CHECKING:
    from akika_forensics.restore.execute import RunReport
    from akika_forensics.restore.rehearse import Rehearsal
    from akika_forensics.restore.verify import Verification
    from akika_forensics.vault import SnapshotInfo


def rehearse(
    context: typer.Context,
    file: Path = FILE,
    profile: str = typer.Option("", help="What a real company answered: the file that `akika twin probe` wrote."),
) -> None:
    """Run the plan and its undo on a twin that holds the books of now."""
    from akika_forensics.case.plans.outcomes import rehearsal_json
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
                "steps": steps_json(case.plan(file).steps),
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


def execute(context: typer.Context, file: Path = FILE) -> None:
    """Run an approved plan on the live company."""
    _execute(context.obj, file, resume=False)


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
    tell_run(options, case.plan(file), report)


def _confirm(question: str) -> bool:
    try:
        return typer.confirm(plain(question), err=True)
    except typer.Abort:
        return False


def verify(
    context: typer.Context,
    file: Path = FILE,
    snapshot: str = typer.Option("", help="A snapshot taken since [a fresh capture]."),
) -> None:
    """Capture the company again and hold it against the plan, to the cent."""
    from akika_forensics.case.plans.outcomes import verification_json

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
                "steps": steps_json(case.plan(file).steps),
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
