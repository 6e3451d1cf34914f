"""The score and the differences as text: for the terminal, and for docs/twin.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from akika_forensics.twin.uncertain import TABLE
from twin_recorded import comparing, known
from twin_recorded.comparing import Aspect
from twin_recorded.replaying import Outcome

REPLAY: Final = "written by tools/replay.py"
SWITCHES: Final = "switches"
"""Names of the parts of docs/twin.md that are written by a program."""


def share(equal: int, every: int) -> str:
    """``99.4 %``; only what is wholly equal is 100 %."""
    if not every:
        return "–"
    return f"{min(1000 * equal // every, 1000 if equal == every else 999) / 10:.1f} %"


def total(outcomes: Iterable[Outcome], kind: str | None = None) -> tuple[int, int]:
    """Equal and all over many exchanges."""
    rows = [outcome.score(kind) for outcome in outcomes]
    return sum(equal for equal, _ in rows), sum(every for _, every in rows)


def mean(outcomes: Sequence[Outcome]) -> str:
    """Every exchange counted alike, however long its answer."""
    shares = [equal / every for equal, every in (outcome.score() for outcome in outcomes) if every]
    return f"{int(1000 * sum(shares) / len(shares)) / 10:.1f} %"


def scores(outcomes: Sequence[Outcome]) -> str:
    """One line an exchange, one a kind of aspect, and the whole."""
    widest = max(len(outcome.exchange.name) for outcome in outcomes)
    lines = []
    for outcome in outcomes:
        good = all(row.equal for row in outcome.aspects if row.kind in comparing.ALWAYS)
        equal, every = outcome.score()
        note = "" if good else "   STATUS OR CODE"
        lines.append(f"{outcome.exchange.name:{widest}}  {equal:5} of {every:5}  {share(equal, every):>8}{note}")
    lines.append("")
    for kind in comparing.KINDS:
        equal, every = total(outcomes, kind)
        lines.append(f"{kind:10} {equal:6} of {every:6}  {share(equal, every):>8}")
    equal, every = total(outcomes)
    lines.append(f"{'all':10} {equal:6} of {every:6}  {share(equal, every):>8}")
    lines.append(f"{len(outcomes)} exchanges; every exchange counted alike: {mean(outcomes)}")
    return "\n".join(lines)


def differences(outcomes: Iterable[Outcome]) -> str:
    """Every aspect that is not equal, with its reason if it has one."""
    lines = []
    for outcome in outcomes:
        for aspect in outcome.unequal:
            found = known.reason_for(outcome.exchange, aspect)
            lines.append(f"{outcome.exchange.name}  {aspect.kind}  {aspect.path}")
            lines.append(f"  recorded {aspect.recorded}\n  twin     {aspect.served}")
            if found:
                lines.append(f"  reason   {found.reason}")
    return "\n".join(lines)


_MEANING: Final = {
    "status": "HTTP status",
    "code": "code of every fault",
    "headers": "names and forms of the headers",
    "envelope": "outermost keys, in order",
    "keys": "keys of every object, length of every list",
    "order": "order of keys, order of records",
    "formats": "forms of numbers, dates and times",
    "texts": "values",
}


def markdown(outcomes: Sequence[Outcome]) -> str:
    """What docs/twin.md says of the replay: scores, differences, what is left out."""
    asked = sum(not outcome.exchange.inferred for outcome in outcomes)
    lines = [
        (
            f"{len(outcomes)} exchanges are replayed: of {asked} the request was recorded, of {len(outcomes) - asked} "
            "only the answer, so that the request is inferred from it."
        ),
        "",
        "| Compared | Equal |",
        "|---|---|",
    ]
    lines += [f"| {_MEANING[kind]} | {share(*total(outcomes, kind))} |" for kind in comparing.KINDS]
    lines.append(f"| all but status and code | {share(*total(outcomes))} |")
    lines.append(f"| the same, every exchange counted alike | {mean(outcomes)} |")
    lines += ["", "| Recordings of | Exchanges | Equal |", "|---|---|---|"]
    families: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        families.setdefault(outcome.exchange.file.partition("/")[0], []).append(outcome)
    lines += [f"| {name} | {len(rows)} | {share(*total(rows))} |" for name, rows in families.items()]
    lines += ["", "| Not equal | Recorded | Twin | Reason |", "|---|---|---|---|"]
    lines += list(dict.fromkeys(_row(outcome, aspect) for outcome in outcomes for aspect in outcome.unequal))
    lines += ["", "| Not replayed | Reason |", "|---|---|"]
    lines += [f"| {row.what} | {row.reason} |" for row in known.NOT_REPLAYED]
    return "\n".join(lines)


def _row(outcome: Outcome, aspect: Aspect) -> str:
    found = known.reason_for(outcome.exchange, aspect)
    where = f"{outcome.exchange.name.replace('#', ', ')}: {aspect.kind} {f'`{aspect.path}`' if aspect.path else ''}"
    reason = found.reason if found else "**no reason is known**"
    return f"| {where.strip()} | {_cell(aspect.recorded)} | {_cell(aspect.served)} | {reason} |"


def _cell(text: str) -> str:
    plain = " ".join(text.split()).replace("|", "\\|").replace("`", "'")
    return f"`{plain if len(plain) <= 80 else f'{plain[:77]}...'}`"


def switches() -> str:
    """What docs/twin.md says of the beliefs: the table of the twin as it is."""
    lines = ["| Switch | Question | Taken for granted | Or | What is known |", "|---|---|---|---|---|"]
    for row in TABLE:
        others = " · ".join(f"`{choice}`" for choice in row.choices if choice != row.default)
        lines.append(f"| `{row.name}` | {row.question} | `{row.default}` | {others} | {row.source} |")
    return "\n".join(lines)


def _marks(part: str) -> tuple[str, str]:
    return f"<!-- {part}: begin -->", f"<!-- {part}: end -->"


def written(document: str, part: str) -> str:
    """One part of docs/twin.md that is written by a program. Raises ValueError when its marks are missing."""
    begin, end = _marks(part)
    return document[document.index(begin) + len(begin) : document.index(end)].strip()


def write(path: Path, part: str, text: str) -> None:
    """Renew one part."""
    begin, end = _marks(part)
    document = path.read_text("utf-8")
    before, after = document[: document.index(begin)], document[document.index(end) :]
    path.write_text(f"{before}{begin}\n\n{text}\n\n{after}", "utf-8")
