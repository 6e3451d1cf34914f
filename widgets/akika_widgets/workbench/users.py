"""The users file: who may open the app, one line each, ``name:`` and an Argon2id hash of the password.

    alice:$argon2id$v=19$m=262144,t=3,p=2$<salt>$<hash>

The file holds no password. It is replaced as a whole, readable by its owner alone.
"""

from __future__ import annotations

import os
import re
import secrets
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from akika_forensics.errors import AkikaError, WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost

LEAST_LENGTH: Final = 12
_MOST_LENGTH: Final = 1024
_MOST_BYTES: Final = 1 << 20
_HASH: Final = re.compile(
    r"\$argon2id\$v=19\$m=([0-9]{2,7}),t=([0-9]{1,2}),p=([0-9]{1,2})\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}", re.ASCII
)
_NAME: Final = re.compile(r"[\w.@+-]{1,64}")


class Users:
    """Names and password hashes in a file. It is read anew whenever it changed, so a removed user is out at once."""

    def __init__(self, file: Path, *, cost: KdfCost = KdfCost.STANDARD) -> None:
        self._file = file
        self._cost = cost
        self._stamp: tuple[int, int, int] | None = None
        self._held: dict[str, str] = {}
        self._nobody = _hashed(Secret(secrets.token_hex(16)), cost)

    def names(self) -> tuple[str, ...]:
        """Raises WrongUse when the file cannot be read or is not a users file."""
        return tuple(sorted(self._read()))

    def add(self, name: str, password: Secret) -> None:
        """A new user, or a new password for one. Raises WrongUse."""
        shown = unicodedata.normalize("NFC", name)
        if not _NAME.fullmatch(shown):
            raise WrongUse(
                f"{name!r} is no name for a user.", do="Use up to 64 letters, digits and the signs . _ - + @."
            )
        length = len(password.reveal())
        if not LEAST_LENGTH <= length <= _MOST_LENGTH:
            raise WrongUse(
                "The password is too short." if length < LEAST_LENGTH else "The password is too long.",
                do=f"Use at least {LEAST_LENGTH} characters; a few words are good.",
            )
        held = dict(self._read()) if self._file.exists() else {}
        held[shown] = _hashed(password, self._cost)
        self._write(held)

    def remove(self, name: str) -> None:
        """Raises WrongUse when there is no such user."""
        held = dict(self._read())
        if held.pop(unicodedata.normalize("NFC", name), None) is None:
            raise WrongUse(f"There is no user {name!r}.", do="`akika app user list` shows who there is.")
        self._write(held)

    def check(self, name: str, password: Secret) -> str | None:
        """The line that the password fits, or None. An unknown name takes as long as a wrong password."""
        known = self._read().get(unicodedata.normalize("NFC", name))
        long = len(password.reveal()) > _MOST_LENGTH
        try:
            Argon2id.verify_phc_encoded(_bytes(Secret("") if long else password), known or self._nobody)
        except InvalidKey:
            return None
        return known

    def holds(self, name: str, line: str) -> bool:
        """Whether the user is still there, with the same password. False when the file cannot be read."""
        with suppress(AkikaError):
            return self._read().get(name) == line
        return False

    def _read(self) -> dict[str, str]:
        try:
            with self._file.open("rb") as file:
                state = os.fstat(file.fileno())
                stamp = (state.st_ino, state.st_mtime_ns, state.st_size)
                if stamp == self._stamp:
                    return self._held
                content = file.read(_MOST_BYTES)
        except OSError as error:
            raise WrongUse(
                f"The users file {self._file} cannot be read.", do="`akika app user add NAME --users FILE` makes one."
            ) from error
        if state.st_mode & 0o022:
            raise WrongUse(
                f"Others may write to the users file {self._file}.", do="Take that right away: chmod go-w FILE."
            )
        self._held = self._parsed(content)
        self._stamp = stamp
        return self._held

    def _parsed(self, content: bytes) -> dict[str, str]:
        held: dict[str, str] = {}
        try:
            lines = content.decode("utf-8").splitlines()
        except UnicodeDecodeError:
            lines = [""]
        for line in lines:
            name, _, hashed = line.partition(":")
            cost = _HASH.fullmatch(hashed)
            if not _NAME.fullmatch(name) or cost is None or name in held or not _sound(*map(int, cost.groups())):
                raise WrongUse(
                    f"{self._file} is not a users file.", do="`akika app user add NAME --users FILE` makes one."
                )
            held[name] = hashed
        return held

    def _write(self, held: dict[str, str]) -> None:
        temporary = self._file.with_name(f".{self._file.name}.{secrets.token_hex(4)}")
        content = "".join(f"{name}:{hashed}\n" for name, hashed in sorted(held.items())).encode()
        try:
            with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._file)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise WrongUse(
                f"The users file {self._file} cannot be written.", do="Check its folder, permissions and the disk."
            ) from error


def _bytes(password: Secret) -> bytes:
    return unicodedata.normalize("NFC", password.reveal()).encode("utf-8", "surrogatepass")


def _sound(memory_kib: int, passes: int, lanes: int) -> bool:
    """Whether a hash asks for no more than this software would: a file must not be able to exhaust the machine."""
    most_memory, most_passes, most_lanes = KdfCost.STANDARD.value
    return (
        8 * lanes <= memory_kib <= 4 * most_memory and 1 <= passes <= 4 * most_passes and 1 <= lanes <= 4 * most_lanes
    )


def _hashed(password: Secret, cost: KdfCost) -> str:
    memory_kib, passes, lanes = cost.value
    return Argon2id(
        salt=os.urandom(16), length=32, iterations=passes, lanes=lanes, memory_cost=memory_kib
    ).derive_phc_encoded(_bytes(password))
