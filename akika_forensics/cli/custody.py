"""``custody list``: what this software did to the case."""

from __future__ import annotations

import typer

from akika_forensics.cli.session import Options, open_case
from akika_forensics.cli.speech import say_json, table
from akika_forensics.model.instants import format_instant

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
                        "digest": act.digest,
                    }
                    for act in acts
                ]
            }
        )
        return
    table(("no.", "at", "by", "what"), [(act.number, format_instant(act.at), act.by, act.what) for act in acts])
