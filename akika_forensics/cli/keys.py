"""``vault keys …``: who can open the vault, and in which ways."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from akika_forensics.cli.session import (
    Options,
    identity_passphrase,
    new_passphrase,
    open_case,
    opening,
    vault_location,
)
from akika_forensics.cli.speech import note, say, say_json, table
from akika_forensics.errors import WrongUse
from akika_forensics.settings import Secret

if TYPE_CHECKING:
    from akika_forensics.vault.keys.keyring import Person
    from akika_forensics.vault.storage.location import Location

group = typer.Typer(help="Who can open the vault, and in which ways.", no_args_is_help=True)

_REASON = "Why; it is written into custody."


@group.command("list")
def list_members(context: typer.Context) -> None:
    """Everyone who can open the vault, and how."""
    options: Options = context.obj
    case = open_case(options)
    people, me = case.people.all(), case.people.me
    if options.json:
        say_json({"members": [{**_json(person), "opened_it": person.id == me.id} for person in people]})
        return
    rows = [
        (person.name, person.role, ", ".join(person.ways), _fingerprint(person), "you" if person.id == me.id else "")
        for person in people
    ]
    table(("name", "role", "opens it by", "fingerprint", ""), rows)


@group.command("add")
def add(
    context: typer.Context,
    name: str = typer.Argument(help="What the member is called."),
    role: str = typer.Option(
        "full", help="full: reads and changes everything; capture: only adds snapshots, reads none."
    ),
    recipient: str = typer.Option("", help="The line of the member's own identity (akika vault keys identity)."),
    kms: str = typer.Option("", help="A key of AWS KMS that opens the vault for a machine: id, ARN or alias."),
) -> None:
    """Add a member: by the recipient they handed over, by AWS KMS, or with a passphrase (AKIKA_NEW_PASSPHRASE or a prompt)."""
    from akika_forensics.vault.keys.identity import Recipient
    from akika_forensics.vault.keys.ways import Kms
    from akika_forensics.vault.members.roster import check_role

    options: Options = context.obj
    if recipient and kms:
        raise WrongUse("A member is added by a recipient or by AWS KMS, not by both.", do="Give one of the two.")
    check_role(role)
    by: Recipient | Secret | Kms
    if recipient:
        by = Recipient.parse(recipient)
    elif kms:
        by = Kms(kms)
    else:
        by = new_passphrase(f"Passphrase of {name}")
    person = open_case(options).people.add(name, role, by)
    _tell(options, person, f"{person.name} ({person.role}) can open the vault: {_fingerprint(person)}.")
    if recipient and not options.json:
        note("Compare the fingerprint with the member by another way than the one the recipient came by.")


@group.command("remove")
def remove(
    context: typer.Context,
    name: str = typer.Argument(help="The member's name or id."),
    reason: str = typer.Option(..., help=_REASON),
) -> None:
    """Remove a member; those who stay get new keys, and no data is written anew."""
    options: Options = context.obj
    person = open_case(options).people.remove(name, reason)
    _tell(options, person, f"{person.name} opens the vault no more, and nothing that is written from now on.")
    if not options.json:
        note("What was written before stays readable for whoever kept a copy of the vault or its keys.")


@group.command("rotate")
def rotate(
    context: typer.Context,
    reason: str = typer.Option(..., help=_REASON),
    new_identity: bool = typer.Option(
        False, "--new-identity", help="Also give yourself a new identity, under a new passphrase and no other way."
    ),
) -> None:
    """Replace the vault's keys by new ones for the same members."""
    options: Options = context.obj
    case = open_case(options)
    if new_identity:
        case.people.renew(new_passphrase("Your new passphrase"), reason)
    else:
        case.people.rotate(reason)
    _tell(options, case.people.me, "The vault has new keys.")
    if new_identity and not options.json:
        note(
            "Your new passphrase is the only way in which you open it now: recovery sheets, keyring and AWS KMS of before"
        )
        note("do so no more. A new sheet: `akika vault keys recovery`.")


