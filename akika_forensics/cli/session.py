"""Options that hold for every verb, the passphrase, and the case they open."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from akika_forensics.cli.speech import note
from akika_forensics.errors import WrongUse
from akika_forensics.settings import Secret, state_dir

if TYPE_CHECKING:
    from akika_forensics.case import Case
    from akika_forensics.case.unlocking import Opening
    from akika_forensics.vault.keys.ways import Means
    from akika_forensics.vault.storage.location import Location


@dataclass
class Options:
    """What was given before or after the verb."""

    json: bool = False
    debug: bool = False
    vault: str = ""
    company: str = ""
    passphrase_file: str = ""
    identity: str = ""
    open_with: str = ""


class Command(NamedTuple):
    """A verb of the top level."""

    name: str
    help: str
    run: Callable[..., None]


_FLAGS = {"--json": "json", "--debug": "debug"}
_VALUES = {
    "--vault": "vault",
    "--company": "company",
    "--passphrase-file": "passphrase_file",
    "--identity": "identity",
    "--open-with": "open_with",
}


def split_options(arguments: Sequence[str], options: Options) -> list[str]:
    """Take the common options out of the arguments, wherever they stand; ``twin`` has a ``--company`` of its own."""
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        name, separator, inline = argument.partition("=")
        if argument == "--":
            rest.extend(["--", *waiting])
        elif argument in _FLAGS:
            setattr(options, _FLAGS[argument], True)
        elif name in _VALUES and not (name == "--company" and rest[:1] == ["twin"]):
            value = inline if separator else next(waiting, None)
            if not value:
                raise WrongUse(f"{name} needs a value.", do=f"Write {name} VALUE.")
            setattr(options, _VALUES[name], value)
        else:
            rest.append(argument)
    return rest


def vault_location(options: Options) -> Location:
    """Raises WrongUse where none is named, or not as a place of a vault is written."""
    from akika_forensics.vault.storage.location import Location

    text = options.vault or os.environ.get("AKIKA_VAULT", "")
    if not text:
        raise WrongUse("No vault was named.", do="Give --vault DIR (or s3://BUCKET/PREFIX), or set AKIKA_VAULT.")
    return Location.of(text)


def passphrase(options: Options, *, new: bool = False) -> Secret:
    """The vault's passphrase: a file, the environment, or a prompt; never an argument."""
    from akika_forensics.case.unlocking import passphrase_from_file

    if options.passphrase_file:
        return passphrase_from_file(Path(options.passphrase_file))
    text = os.environ.get("AKIKA_PASSPHRASE")
    if text:
        return Secret(text)
    if file := os.environ.get("AKIKA_PASSPHRASE_FILE"):
        return passphrase_from_file(Path(file))
    return ask("Passphrase of the vault", new=new, instead="AKIKA_PASSPHRASE or --passphrase-file")


def new_passphrase(what: str) -> Secret:
    """A passphrase to be, from ``AKIKA_NEW_PASSPHRASE`` or asked for twice."""
    text = os.environ.get("AKIKA_NEW_PASSPHRASE")
    return Secret(text) if text else ask(what, new=True, instead="AKIKA_NEW_PASSPHRASE")


def identity_passphrase(*, new: bool = False) -> Secret:
    from akika_forensics.case.unlocking import identity_passphrase_from_environment

    given = identity_passphrase_from_environment()
    return given or ask("Passphrase of the identity file", new=new, instead="AKIKA_IDENTITY_PASSPHRASE")


def opening(options: Options) -> Secret | Means:
    """What opens the vault, in whatever way it was given."""
    return how_to_open(options).means


def how_to_open(options: Options) -> Opening:
    """What opens the vault, for this process and for those that it starts: an identity file, what ``--open-with`` says, a passphrase that was given, this machine's
    keyring when it knows the vault, or a passphrase that is asked for.
    """
    from akika_forensics.case.unlocking import by_identity, by_name, by_passphrase, remembered_at

    file = options.identity or os.environ.get("AKIKA_IDENTITY", "")
    if file:
        return by_identity(Path(file), identity_passphrase())
    chosen = options.open_with or os.environ.get("AKIKA_OPEN_WITH", "")
    named = by_name(chosen)
    if named is not None:
        return named
    given = options.passphrase_file or any(map(os.environ.get, ("AKIKA_PASSPHRASE", "AKIKA_PASSPHRASE_FILE")))
    if not given and not chosen and remembered_at(vault_location(options)):
        named = by_name("keyring")
    return named or by_passphrase(passphrase(options))


def signer_passphrase(name: str, *, new: bool = False) -> Secret:
    text = os.environ.get("AKIKA_SIGNER_PASSPHRASE")
    return Secret(text) if text else ask(f"Passphrase of the signer {name}", new=new, instead="AKIKA_SIGNER_PASSPHRASE")


def ask(what: str, *, new: bool, instead: str) -> Secret:
    """Prompt on the terminal; twice for a new one. Raises WrongUse where there is no terminal."""
    if not sys.stdin.isatty():
        raise WrongUse(f"The {what[:1].lower()}{what[1:]} was not given.", do=f"Use {instead}.")
    first = getpass.getpass(f"{what}: ")
    if new and getpass.getpass("Again: ") != first:
        raise WrongUse("The two passphrases differ.", do="Try again.")
    return Secret(first)


def open_case(options: Options, secret: Secret | Means | None = None) -> Case:
    """The case the options name; ``secret`` where what opens it is known already."""
    from akika_forensics.case import open_vault

    case = open_vault(vault_location(options), company=options.company or None, passphrase=secret or opening(options))
    say_first_sight(case)
    return case


def say_first_sight(case: Case) -> None:
    """On stderr, where this machine remembered nothing of the vault that was opened, and commits that are passed over."""
    from akika_forensics.vault.checks.findings import NO_ANCHOR

    if case.vault.first_seen:
        heads = state_dir() / "heads"
        note(f"akika: {NO_ANCHOR}")
        note(f"       This machine sees the vault for the first time; from now on it remembers it, in {heads}.")
    if not case.vault.membership.is_finished:
        note("akika: A rotation or removal was interrupted: connections and tokens are still under the keys of before,")
        note("       which somebody who was removed may have. Repeat it, or run `akika vault keys rotate`.")
    for number, why in case.vault.passed_over.items():
        by = case.vault.signed_commits()[number].by
        note(f"akika: Commit {number}, signed by {by.member or by.fingerprint}, is passed over. {why}")
        note(
            "       Only a member who is not what they should be writes such a one: `akika vault keys remove` ends it."
        )
