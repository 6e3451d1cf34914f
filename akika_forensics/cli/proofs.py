"""``vault head``, ``stamp``, ``disclose``, ``prove``, ``attestations``: what a vault proves, and to whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from akika_forensics.cli.session import Options, open_case
from akika_forensics.cli.speech import say, say_json, table
from akika_forensics.model.instants import format_instant
from akika_forensics.model.payload import encode
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import state_dir


def head(
    context: typer.Context,
    out: str = typer.Option("", help="The file to hand to somebody else; verify --anchor compares with it."),
) -> None:
    """The last number and digest of every chain: with a third party, it shows later that nothing was rolled back.

    This machine remembers the same by itself, in the folder `heads` of its state folder (AKIKA_STATE_DIR, else
    ~/.local/state/akika). Whoever can write there and in the vault can put back an older state of both.
    """
    from akika_forensics.case.proofs import write_new

    options: Options = context.obj
    found = open_case(options).vault.head
    if out:
        write_new(Path(out), encode(found))
    if options.json:
        say_json({"head": found, "file": out or None, "remembered_in": str(state_dir() / "heads")})
        return
    if not out:
        say(encode(found).decode())
        return
    say(f"The head is in {out}: commit {found['chains']['commits']['seq']}. Give it to somebody outside.")


def stamp(context: typer.Context) -> None:
    """Have an authority stamp the head (RFC 3161): what the vault holds now existed at that time.

    AKIKA_TSA_URL names the authority, AKIKA_TSA_ROOTS the file of its certificates (PEM), AKIKA_TSA_POLICY the policy,
    if one is expected; several are separated by commas. Only a digest leaves this machine, and nothing without these.
    """
    from akika_forensics.case.proofs import named

    options: Options = context.obj
    made = open_case(options).stamp()
    if options.json:
        say_json(
            {
                "commit": made.commit,
                "digest": made.digest,
                "at": format_instant(made.stamp.at),
                "authority": made.stamp.authority,
                "policy": made.stamp.policy,
                "file": made.path,
            }
        )
        return
    say(f"The history up to commit {made.commit} existed at {format_instant(made.stamp.at)}, by {named(made.stamp)}.")


def disclose(
    context: typer.Context,
    entity: str = typer.Argument(..., help="Such as Invoice, or Invoice:130 without the next."),
    record: str = typer.Argument("", metavar="[ID]", help="Its Id."),
    snapshot: str = typer.Option("latest", help="The snapshot whose version is meant."),
    out: str = typer.Option(..., help="Where the proof goes; it holds the record in the clear."),
) -> None:
    """Give out one record with a proof that stands without the vault, and tells nothing of other records."""
    options: Options = context.obj
    key = RecordKey(entity, record) if record else RecordKey.parse(entity)
    written = open_case(options).disclose(snapshot, key, Path(out))
    if options.json:
        say_json({"file": out, "record": str(key), "snapshot": snapshot, "sha256": written})
        return
    say(f"{out} holds {key} in the clear, with its proof. `akika vault prove {out}` checks it, anywhere.")


def prove(
    context: typer.Context,
    file: str = typer.Argument(..., help="What vault disclose wrote."),
    founder: str = typer.Option("", help="The founder's key as you know it: ssh-ed25519 … or SHA256:…"),
    record: str = typer.Option("", help="Write the record's bytes to this file."),
) -> None:
    """Check a disclosed record without vault and key, and say what is proved and what is not.

    AKIKA_TSA_ROOTS names the certificates of the time-stamping authority that is believed.
    """
    from akika_forensics.case.proofs import prove_file, write_new

    options: Options = context.obj
    told = prove_file(Path(file), founder)
    if record:
        write_new(Path(record), told.proved.payload)
    if options.json:
        say_json(told.as_dict())
        return
    say("Proved:")
    for line in told.holds:
        say(f"  {line}")
    say("Not proved:")
    for line in told.open:
        say(f"  {line}")


def attestations(
    context: typer.Context,
    snapshot: str = typer.Option("", help="Those on one snapshot alone."),
    details: str = typer.Option("", help="Write the details of the newest of them to this new file, as JSON."),
) -> None:
    """The judgements that were signed on snapshots: what was concluded, by which rule in which version, when."""
    options: Options = context.obj
    case = open_case(options)
    found = case.attestations(snapshot or None)
    if details:
        from akika_forensics.case.attested import details_to
        from akika_forensics.errors import WrongUse

        if not found:
            raise WrongUse("No judgement was signed there.", do="`akika check --attest` signs one.")
        details_to(case.custody, case.vault, found[-1], Path(details))
    if options.json:
        say_json({"attestations": [_attestation(one) for one in found]})
        return
    rows = [
        (format_instant(one.at), one.snapshot, one.kind, f"{one.rule} {one.version}", one.statement) for one in found
    ]
    table(("at", "snapshot", "kind", "rule", "statement"), rows)


def _attestation(one: Any) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": format_instant(one.at),
        "digest": one.digest,
        "snapshot": one.snapshot,
        "commit": one.commit,
        "kind": one.kind,
        "rule": one.rule,
        "version": one.version,
        "statement": one.statement,
        "figures": one.figures,
        "document": one.document,
        "by": one.by,
    }


def join(group: typer.Typer) -> None:
    """Take their place among the verbs of the vault."""
    for run in (head, stamp, disclose, prove, attestations):
        group.command(run.__name__)(run)
