"""What this machine remembers of each vault, outside of it: without this, yesterday's copy put back looks sound."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from akika_forensics.errors import WrongUse
from akika_forensics.model.formats import Format, OtherFormat, unchanged
from akika_forensics.settings import state_dir
from akika_forensics.vault import canonical, layout, storage
from akika_forensics.vault.checks.findings import Finding
from akika_forensics.vault.storage.location import Location

_PLACES: Final = "places"
_HEADS_FORMAT: Final = Format("akika-heads-", 1, "memory of a vault", {0: unchanged})
_PLACES_FORMAT: Final = Format("akika-places-", 1, "memory of places", {0: lambda places: {"places": places}})
ANCHOR: Final = Format("akika-anchor-", 1, "anchor", {0: unchanged})


class ChainHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last entry of a chain and the SHA-256 of its bytes."""

    seq: int
    digest: str


class Remembered(msgspec.Struct, forbid_unknown_fields=True):
    """``slots``: the last number written of each mutable value, by its pseudonym."""

    vault: str
    signer: str
    chains: dict[str, ChainHead] = {}
    slots: dict[str, int] = {}
    format: str = _HEADS_FORMAT.label


class _Places(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which vault was last at which place."""

    places: dict[str, str] = {}
    format: str = _PLACES_FORMAT.label


class _Anchor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vault: str
    chains: dict[str, ChainHead]
    format: str


class HeadStore:
    """A folder with one small file a vault, each replaced atomically and durable when a method returns.

    Methods raise StorageFailed when the folder cannot be written and WrongUse when a file in it cannot be read
    (NewerFormat when a newer version of the software wrote it).
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else state_dir() / "heads"

    def remembered(self, vault: str) -> Remembered | None:
        return self._load(vault, Remembered, _HEADS_FORMAT)

    def begin(self, vault: str, signer: str) -> None:
        """Remember who signs a vault, the first time it is seen."""
        with self._locked(vault):
            if self.remembered(vault) is None:
                self._store(vault, Remembered(vault, signer))

    def remember_chain(self, vault: str, chain: str, seq: int, digest: str) -> None:
        """Only forward: an earlier entry than the remembered one changes nothing."""
        with self._locked(vault):
            known = self.remembered(vault)
            if known and (chain not in known.chains or known.chains[chain].seq < seq):
                known.chains[chain] = ChainHead(seq, digest)
                self._store(vault, known)

    def remember_slot(self, vault: str, name: str, seq: int) -> None:
        with self._locked(vault):
            known = self.remembered(vault)
            if known and known.slots.get(name, -1) < seq:
                known.slots[name] = seq
                self._store(vault, known)

    def forget(self, vault: str) -> None:
        """Trust whatever is there at the next opening; for a vault that its owner has put back from a copy."""
        with self._locked(vault):
            self._path(vault).unlink(missing_ok=True)
            storage.sync_folder(self.folder)

    def vault_at(self, place: str | Path | Location) -> str | None:
        """Which vault was last at this place."""
        return self._places().get(Location.of(place).key)

    def settle(self, place: str | Path | Location, vault: str) -> None:
        key = Location.of(place).key
        with self._locked(_PLACES):
            places = self._places()
            if places.get(key) != vault:
                self._store(_PLACES, _Places({**places, key: vault}))

    def _places(self) -> dict[str, str]:
        found = self._load(_PLACES, _Places, _PLACES_FORMAT)
        return found.places if found else {}

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _load[T](self, name: str, shape: type[T], form: Format) -> T | None:
        path = self._path(name)
        try:
            return msgspec.convert(form.current(msgspec.json.decode(path.read_bytes())), shape)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage.failed("read", str(path), error) from error
        except (msgspec.MsgspecError, UnicodeDecodeError, OtherFormat) as error:
            raise WrongUse(
                f"{path} cannot be read.",
                means="It holds what this machine remembers of a vault, to notice an older copy put back.",
                do="Take it back from a backup; remove it only when you are sure of the vault.",
            ) from error

    def _store(self, name: str, value: object) -> None:
        path = self._path(name)
        temporary = path.with_name(f"{path.name}{storage.TEMPORARY}{secrets.token_hex(8)}")
        try:
            storage.write_durably(temporary, canonical.encode(value))
            temporary.replace(path)
            storage.sync_folder(self.folder)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise storage.failed("written", str(path), error) from error

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise storage.failed("written", str(self.folder), error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def read_anchor(anchor: dict[str, Any]) -> Remembered:
    """An anchor file's content: what `Vault.head` gave. Raises WrongUse, NewerFormat."""
    try:
        said = msgspec.convert(ANCHOR.current(anchor), _Anchor)
    except (OtherFormat, msgspec.ValidationError) as error:
        raise WrongUse("This is not an anchor of a vault.", do="Give the JSON file that was handed out.") from error
    return Remembered(said.vault, "", said.chains)


def disagreements(
    known: Remembered, vault: str, digest_at: Callable[[str, int], str | None], source: str
) -> Iterator[Finding]:
    """Where a vault differs from a head that was remembered or handed out.

    ``digest_at(chain, seq)`` is the digest of an entry of the vault, None when there is none.
    """
    if known.vault != vault:
        yield Finding(layout.MARKER, f"This is another vault than {source} tells of.")
        return
    for chain, head in sorted(known.chains.items()):
        digest = digest_at(chain, head.seq)
        path = layout.entry(chain, head.seq)
        if digest is None:
            yield Finding(
                path, f"The entry is missing, but {source} tells of it: an older copy, or the end was removed."
            )
        elif digest != head.digest:
            yield Finding(path, f"The entry is not the one that {source} tells of: history was written anew.")
