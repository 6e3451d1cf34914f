"""``vault compact``, ``vault retention``, ``vault hold``, ``vault erase``: what becomes of snapshots with the years."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics import jobs
from akika_forensics.cli.session import Options, open_case
from akika_forensics.cli.speech import counted, note, say, say_json, table
from akika_forensics.errors import WrongUse
from akika_forensics.jobs.terminal import follow
from akika_forensics.model.instants import format_instant

if TYPE_CHECKING:
    from akika_forensics.case import Case
    from akika_forensics.jobs.work import Work
    from akika_forensics.vault.lifecycle.compaction import Compacted, Extent
    from akika_forensics.vault.lifecycle.erasing import Estate
    from akika_forensics.vault.lifecycle.retiring import Retirement

retention = typer.Typer(help="Which snapshots a company keeps.", no_args_is_help=True)
hold = typer.Typer(help="Keep snapshots from being dropped or erased.", no_args_is_help=True)


def add_to(group: typer.Typer) -> None:
    """Hang these verbs below ``vault``."""
    group.command("compact")(compact)
    group.command("erase")(erase)
    group.add_typer(retention, name="retention")
    group.add_typer(hold, name="hold")


def compact(
    context: typer.Context,
    due: bool = typer.Option(False, "--due", help="Only what pays, as after a capture."),
    anew: bool = typer.Option(False, "--anew", help="Every file, so that none is left under a key of before."),
    after_capture: str = typer.Option("", help="on or off: whether a capture does what pays by itself."),
) -> None:
    """Merge the files of a company into as few as its limits allow; every snapshot stays as it is."""
    options: Options = context.obj
    case = open_case(options)
    lifecycle = case.lifecycle
    if after_capture:
        if after_capture not in {"on", "off"} or due or anew:
            raise WrongUse("--after-capture is on or off, and stands alone.", do="Write --after-capture off.")
        lifecycle.compact_after_a_capture(on=after_capture == "on")
        if options.json:
            say_json({"after_capture": after_capture})
        else:
            say(f"Merging after a capture is {after_capture}.")
        return
    if due and anew:
        raise WrongUse("--due and --anew cannot both be.", do="Give one of them.")
    extent: Extent = "due" if due else "anew" if anew else "everything"
    done: Compacted = _job(
        case, "Merging", "compaction", options, lambda w: lifecycle.compact(extent=extent, **_watched(w))
    )
    if options.json:
        say_json(
            {
                "merges": done.merges,
                "rows": done.rows,
                "parts": {"before": done.parts[0], "after": done.parts[1]},
                "bytes": {"before": done.bytes[0], "after": done.bytes[1]},
            }
        )
        return
    if not done.merges:
        say("There is nothing to be merged.")
        return
    say(f"{counted(done.parts[0], 'part')} became {done.parts[1]:,}; {done.bytes[0]:,} bytes became {done.bytes[1]:,}.")


@retention.command("show")
def show(context: typer.Context) -> None:
    """The company's retention rule."""
    options: Options = context.obj
    lifecycle = open_case(options).lifecycle
    company, policy = lifecycle.company(), lifecycle.policy()
    if options.json:
        say_json({"company": company.name, "rule": str(policy) if policy else None})
        return
    say(f"{company.name}: {policy or 'no rule; every snapshot is kept'}.")


@retention.command("set")
def set_rule(
    context: typer.Context,
    rule: str = typer.Argument(help="Such as daily=30,weekly=12,monthly=24,yearly=10,zone=America/New_York, or off."),
) -> None:
    """Set the rule; nothing is dropped before `akika vault retention run`."""
    options: Options = context.obj
    lifecycle = open_case(options).lifecycle
    policy = lifecycle.set_policy(rule)
    if options.json:
        say_json({"company": lifecycle.company().name, "rule": str(policy) if policy else None})
        return
    say(f"The retention rule of {lifecycle.company().name} is {policy or 'off'}.")
    if policy:
        say("Nothing is dropped yet. See what would be: `akika vault retention run --dry-run`.")


@retention.command("run")
def run(
    context: typer.Context,
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would go, and change nothing."),
) -> None:
    """Drop the snapshots that the rule does not keep, and every version that no kept one holds."""
    options: Options = context.obj
    case = open_case(options)
    lifecycle = case.lifecycle
    if dry_run:
        done = lifecycle.plan_retention()
    else:
        done = _job(case, "Dropping snapshots", "retention", options, lambda w: lifecycle.run_retention(**_watched(w)))
    if options.json:
        say_json(_retired(done, dry_run=dry_run))
        return
    for ident, reasons in done.decision.kept.items():
        say(f"  {ident} stays: {', '.join(reasons)}.")
    for info in done.dropped:
        say(f"  {info.id} of {format_instant(info.taken_at)} {'would go' if dry_run else 'went'}.")
    word = "would go" if dry_run else "went"
    say(
        f"{counted(len(done.dropped), 'snapshot')} {word}, with {counted(done.versions, 'version')} of records that no other holds."
    )
    say(
        f"{counted(len(done.files), 'file')} of {done.bytes:,} bytes {word}; {counted(len(done.rewritten), 'part is', 'parts are')} written again without those versions."
    )