@group.command("passphrase")
def passphrase(context: typer.Context) -> None:
    """Change your passphrase (AKIKA_NEW_PASSPHRASE or a prompt); nothing is encrypted anew."""
    options: Options = context.obj
    means = opening(options)
    case = open_case(options, means)
    follows = case.people.change_passphrase(
        new_passphrase("Your new passphrase"), means if isinstance(means, Secret) else None
    )
    _tell(options, case.people.me, "The passphrase is changed.", preparer_follows=follows)
    if not options.json:
        if not follows:
            note("The preparer's signing key keeps the passphrase that it had.")
        note("If somebody else may know the old one: `akika vault keys rotate --new-identity`.")


@group.command("recovery")
def recovery(
    context: typer.Context,
    sheet: str = typer.Option("", help="Where the recovery sheet goes, outside the vault [beside it, with a number]."),
) -> None:
    """Make a new recovery sheet; older sheets of yours open nothing from then on."""
    options: Options = context.obj
    place = vault_location(options)
    case = open_case(options)
    file = Path(sheet) if sheet else _free_sheet(place)
    files = [str(one) for one in case.people.new_recovery_sheet(file)]
    _tell(
        options,
        case.people.me,
        f"The recovery sheet is at {' and '.join(files)}: print it, keep it away from the vault, and delete what was written.",
        recovery_files=files,
    )


@group.command("remember")
def remember(context: typer.Context) -> None:
    """Let the keyring of the operating system open the vault for you on this machine."""
    options: Options = context.obj
    person = open_case(options).people.remember()
    _tell(options, person, "This machine's keyring opens the vault for you. akika vault keys forget ends that.")


@group.command("forget")
def forget(context: typer.Context) -> None:
    """Let the keyring of the operating system open the vault no more on this machine."""
    options: Options = context.obj
    person = open_case(options).people.forget()
    _tell(options, person, "This machine's keyring opens the vault no more.")


@group.command("kms")
def kms(context: typer.Context, key: str = typer.Argument(help="A key of AWS KMS: id, ARN or alias.")) -> None:
    """Let a key of AWS KMS open the vault for you as well (then: --open-with kms)."""
    from akika_forensics.vault.keys.ways import Kms

    options: Options = context.obj
    person = open_case(options).people.add_way(Kms(key))
    _tell(options, person, "Whoever may use that key in AWS opens the vault as you.")


@group.command("remove-way")
def remove_way(
    context: typer.Context,
    kind: str = typer.Argument(help="passphrase, recovery, keyring, kms or recipient."),
    member: str = typer.Option("", help="Whose [your own]."),
) -> None:
    """Take away a way in which a member opens the vault; another is left."""
    options: Options = context.obj
    person = open_case(options).people.remove_way(kind, member)
    _tell(options, person, f"{person.name} opens the vault by {', '.join(person.ways)}.")


@group.command("identity")
def identity(
    context: typer.Context, file: Path = typer.Argument(help="Where the identity file goes, outside any vault.")
) -> None:
    """Make an identity of your own and print the recipient to hand over (AKIKA_IDENTITY_PASSPHRASE or a prompt)."""
    from akika_forensics.vault.keys.identity import Identity, write_file

    options: Options = context.obj
    made = Identity.fresh()
    write_file(file, made, identity_passphrase(new=True))
    if options.json:
        say_json({"file": str(file), "recipient": made.recipient.line, "fingerprint": made.recipient.fingerprint})
        return
    say(made.recipient.line)
    note(f"Hand over this line. The identity is in {file}: keep it and a copy; nobody can make it again.")
    note(f"Fingerprint: {made.recipient.fingerprint}. Open a vault with --identity {file}.")


def _free_sheet(place: Location) -> Path:
    for number in range(1, 1000):
        name = f"{place.name}.recovery.txt" if number == 1 else f"{place.name}.recovery-{number}.txt"
        file = place.beside / name
        if not file.exists() and not file.with_suffix(".pdf").exists():
            return file
    raise WrongUse("There are too many recovery sheets beside the vault.", do="Give --sheet FILE.")


def _fingerprint(person: Person) -> str:
    from akika_forensics.vault.chains import sshsig

    return sshsig.fingerprint(sshsig.read_public_line(person.signer))


def _json(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "role": person.role,
        "ways": list(person.ways),
        "fingerprint": _fingerprint(person),
    }


def _tell(options: Options, person: Person, said: str, **more: Any) -> None:
    if options.json:
        say_json({**_json(person), **more})
    else:
        say(said)
