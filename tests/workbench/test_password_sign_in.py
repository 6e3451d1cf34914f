"""Signing in by name and password, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost
from akika_widgets.workbench.serving import AppServer
from akika_widgets.workbench.sign_in import PasswordSignIn
from akika_widgets.workbench.throttle import Throttle
from akika_widgets.workbench.users import Users

from .serving_scene import Visits, base_of, client, served, shows_nothing

PASSWORD = "correct horse battery"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Scene:
    def __init__(self, folder: Path) -> None:
        self.users = Users(folder / "users", cost=KdfCost.CHEAP)
        self.users.add("anna", Secret(PASSWORD))
        self.clock = Clock()
        self.visits = Visits()
        self.server: AppServer

    def enter(self, person: httpx.Client, name: str = "anna", password: str = PASSWORD) -> httpx.Response:
        return person.post("/sign-in", data={"name": name, "password": password})


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    with served(PasswordSignIn(made.users, Throttle(made.clock)), tmp_path, build=made.visits) as server:
        made.server = server
        yield made


def test_the_right_password_opens_the_app(scene: Scene) -> None:
    assert "?" not in scene.server.url
    with client(scene.server) as person:
        asked = person.get("/")
        assert (asked.status_code, asked.headers["Location"]) == (303, "/sign-in")
        form = person.get("/sign-in").text
        assert 'autocomplete="current-password"' in form
        assert scene.enter(person).status_code == 200
        assert person.get("/").status_code == 200
    assert (scene.visits.users[-1].name, scene.visits.users[-1].how) == ("anna", "password")


def test_unknown_name_and_wrong_password_are_answered_alike(scene: Scene) -> None:
    answers = []
    for name in ("anna", "nobody"):
        with client(scene.server) as stranger:
            answer = scene.enter(stranger, name, "a wrong password")
            assert answer.status_code == 401
            assert shows_nothing(answer)
            assert not stranger.cookies
            answers.append(answer.text.replace(name, "NAME"))
        scene.clock.now += 10
    assert answers[0] == answers[1]
    assert "a wrong password" not in answers[0]
    assert scene.visits.users == []


def test_after_wrong_passwords_even_the_right_one_waits(scene: Scene) -> None:
    with client(scene.server) as person:
        for seconds in (1, 2, 4, 8):
            assert scene.enter(person, password="wrong").status_code == 401
            waiting = scene.enter(person)
            assert waiting.status_code == 429
            assert waiting.headers["Retry-After"] == str(seconds)
            assert not person.cookies
            scene.clock.now += seconds
        assert scene.enter(person).status_code == 200
        assert scene.enter(person, password="wrong").status_code == 401


def test_trying_other_names_does_not_pass_by_the_pause(scene: Scene) -> None:
    with client(scene.server) as stranger:
        assert scene.enter(stranger, "x", "wrong").status_code == 401
        assert scene.enter(stranger, "y", "wrong").status_code == 429
        assert scene.enter(stranger).status_code == 429


def test_many_at_once_get_one_try(scene: Scene) -> None:
    def guess(number: int) -> int:
        with client(scene.server) as stranger:
            return scene.enter(stranger, "anna", f"guess {number}").status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(8)))
    assert sorted(answers) == [401, *[429] * 7]


def test_a_removed_user_is_out_at_once(scene: Scene) -> None:
    scene.users.add("berta", Secret("another password"))
    with client(scene.server) as person:
        scene.enter(person)
        assert person.get("/").status_code == 200
        scene.users.remove("anna")
        assert person.get("/").status_code == 303
        assert scene.enter(person).status_code == 401


def test_the_form_of_another_site_is_refused(scene: Scene) -> None:
    with client(scene.server) as person:
        data = {"name": "anna", "password": PASSWORD}
        assert person.post("/sign-in", data=data, headers={"Origin": "https://evil.example"}).status_code == 403
        assert not person.cookies
        assert person.post("/sign-in", data=data, headers={"Origin": base_of(scene.server)}).status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"name": "anna"},
        {"password": PASSWORD},
        {"name": "\udc80".encode("utf-8", "surrogatepass"), "password": b"\xff"},
        {"name": "<script>alert(1)</script>", "password": "x"},
    ],
)
def test_odd_forms_open_nothing(scene: Scene, data: dict[str, str]) -> None:
    with client(scene.server) as stranger:
        answer = stranger.post("/sign-in", data=data)
        assert answer.status_code in {400, 401}
        assert "<script>" not in answer.text
        assert "Traceback" not in answer.text


def test_without_a_users_file_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(WrongUse), served(PasswordSignIn(Users(tmp_path / "none", cost=KdfCost.CHEAP)), tmp_path):
        pass
