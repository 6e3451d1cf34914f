"""What a commit tells when it adds no snapshot: the sealed part of each kind, and reading it."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from akika_forensics.vault import layout
from akika_forensics.vault.canonical import DamagedFile
from akika_forensics.vault.chains.authority import MemberRole
from akika_forensics.vault.chains.entries import Entry
from akika_forensics.vault.snapshots.parts import Part


class Genesis(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="genesis"):
    """The vault is made."""


class Rearranged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What compaction and retention have in common. ``pseudonym``: the company's.

    ``parts`` lie in place of those that the entry retires. ``leaves``: path, or empty.
    """

    pseudonym: str
    parts: list[Part]
    leaves: str
    key_table: str


class Compaction(Rearranged, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="compaction"):
    """The same rows, in fewer files."""


class Moved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A manifest in place of a commit's own; ``path`` is empty where there is nothing to say.

    ``base``: the commit that the snapshot follows with it, None for none.
    """

    path: str
    base: int | None


class Retention(Rearranged, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="retention"):
    """``dropped``: commits whose snapshots are kept no longer. ``manifests``: in place of a commit's own, by its number."""

    dropped: list[int]
    manifests: dict[str, Moved]
    policy: str


class Hold(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="hold"):
    """A legal hold on some snapshots, on a company (by its pseudonym), or on everything where both are None."""

    name: str
    pseudonym: str | None
    snapshots: list[str] | None
    reason: str


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="release"):
    """The end of a legal hold."""

    name: str
    reason: str


class Gone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member who is one no more, as they were shown; ``signer`` as OpenSSH writes it, ``ways`` by kind."""

    id: str
    name: str
    role: MemberRole
    signer: str
    ways: list[str]


class NewKeys(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag="keys"
):
    """Members or their keys changed; the entry brings a keyring. ``removed``: who was a member until then."""

    why: str
    removed: Gone | None = None


class Erasure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="erasure"):
    """A company is closed for ever: ``commits`` of it, and ``chains`` under its key, do not open any more."""

    pseudonym: str
    commits: list[int]
    chains: list[str]
    reason: str


class Upgrade(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="upgrade"):
    """From version 1; the entry brings a keyring, key tables and the marker of version 2."""


type Act = Genesis | Compaction | Retention | Hold | Release | NewKeys | Erasure | Upgrade
type ActKind = Literal["genesis", "compaction", "retention", "hold", "release", "keys", "erasure", "upgrade"]
_ACT: Final = Genesis | Compaction | Retention | Hold | Release | NewKeys | Erasure | Upgrade


def body(act: Act) -> dict[str, object]:
    """What goes into the entry."""
    found: dict[str, object] = msgspec.to_builtins(act)
    return found


def read(entry: Entry) -> Act:
    """Raises DamagedFile for a kind that no commit has."""
    try:
        act: Act = msgspec.convert(entry.body, _ACT)
    except msgspec.ValidationError as error:
        path = layout.entry(layout.COMMITS, entry.seq)
        raise DamagedFile(path, "Its sealed part tells of no act that this version of the software knows.") from error
    return act
