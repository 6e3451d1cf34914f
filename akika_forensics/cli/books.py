"""``diff``, ``check``, ``graph``: looking at snapshots. They write nothing."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics.cli.findings import tell_findings
from akika_forensics.cli.history import history
from akika_forensics.cli.session import Command, Options, open_case
from akika_forensics.cli.speech import counted, plain, say, say_json, table
from akika_forensics.model.money import ZERO, money_text
from akika_forensics.model.payload import encode

if TYPE_CHECKING:
    from akika_forensics.case.coverage import Coverage
    from akika_forensics.case.deletions import Deletions


def diff(
    context: typer.Context,
    before: str = typer.Argument(help="A snapshot: s1, first, latest."),
    after: str = typer.Argument(help="A later snapshot."),
    by: str = typer.Option(
        "account", help="What the changes did to the books: by account, period, class, location, party or document."
    ),
) -> None:
    from akika_forensics.cli import effects

    options: Options = context.obj
    effects.require(by)
    result = open_case(options).diff(before, after)
    if options.json:
        say_json(
            {
                "before": result.before.id,
                "after": result.after.id,
                "notes": list(result.notes),
                "changes": [
                    {
                        "entity": change.key.entity,
                        "id": change.key.id,
                        "label": change.label,
                        "kind": change.kind,
                        "consequence": change.consequence,
                        "fields": [{"path": f.path, "before": f.before, "after": f.after} for f in change.fields],
                    }
                    for change in result.changes
                ],
                "effect": {
                    "accounts": [account_json(row) for row in result.effect],
                    **effects.as_json(result.moved),
                },
            }
        )
        return
    for one in result.notes:
        say(one)
    direct = [change for change in result.changes if not change.consequence]
    for change in direct:
        say(f"{change.kind:12} {change.label} ({change.key})")
        if change.kind == "changed":
            for field in change.fields:
                if not field.path.startswith("MetaData") and field.path != "SyncToken":
                    say(f"             {field.path}: {_short(field.before)} → {_short(field.after)}")
    say(f"{counted(len(direct), 'record')} changed, {len(result.changes) - len(direct):,} more follow from that.")
    moved = [row for row in result.effect if row.change != ZERO]
    if moved and by == "account":
        say()
        rows = [(row.name, money_text(row.before), money_text(row.after), money_text(row.change)) for row in moved]
        table(("account", "before", "after", "change"), rows, right=(1, 2, 3))
    elif by != "account":
        effects.tell(result.moved, by)
    effects.tell_closed(result.moved)


def account_json(row: Any) -> dict[str, str]:
    return {
        "account": row.account,
        "account_name": row.name,
        "before": money_text(row.before),
        "after": money_text(row.after),
        "change": money_text(row.change),
    }


def _short(value: object) -> str:
    if value is None:
        text = "absent"
    elif isinstance(value, dict | list):
        text = plain(encode(value).decode())
    else:
        text = plain(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def check(
    context: typer.Context,
    snapshot: str = typer.Argument("latest", help="A snapshot."),
    profile: str = typer.Option("", help="What a real company answered: the file that `akika twin probe` wrote."),
    attest: bool = typer.Option(False, "--attest", help="Sign the judgement, beside the snapshot."),
    figures: str = typer.Option("", "--table", help="Write every compared figure to this new .csv file."),
    detail: bool = typer.Option(False, "--detail", help="Show each finding as it is recorded, with its code, too."),
) -> None:
    from akika_forensics.case.attested import digest, table_to
    from akika_forensics.case.unverified import sentence
    from akika_forensics.twin.beliefs import read_profile

    options: Options = context.obj
    case = open_case(options)
    subject = case.snapshot(snapshot).info.id
    report = case.check(subject, beliefs=read_profile(Path(profile)) if profile else None)
    attested = case.attest(subject, report) if attest else None
    if figures:
        table_to(case.custody, report, subject, Path(figures))
    residual = max((abs(line.residual) for line in report.tie_out), default=Decimal(0))
    if options.json:
        say_json(
            {
                "complete": report.complete,
                "residual": money_text(residual),
                "tie_out": [line.as_dict() for line in report.tie_out],
                "reports": [one.as_dict() for one in report.reports],
                "findings": [finding_json(finding) for finding in report.findings],
                "controls": list(report.controls),
                "coverage": [row.as_dict() for row in report.coverage],
                "deletions": [row.as_dict() for row in report.deletions],
                "unverified": [row.as_dict() for row in report.unverified],
                "attestation": attested.digest if attested else None,
                "table": digest(report),
            }
        )
    else:
        tell_findings(report.findings, detail=detail)
        apart = [line for line in report.tie_out if line.residual != ZERO]
        rows = [
            (
                line.account_name,
                line.period.rpartition("/")[2],
                money_text(line.ours),
                money_text(line.theirs),
                money_text(line.residual),
                f"{line.report} {line.basis}".strip(),
                line.reason,
            )
            for line in apart
        ]
        if rows:
            heads = ("account or name", "as of", "documents", "QuickBooks", "residual", "report", "reason")
            table(heads, rows, right=(2, 3, 4))
        say(
            f"{'Complete' if report.complete else 'NOT complete'}; {report.compared} figures compared, largest residual {money_text(residual)}."
        )
        _tell_deletions(report.deletions, detail=detail)
        _tell_coverage(report.coverage)
        say(f"Reports of QuickBooks kept with it: {_counted(report.controls)}.")
        if report.unverified:
            say(sentence(report.unverified) if detail else _untold(len(report.unverified)))
        if attested:
            say(f"Attested: {attested.statement}")
    if not report.complete or residual != ZERO:
        raise typer.Exit(1)


def _untold(number: int) -> str:
    facts = f"{number} facts" if number != 1 else "1 fact"
    return f"It rests on {facts} about QuickBooks that nobody has verified; `akika check --detail` names them."


def _tell_deletions(deletions: Deletions, *, detail: bool) -> None:
    if not deletions:
        return
    say(deletions.sentence if detail else f"{deletions.sentence} `akika check --detail` lists them.")
    if detail:
        rows = [
            (
                one.entity,
                one.id,
                f"{one.deleted_at:%Y-%m-%d %H:%M:%S}" if one.deleted_at else "not told",
                f"last version in {one.last_held}" if one.last_held else "nothing of it",
            )
            for one in deletions
        ]
        table(("entity", "Id", "deleted (UTC)", "in the vault"), rows)


def _tell_coverage(coverage: Coverage) -> None:
    from akika_forensics.capture.coverage import OUT_OF_REACH
    from akika_forensics.case.coverage import MARKS, WAYS, missing

    rows = [
        (
            row.entity,
            f"{row.records:,}",
            MARKS[row.reach].word,
            f"{row.interval.end:%Y-%m-%d %H:%M:%S} UTC ({WAYS.get(row.interval.by, row.interval.by)})"
            if row.interval
            else "",
            missing(row),
        )
        for row in coverage
        if row.records or row.reach.value == "not"
    ]
    table(("entity", "records", "captured", "as it was until", "missing of it"), rows, right=(1,))
    say(coverage.sentence)
    names = ", ".join(one.name for one in OUT_OF_REACH)
    say(textwrap.fill(f"Readable by no application, to be kept by hand: {names}.", 100, subsequent_indent="  "))


def _counted(controls: Sequence[str]) -> str:
    """``TrialBalance (12), BalanceSheet (2)``."""
    many = Counter(name.partition("/")[0] for name in controls)
    return ", ".join(f"{report} ({number})" for report, number in many.items()) or "none"


def finding_json(finding: Any) -> dict[str, Any]:
    """A finding as a dictionary, whether it was kept with the snapshot or made by the check."""
    if isinstance(finding, dict):
        return finding
    key = getattr(finding, "key", None) or getattr(finding, "record", None)
    records = [str(record) for record in getattr(finding, "records", ())] or ([str(key)] if key else [])
    return {
        "code": finding.code,
        "what": finding.what,
        "records": records,
        "severity": getattr(finding, "severity", ""),
    }


def graph(
    context: typer.Context,
    entity: str = typer.Argument(help="The entity, such as Invoice."),
    record_id: str = typer.Argument(help="Its Id."),
    depth: int = typer.Option(1, min=1, help="How many steps away."),
    snapshot: str = typer.Option("latest", help="A snapshot."),
) -> None:
    from akika_forensics.errors import WrongUse
    from akika_forensics.model.record import RecordKey

    options: Options = context.obj
    key = RecordKey.parse(f"{entity}:{record_id}")
    case = open_case(options)
    found = case.graph_of(snapshot)
    if key not in found:
        raise WrongUse(f"{key} is not in snapshot {snapshot}.", do="`akika history` tells where it is.")
    around = {*found.closure([key], "needs", depth), *found.closure([key], "dependents", depth)}
    edges = found.edges(around)
    labels = {k: record.label for k, record in case.snapshot(snapshot).get_many(around).items()}
    if options.json:
        say_json(
            {
                "nodes": [
                    {"record": str(k), "entity": k.entity, "id": k.id, "label": labels.get(k, str(k))}
                    for k in sorted(around)
                ],
                "edges": [{"source": str(e.source), "target": str(e.target), "paths": list(e.paths)} for e in edges],
            }
        )
        return
    say(labels.get(key, str(key)))
    for title, keys in (("needs", found.needs(key)), ("hangs on it", found.dependents(key))):
        for other in keys:
            say(f"  {title:12} {labels.get(other, '')} ({other})")


COMMANDS = (
    Command("diff", "What changed between two snapshots, field by field.", diff),
    Command("history", "Every version of a record.", history),
    Command("check", "How whole a snapshot is: counts, references, tie-out.", check),
    Command("graph", "What a record needs and what hangs on it.", graph),
)
