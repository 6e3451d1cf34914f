"""``custody list``: what this software did to the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from akika_forensics.cli.session import Options, open_case
from akika_forensics.cli.speech import say_json, table
from akika_forensics.model.instants import format_instant

if TYPE_CHECKING:
    from akika_forensics.custody.log import Act

group = typer.Typer(help="What this software did.", no_args_is_help=True)


@group.command("list")
def list_acts(context: typer.Context) -> None:
    """Every act, in order; the chain is checked while it is read."""
    options: Options = context.obj
    acts = open_case(options).custody.acts()
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
                    }
                    for act in acts
                ]
            }
        )
        return
    table(("no.", "at", "by", "what"), [(act.number, format_instant(act.at), act.by, _told(act)) for act in acts])


def _told(act: Act) -> str:
    reason = act.details.get("reason")
    return f"{act.what} Reason: {reason}" if reason else act.what
