"""``custody list``: what this software did to the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from akika_forensics.cli.session import Options, open_case
from akika_forensics.cli.speech import say, say_json, table
from akika_forensics.model.instants import format_instant

if TYPE_CHECKING:
    from akika_forensics.custody.log import Act
    from akika_forensics.vault.members.signing import SignedCommit

group = typer.Typer(help="What this software did.", no_args_is_help=True)


@group.command("list")
def list_acts(context: typer.Context) -> None:
    """Every act and every commit, in order, and which member signed it; the chains are checked while they are read."""
    options: Options = context.obj
    case = open_case(options)
    acts, commits = case.custody.acts(), case.vault.signed_commits()
    if options.json:
        say_json(
            {
                "acts": [
                    {
                        "number": act.number,
                        "at": format_instant(act.at),
                        "by": act.by,
                        "act": act.act,
                        "what": act.what,
                        "details": act.details,
                        "digest": act.digest,
                        "member": act.member,
                        "signer": act.signer,
                    }
                    for act in acts
                ],
                "commits": [
                    {
                        "number": one.number,
                        "at": format_instant(one.at),
                        "kind": one.kind,
                        "snapshot": one.snapshot or None,
                        "digest": one.digest,
                        "member": one.by.member,
                        "signer": one.by.fingerprint,
                    }
                    for one in commits
                ],
            }
        )
        return
    table(
        ("no.", "at", "by", "signed by", "what"),
        [(act.number, format_instant(act.at), act.by, act.member or act.signer, _told(act)) for act in acts],
    )
    say()
    table(
        ("commit", "at", "signed by", "of"),
        [(one.number, format_instant(one.at), one.by.member or one.by.fingerprint, _of(one)) for one in commits],
    )


def _of(commit: SignedCommit) -> str:
    return f"snapshot {commit.snapshot}" if commit.snapshot else commit.kind


def _told(act: Act) -> str:
    reason = act.details.get("reason")
    return f"{act.what} Reason: {reason}" if reason else act.what
