"""``signer add|enrol|list|revoke``: people who may approve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from akika_forensics.cli.session import Options, open_case, signer_passphrase
from akika_forensics.cli.speech import say, say_json, table
from akika_forensics.errors import WrongUse

group = typer.Typer(help="People who may approve, with their keys.", no_args_is_help=True)


@group.command("add")
def add(
    context: typer.Context,
    name: str = typer.Argument(help="The signer's name."),
    role: str = typer.Option("approver", help="What the signer is in the case."),
) -> None:
    """Make a key for a signer, sealed under the signer's own passphrase (AKIKA_SIGNER_PASSPHRASE or a prompt)."""
    options: Options = context.obj
    case = open_case(options)
    signer = case.signers.add(name, signer_passphrase(name, new=True), role=role)
    case.custody.record(
        "signer_added", f"{name} may approve.", {"signer": name, "role": role, "fingerprint": signer.fingerprint}
    )
    _tell(options, signer)


@group.command("enrol")
def enrol(
    context: typer.Context,
    file: Path = typer.Argument(help="An OpenSSH Ed25519 public key from the approver's machine."),
    name: str = typer.Option(..., help="The signer's name."),
    role: str = typer.Option("approver", help="What the signer is in the case."),
) -> None:
    """Take in a signer's public key; confirm the printed fingerprint with the signer by another way."""
    options: Options = context.obj
    try:
        line = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"{file} cannot be read.", do="Give a public key file, such as id_ed25519.pub.") from error
    case = open_case(options)
    signer = case.signers.enrol(name, line, role=role)
    case.custody.record(
        "signer_enrolled", f"{name} was enrolled.", {"signer": name, "role": role, "fingerprint": signer.fingerprint}
    )
    _tell(options, signer)


@group.command("revoke")
def revoke(context: typer.Context, name: str = typer.Argument(help="The signer's name.")) -> None:
    """Let a signer's approvals count no more."""
    options: Options = context.obj
    case = open_case(options)
    signer = case.signers.revoke(name)
    case.custody.record("signer_revoked", f"{name} was revoked.", {"signer": name, "fingerprint": signer.fingerprint})
    _tell(options, signer)


@group.command("list")
def list_signers(context: typer.Context) -> None:
    """Everyone who may approve, and who may no more."""
    options: Options = context.obj
    signers = open_case(options).signers.all()
    if options.json:
        say_json({"signers": [_json(signer) for signer in signers]})
        return
    rows = [(s.name, s.role, s.kind, s.fingerprint, "revoked" if s.revoked else "") for s in signers]
    table(("name", "role", "key", "fingerprint", ""), rows)


def _json(signer: Any) -> dict[str, Any]:
    return {
        "signer": signer.name,
        "role": signer.role,
        "kind": signer.kind,
        "fingerprint": signer.fingerprint,
        "revoked": signer.revoked,
    }


def _tell(options: Options, signer: Any) -> None:
    if options.json:
        say_json(_json(signer))
    else:
        say(f"{signer.name} ({signer.role}): {signer.fingerprint}{' (revoked)' if signer.revoked else ''}")
