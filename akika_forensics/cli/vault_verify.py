"""``verify``: is the vault what was put into it? The whole of it, a sample, or the rest of an interrupted check."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics.cli.pace import Pace
from akika_forensics.cli.session import Command, Options, opening, vault_location
from akika_forensics.cli.speech import note, progress, say, say_json
from akika_forensics.errors import Interrupted, WrongUse
from akika_forensics.model.instants import format_instant
from akika_forensics.settings import state_dir

if TYPE_CHECKING:
    from akika_forensics.vault import VerifyReport


def verify(
    context: typer.Context,
    anchor: str = typer.Option(
        "", help="A head handed out earlier, as a JSON file [what this machine remembers in its state folder]."
    ),
    without_key: bool = typer.Option(False, "--without-key", help="Check links, signatures and digests only."),
    sample: str = typer.Option(
        "", help="Look at a part of the data only: a share such as 5%, or a number of files and records such as 300."
    ),
    seed: str = typer.Option("", help="What the sample is drawn with, to repeat one [drawn and said]."),
    resume: bool = typer.Option(False, "--resume", help="Go on where a check of the same kind was interrupted."),
) -> None:
    from akika_forensics.case.proofs import authority_in_force
    from akika_forensics.vault import HeadStore
    from akika_forensics.vault.checks.sample import Sample
    from akika_forensics.vault.checks.verify import verify as verify_vault
    from akika_forensics.vault.keys.roles import NotAllowed

    options: Options = context.obj
    if seed and not sample:
        raise WrongUse("A seed draws a sample, but none was asked for.", do="Give --sample as well.")
    if sample and resume and not seed:
        raise WrongUse("A sample is drawn by its seed.", do="Give the --seed that the interrupted check said.")
    root = vault_location(options)
    drawn = Sample.parse(sample, seed or secrets.token_hex(4)) if sample else None
    held = _anchor(anchor) if anchor else None
    means = None if without_key else opening(options)
    if drawn is not None and not options.json:
        note(f"The sample is drawn with --seed {drawn.seed}.")
    try:
        with progress("Verifying", quiet=options.json, pace=Pace(frozenset({"files"}))) as shown:
            report = verify_vault(
                root,
                means,
                heads=HeadStore(state_dir() / "heads"),
                anchor=held,
                progress=shown,
                sample=drawn,
                kept=state_dir() / "verify",
                resume=resume,
                authority=authority_in_force(),
            )
    except NotAllowed as error:
        raise NotAllowed(
            error.what,
            means="Whoever only captures cannot open what is to be checked. Nothing was checked.",
            do="akika verify --without-key checks links, signatures and bytes; a full member checks the rest.",
        ) from error
    except KeyboardInterrupt as error:
        again = f" --sample {drawn.text} --seed {drawn.seed}" if drawn else ""
        raise Interrupted(
            "Stopped.", means="What was found sound so far is kept.", do=f"akika verify{again} --resume goes on."
        ) from error
    if options.json:
        say_json(_fields(report))
    else:
        _tell(report)
    if not report.ok:
        raise typer.Exit(1)


def _anchor(file: str) -> dict[str, Any]:
    from akika_forensics.model.payload import decode

    try:
        raw = Path(file).read_bytes()
    except OSError as error:
        raise WrongUse(f"The anchor {file} cannot be read.", do="Give the head that was kept.") from error
    try:
        held = decode(raw)
    except WrongUse as error:
        raise _no_anchor(file) from error
    if not isinstance(held, dict):
        raise _no_anchor(file)
    return held


def _no_anchor(file: str) -> WrongUse:
    return WrongUse(
        f"{file} is not an anchor of a vault.",
        means="Nothing was checked.",
        do="Give the file that `akika vault head --out` wrote.",
    )


def _fields(report: VerifyReport) -> dict[str, Any]:
    scope = report.scope
    return {
        "ok": report.ok,
        "files": report.files,
        "bytes": report.bytes,
        "unchecked": list(report.unchecked),
        "findings": [{"path": f.path, "what": f.what, "severity": f.severity} for f in report.findings],
        "scope": {
            "whole": scope.whole,
            "opened": scope.keys,
            "sample": scope.sample,
            "seed": scope.seed,
            "not_looked_at": {
                "files": list(scope.files_left),
                "bytes": scope.bytes_left,
                "records": scope.records_left,
                "of_records": scope.records,
            },
            "resumed_from": scope.resumed_from,
            "sound_before": {"files": scope.files_before, "bytes": scope.bytes_before},
        },
        "outside": {
            "remembered": report.outside.remembered,
            "anchor": report.outside.anchor,
            "stamps": [
                {
                    "commit": one.commit,
                    "at": format_instant(one.at),
                    "authority": one.authority,
                    "path": one.path,
                    "checked": one.checked,
                }
                for one in report.outside.stamps
            ],
            "said": list(report.outside.sentences()),
        },
    }


def _tell(report: VerifyReport) -> None:
    for finding in report.findings:
        say(f"{finding.path}: {finding.what}")
    sound = "sound" if report.scope.sample is None else "sound as far as it was looked at"
    say(f"{report.files} files, {report.bytes:,} bytes: {sound if report.ok else 'DAMAGED'}.")
    for sentence in (*report.hidden(), *report.scope.sentences(), *report.outside.sentences()):
        say(sentence)
    if not report.ok:
        note(
            "akika: The vault does not hold what was put into it. `akika vault repair` says what is lost, and mends with --from COPY."
        )


COMMANDS = (Command("verify", "Check every byte and every link of the vault, or a sample.", verify),)
