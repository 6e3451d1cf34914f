"""The verbs, the options that hold for all of them, and the exit codes."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Sequence
from functools import cache

import typer
from typer.exceptions import TyperException

from akika_forensics.cli import (
    app_server,
    books,
    budget,
    capture,
    companies,
    connect,
    custody,
    demo,
    export,
    first_hour,
    keys,
    lab,
    plan,
    proofs,
    report,
    signer,
    statement,
    twin,
    vault,
    vault_care,
    vault_verify,
    watch,
)
from akika_forensics.cli.session import Options, split_options
from akika_forensics.cli.speech import Told, say_error
from akika_forensics.errors import AkikaError, Interrupted, WrongUse
from akika_forensics.settings import VERSION

app = typer.Typer(
    name="akika",
    help="Capture, compare, plan, restore and prove the books of a QuickBooks Online company.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog=(
        "For every verb: --vault DIR or s3://BUCKET/PREFIX (or AKIKA_VAULT), --company NAME, --passphrase-file FILE (else AKIKA_PASSPHRASE "
        "or a prompt), or instead --identity FILE or --open-with keyring or kms; --json, --debug. Exit codes: 0 clean, 1 something was found, 2 wrong use, 3 refused, "
        "4 QuickBooks or network, 5 the key does not open it, 130 interrupted."
    ),
)
vault.group.add_typer(keys.group, name="keys")
app.add_typer(vault.group, name="vault")
proofs.join(vault.group)
vault_care.join(vault.group)
app.add_typer(twin.group, name="twin")
app.add_typer(first_hour.group, name="first-hour")
app.add_typer(plan.group, name="plan")
app.add_typer(signer.group, name="signer")
app.add_typer(report.group, name="report")
app.add_typer(custody.group, name="custody")
app.add_typer(app_server.group, name="app")
for module in (demo, vault, connect, companies, capture, watch, budget, vault_verify, books, statement, export, lab):
    for command in module.COMMANDS:
        app.command(command.name, help=command.help)(command.run)


_made = cache(typer.main.get_command)
"""All verbs, ready to be run. Making them takes longer than many a verb does: once in a process, which may run many."""


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    if version:
        typer.echo(VERSION)
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code. Never prints a traceback unless asked with ``--debug``."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = Options()
    try:
        rest = split_options(given, options)
        logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
        if options.debug:
            # Other libraries' debug lines would carry text from the books.
            logging.getLogger("akika_forensics").setLevel(logging.DEBUG)
        result = _made(app).main(rest, prog_name="akika", obj=options, standalone_mode=False)
        if result == Interrupted.exit_code:
            # What runs the commands makes a silent code of Ctrl-C.
            return _fail(Interrupted("Stopped.", means="What was done is kept."), options)
        return int(result) if isinstance(result, int) else 0
    except AkikaError as error:
        return _fail(error, options)
    except typer.Exit as stop:
        return stop.exit_code
    except Told as ended:
        return ended.code
    except (KeyboardInterrupt, typer.Abort):
        return _fail(Interrupted("Stopped.", means="What was done is kept."), options)
    except TyperException as error:
        within = getattr(error, "ctx", None)
        return _fail_use(error.format_message(), options, within.command_path if within else "akika")
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001 -- the last line of defence: a person never sees a traceback
        trouble = AkikaError(
            f"Something unexpected happened ({type(error).__name__}).",
            means="This is a fault of this software; nothing was hidden by it.",
            do="Run the command again with --debug and report what it prints.",
        )
        trouble.code = "internal"
        return _fail(trouble, options)


def _fail_use(message: str, options: Options, command: str) -> int:
    if message.startswith("Usage:"):
        # A group without a verb: what typer has to say is the group's help.
        if not options.json:
            typer.echo(message, err=True)
            return WrongUse.exit_code
        message = "A verb is missing."
    return _fail(WrongUse(message, do=f"`{command} --help` shows what there is."), options)


def _fail(error: AkikaError, options: Options) -> int:
    if options.debug:
        traceback.print_exc()
    say_error(error, json=options.json)
    return error.exit_code