@hold.command("add")
def add(
    context: typer.Context,
    name: str = typer.Argument(help="What the hold is called, such as the matter."),
    reason: str = typer.Option(..., help="Why, such as the letter that asks for it."),
    snapshot: list[str] = typer.Option([], help="A snapshot, such as s3; several times for several [every one]."),
    every_company: bool = typer.Option(False, "--every-company", help="All companies, also later ones."),
) -> None:
    """From now on nothing that it covers is dropped or erased."""
    options: Options = context.obj
    open_case(options).lifecycle.hold(name, reason, snapshots=snapshot or None, every_company=every_company)
    if options.json:
        say_json({"hold": name})
    else:
        say(f"The legal hold {name} is in force.")


@hold.command("release")
def release(
    context: typer.Context,
    name: str = typer.Argument(help="The hold."),
    reason: str = typer.Option(..., help="Why it ends."),
) -> None:
    """End a hold."""
    options: Options = context.obj
    open_case(options).lifecycle.release(name, reason)
    if options.json:
        say_json({"released": name})
    else:
        say(f"The legal hold {name} is released.")


@hold.command("list")
def list_holds(context: typer.Context) -> None:
    """The holds in force."""
    options: Options = context.obj
    found = open_case(options).lifecycle.holds()
    if options.json:
        say_json(
            {
                "holds": [
                    {
                        "hold": one.hold.name,
                        "since": format_instant(one.hold.since),
                        "company": one.company,
                        "snapshots": sorted(one.hold.snapshots, key=_number) if one.hold.snapshots else None,
                        "reason": one.hold.reason,
                    }
                    for one in found
                ]
            }
        )
        return
    rows = [
        (
            one.hold.name,
            format_instant(one.hold.since),
            one.company or "every company",
            ", ".join(sorted(one.hold.snapshots, key=_number)) if one.hold.snapshots else "every one",
            one.hold.reason,
        )
        for one in found
    ]
    table(("hold", "since", "company", "snapshots", "reason"), rows)


def erase(
    context: typer.Context,
    company: str = typer.Argument(help="The company, as `akika snapshots` names it."),
    reason: str = typer.Option(..., help="Why."),
    confirm: str = typer.Option("", help="The company's name once more [asked for]."),
) -> None:
    """Close a company for ever: its keys and files go, signatures and entries stay. There is no way back."""
    options: Options = context.obj
    lifecycle = open_case(options).lifecycle
    going = lifecycle.estate(company)
    typed = confirm or _typed(company, going)
    done = lifecycle.erase(company, reason, confirmed=typed)
    if options.json:
        say_json({"snapshots": list(done.snapshots), "files": len(done.files), "bytes": done.bytes})
    else:
        say(
            f"The company was erased: {counted(len(done.snapshots), 'snapshot')}, {counted(len(done.files), 'file')}, {done.bytes:,} bytes."
        )
    note("akika: Copies of the vault, and older versions in a bucket, still open with the keys of their time.")
    note("       Destroy those too. Exports, reports and plans outside the vault are not reached; custody lists them.")


def _typed(company: str, going: Estate) -> str:
    if not sys.stdin.isatty():
        raise WrongUse("The company's name was not typed.", means="Nothing was erased.", do="Give it with --confirm.")
    note(
        f"{counted(len(going.snapshots), 'snapshot')}, {counted(len(going.files), 'file')} and {going.bytes:,} bytes of {company} go for ever."
    )
    return input("Type the company's name: ")


def _job[T](case: Case, what: str, kind: str, options: Options, work: Callable[[Work], T]) -> T:
    job = jobs.start(what, work, kind=kind, about=case.vault.id, queue=case.vault.id)
    return follow(job, quiet=options.json)


def _watched(work: Work) -> dict[str, Any]:
    return {"progress": work.progress, "should_stop": work.should_stop}


def _retired(done: Retirement, *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "rule": done.rule,
        "kept": [{"snapshot": ident, "because": list(reasons)} for ident, reasons in done.decision.kept.items()],
        "dropped": [{"snapshot": info.id, "taken_at": format_instant(info.taken_at)} for info in done.dropped],
        "versions": done.versions,
        "payload_bytes": done.payload_bytes,
        "files": [{"path": file.path, "bytes": file.length} for file in done.files],
        "rewritten": len(done.rewritten),
        "bytes": done.bytes,
    }


def _number(ident: str) -> tuple[int, str]:
    return (int(ident[1:]) if ident[1:].isdigit() else 0, ident)
