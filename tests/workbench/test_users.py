"""The users file and the pause after wrong passwords."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost
from akika_widgets.workbench.throttle import LONGEST, Throttle
from akika_widgets.workbench.users import Users

PASSWORD = Secret("correct horse battery")


def users_in(folder: Path) -> Users:
    return Users(folder / "users", cost=KdfCost.CHEAP)


def test_a_user_is_let_in_by_the_own_password_only(tmp_path: Path) -> None:
    users = users_in(tmp_path)
    users.add("anna", PASSWORD)
    users.add("berta", Secret("another password"))
    assert users.names() == ("anna", "berta")
    line = users.check("anna", PASSWORD)
    assert line is not None
    assert users.holds("anna", line)
    for name, password in (
        ("anna", "another password"),
        ("berta", PASSWORD.reveal()),
        ("clara", PASSWORD.reveal()),
        ("anna", ""),
    ):
        assert users.check(name, Secret(password)) is None


def test_the_file_holds_no_password_and_is_private(tmp_path: Path) -> None:
    users = users_in(tmp_path)
    users.add("anna", PASSWORD)
    content = (tmp_path / "users").read_text()
    assert PASSWORD.reveal() not in content
    assert content.startswith("anna:$argon2id$v=19$")
    assert stat.S_IMODE((tmp_path / "users").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["users"]


def test_the_parameters_of_the_house_are_used(tmp_path: Path) -> None:
    users = Users(tmp_path / "users")
    users.add("anna", PASSWORD)
    memory, passes, lanes = KdfCost.STANDARD.value
    assert f"$m={memory},t={passes},p={lanes}$" in (tmp_path / "users").read_text()
    assert users.check("anna", PASSWORD)


def test_two_users_with_one_password_have_different_hashes(tmp_path: Path) -> None:
    users = users_in(tmp_path)
    users.add("anna", PASSWORD)
    users.add("berta", PASSWORD)
    assert users.check("anna", PASSWORD) != users.check("berta", PASSWORD)


def test_a_new_password_ends_what_the_old_one_opened(tmp_path: Path) -> None:
    users, other = users_in(tmp_path), users_in(tmp_path)
    users.add("anna", PASSWORD)
    line = other.check("anna", PASSWORD)
    assert line is not None
    users.add("anna", Secret("a newer password"))
    assert not other.holds("anna", line)
    assert other.check("anna", PASSWORD) is None
    users.remove("anna")
    assert other.check("anna", Secret("a newer password")) is None
    with pytest.raises(WrongUse):
        users.remove("anna")


def test_a_name_is_the_same_however_it_is_composed(tmp_path: Path) -> None:
    users = users_in(tmp_path)
    users.add("Zo\u00eb", PASSWORD)
    assert users.check("Zoe\u0308", PASSWORD)


@pytest.mark.parametrize("name", ["", "a:b", "a\nb", "a b", "<b>", "x" * 65, "\u202ea"])
def test_names_that_could_be_mistaken_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUse):
        users_in(tmp_path).add(name, PASSWORD)
    assert not (tmp_path / "users").exists()


@pytest.mark.parametrize("password", ["", "hunter2", "x" * 11, "x" * 1025])
def test_short_passwords_are_refused(password: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUse) as refused:
        users_in(tmp_path).add("anna", Secret(password))
    assert not password or password not in str(refused.value)


HASH = "$argon2id$v=19$m=64,t=1,p=1$eHh4eHh4eHh4eHh4eHh4eA$xoe4/grR0Wbl+gd11IadPJI1Ei/rOpp8Kvdg1/6nZwg"


@pytest.mark.parametrize(
    "content",
    [
        b"anna:secret\n",
        b"anna\n",
        b"\xff",
        f"anna:{HASH}\nanna:{HASH}\n".encode(),
        f"anna:{HASH.replace('m=64', 'm=9999999')}\n".encode(),
        f"anna:{HASH.replace('t=1', 't=99')}\n".encode(),
        f"anna:{HASH.replace('argon2id', 'argon2i')}\n".encode(),
    ],
)
def test_a_file_that_is_none_lets_nobody_in(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_bytes(content)
    users = users_in(tmp_path)
    with pytest.raises(WrongUse):
        users.names()
    with pytest.raises(WrongUse):
        users.check("anna", PASSWORD)
    assert not users.holds("anna", HASH)


def test_a_file_that_others_may_write_lets_nobody_in(tmp_path: Path) -> None:
    users_in(tmp_path).add("anna", PASSWORD)
    (tmp_path / "users").chmod(0o666)
    with pytest.raises(WrongUse):
        users_in(tmp_path).check("anna", PASSWORD)


def test_a_medium_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    users = users_in(tmp_path)
    users.add("anna", PASSWORD)
    before = (tmp_path / "users").read_bytes()

    def broken(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(WrongUse):
        users.add("berta", PASSWORD)
    assert (tmp_path / "users").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["users"]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_pause_doubles_and_ends() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    pauses = []
    for _ in range(12):
        throttle.wrong("name anna")
        pauses.append(throttle.pause("name anna"))
        clock.now += pauses[-1]
        assert throttle.pause("name anna") == 0
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST
    throttle.right("name anna")
    throttle.wrong("name anna")
    assert throttle.pause("name anna") == 1
    clock.now += 4000
    throttle.wrong("name anna")
    assert throttle.pause("name anna") == 1


@given(tries=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.floats(0, 400)), max_size=20))
def test_whoever_is_free_to_try_has_waited_for_name_and_address(tries: list[tuple[str, str, float]]) -> None:
    clock = Clock()
    throttle = Throttle(clock)
    free: dict[str, float] = {}
    wrong: dict[str, int] = {}
    for name, address, later in tries:
        clock.now += later
        assert (throttle.pause(name, address) > 0) is any(clock.now < free.get(key, 0) for key in (name, address))
        throttle.wrong(name, address)
        for key in (name, address):
            wrong[key] = wrong.get(key, 0) + 1
            free[key] = clock.now + min(LONGEST, 2 ** (wrong[key] - 1))


def test_what_is_remembered_is_bounded() -> None:
    throttle = Throttle(Clock())
    for number in range(10_100):
        throttle.wrong(f"name {number}")
    assert throttle.pause("name 0") == 0
    assert throttle.pause("name 10099") > 0
