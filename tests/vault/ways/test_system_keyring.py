"""The keyring of the operating system as a way to open a vault."""

from __future__ import annotations

import base64
from collections.abc import Callable

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.errors
import pytest
from vault.ways.holders import ANNA, OTHER, VAULT, MemoryKeyring, holder

from akika_forensics.errors import WrongKey, WrongUse
from akika_forensics.vault.keys import ways
from akika_forensics.vault.keys.sealing import OpenError
from akika_forensics.vault.keys.ways import system_keyring


class LockedKeyring(MemoryKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked("locked")


class BrokenKeyring(MemoryKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.InitError("the secret is hunter2")

    def delete_password(self, service: str, username: str) -> None:
        raise keyring.errors.InitError("the secret is hunter2")


def use(backend: keyring.backend.KeyringBackend) -> keyring.backend.KeyringBackend:
    keyring.set_keyring(backend)
    return backend


def test_the_system_keyring_shows_which_vault_and_member_a_secret_is_for(memory_keyring: MemoryKeyring) -> None:
    ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    [(service, account)] = memory_keyring.held
    assert (service, account) == ("Akika Forensics", f"{VAULT}/{'1' * 32}")
    secret = base64.b64decode(memory_keyring.held[service, account])
    assert len(secret) == 32
    assert system_keyring.holds(holder())
    assert not system_keyring.holds(holder(vault=OTHER))


def test_an_older_way_on_the_same_machine_still_opens(memory_keyring: MemoryKeyring) -> None:
    first = ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    second = ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    assert first != second
    for way in (first, second):
        assert ways.open_way(ways.SystemKeyring(), way, holder()).recipient == ANNA.recipient
    memory_keyring.held[next(iter(memory_keyring.held))] = "not a secret of ours"
    assert not system_keyring.holds(holder())
    with pytest.raises(OpenError, match="holds no secret"):
        ways.open_way(ways.SystemKeyring(), first, holder())


def test_the_secret_of_another_machine_does_not_open(memory_keyring: MemoryKeyring) -> None:
    here = ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    kept = dict(memory_keyring.held)
    memory_keyring.held.clear()
    there = ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    assert ways.open_any(ways.SystemKeyring(), [(holder(), [here, there])])[0] == holder()
    with pytest.raises(OpenError, match="another way"):
        ways.open_way(ways.SystemKeyring(), here, holder())
    memory_keyring.held.update(kept)
    assert ways.open_any(ways.SystemKeyring(), [(holder(), [here, there])])[0] == holder()


def test_a_forgotten_secret_is_gone(memory_keyring: MemoryKeyring) -> None:
    way = ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    system_keyring.forget(holder())
    system_keyring.forget(holder())
    assert not memory_keyring.held
    with pytest.raises(WrongKey):
        ways.open_any(ways.SystemKeyring(), [(holder(), [way])])


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        (keyring.backends.fail.Keyring, "no keyring of the operating system"),
        (LockedKeyring, "is locked"),
        (BrokenKeyring, r"does not answer as it should \(InitError\)"),
    ],
)
def test_a_keyring_that_cannot_be_used_says_what_to_do(
    backend: type[keyring.backend.KeyringBackend], said: str, memory_keyring: MemoryKeyring
) -> None:
    way = ways.seal_way(ways.SystemKeyring(), ANNA, holder())
    use(backend())
    acts: list[Callable[[], object]] = [
        lambda: ways.seal_way(ways.SystemKeyring(), ANNA, holder()),
        lambda: ways.open_any(ways.SystemKeyring(), [(holder(), [way])]),
    ]
    if backend is not LockedKeyring:
        acts.append(lambda: system_keyring.forget(holder()))
    for act in acts:
        with pytest.raises(WrongUse, match=said) as raised:
            act()
        assert raised.value.do
        assert "hunter2" not in str(raised.value)
    assert not system_keyring.holds(holder())
