"""The stations of a restore: when each is passed by, and that a secret goes nowhere else."""

from __future__ import annotations

import asyncio
import getpass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from akika_forensics.case.journey import SIGNER_PASSPHRASE, Journey, Passed, ask_signer
from akika_forensics.errors import NotApproved
from akika_forensics.jobs import Job
from akika_forensics.restore.approval import Tally
from akika_forensics.restore.journal import RunState
from akika_forensics.settings import Secret


class Desk:
    """A plan desk that remembers what it was asked for."""

    def __init__(self, **held: Any) -> None:
        self.asked: list[tuple[str, Any]] = []
        rows: dict[str, Any] = {"run": RunState(), "tally": Tally((), (), 1), "verification": None, "rehearsal": None}
        self.held = SimpleNamespace(
            plan=SimpleNamespace(id="p1", digest="ab", steps=()), state="draft", **(rows | held)
        )

    def approve(self, file: Path, signer: str, secret: Secret, *, words: str) -> None:
        self.asked.append(("approve", (signer, secret, words)))

    def execute(self, file: Path, **given: Any) -> Any:
        self.asked.append(("execute", given["resume"]))
        return SimpleNamespace(why="It stopped.")

    def verify(self, file: Path) -> None:
        self.asked.append(("verify", None))


def journey(tmp_path: Path, desk: Desk) -> Journey:
    class Case:
        plans = desk
        vault = SimpleNamespace(id="v1")

        def review(self, file: Path) -> Any:
            return SimpleNamespace(held=desk.held, plan=desk.held.plan, approvals=lambda: Passed("the approvals"))

        def plan(self, file: Path) -> str:
            return "the plan with its steps"

    given: Any = Case()
    return Journey(given, "s1", "s2", tmp_path / "one.plan")


ENOUGH = SimpleNamespace(enough=True)


def said(station: Any) -> str:
    assert isinstance(station, Passed)
    return station.text()


def test_nothing_is_written_unless_it_is_wanted_and_approved(tmp_path: Path) -> None:
    desk = Desk()
    assert "not asked for" in said(journey(tmp_path, desk).execute(wanted=False))
    assert "not approved" in said(journey(tmp_path, desk).execute(wanted=True))
    approved = Desk(tally=ENOUGH)
    assert "not asked for" in said(journey(tmp_path, approved).execute(wanted=False))
    assert desk.asked == approved.asked == []


@pytest.mark.parametrize("begun", [False, True])
def test_an_approved_plan_is_executed_and_a_begun_one_gone_on_with(tmp_path: Path, begun: bool) -> None:
    desk = Desk(tally=ENOUGH, run=SimpleNamespace(ended="stopped" if begun else "", begun=begun))
    job = journey(tmp_path, desk).execute(wanted=True)
    assert isinstance(job, Job)

    async def wait() -> Any:
        return await job

    assert asyncio.run(wait()) == "the plan with its steps"
    assert desk.asked == [("execute", begun)]
    assert job.snapshot().notes == ("It stopped.",)


def test_a_plan_runs_once_and_is_verified_once(tmp_path: Path) -> None:
    done = Desk(tally=ENOUGH, run=SimpleNamespace(ended="complete", begun=True), verification={})
    walked = journey(tmp_path, done)
    assert "executed already" in said(walked.execute(wanted=True))
    assert "verified already" in said(walked.verify())
    assert "rehearsed before" in said(walked.rehearse())
    assert "has not been executed" in said(journey(tmp_path, Desk()).verify())
    assert done.asked == []


def test_a_plan_that_is_there_is_used_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "one.plan").write_bytes(b"")
    assert "p1 is in one.plan already" in said(journey(tmp_path, Desk()).plan())


def test_the_signer_is_asked_once_and_only_when_it_is_needed(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(name: str) -> Secret:
        asked.append(name)
        return Secret("own words")

    desk = Desk()
    assert said(journey(tmp_path, desk).approve("Dana", words="seen", ask=ask)) == "the approvals"
    assert desk.asked == [("approve", ("Dana", Secret("own words"), "seen"))]
    assert said(journey(tmp_path, Desk(tally=ENOUGH)).approve("Dana", ask=ask)) == "the approvals"
    assert "no signer is named" in said(journey(tmp_path, Desk()).approve("", ask=ask))
    assert asked == ["Dana"]


def test_where_nobody_can_be_asked_nothing_is_signed(tmp_path: Path) -> None:
    desk = Desk()
    assert "nobody could be asked" in said(journey(tmp_path, desk).approve("Dana", ask=lambda _: None))
    assert desk.asked == []


def test_a_refused_signature_comes_through(tmp_path: Path) -> None:
    class Refusing(Desk):
        def approve(self, *args: Any, **given: Any) -> None:
            raise NotApproved("preparer prepared this plan.")

    with pytest.raises(NotApproved, match="prepared this plan"):
        journey(tmp_path, Refusing()).approve("preparer", ask=lambda _: Secret("x"))


def test_the_passphrase_comes_from_the_environment_or_is_asked_without_being_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prompts: list[str] = []
    monkeypatch.setattr(getpass, "getpass", lambda prompt: prompts.append(prompt) or "typed")
    assert ask_signer("Dana") == Secret("typed")
    assert prompts == ["Passphrase of the signer Dana: "]
    monkeypatch.setenv(SIGNER_PASSPHRASE, "given")
    assert ask_signer("Dana") == Secret("given")
    assert len(prompts) == 1


def _shown(_prompt: str) -> str:
    import warnings

    warnings.warn("it would be shown", getpass.GetPassWarning, stacklevel=1)
    return "typed in plain sight"


def _closed(_prompt: str) -> str:
    raise EOFError


def _kernel(_prompt: str) -> str:
    raise RuntimeError("a kernel without a front end")


@pytest.mark.parametrize("prompt", [_shown, _closed, _kernel, lambda _: ""])
def test_nobody_is_asked_where_typing_would_be_shown_or_cannot_be(monkeypatch: pytest.MonkeyPatch, prompt: Any) -> None:
    monkeypatch.setattr(getpass, "getpass", prompt)
    assert ask_signer("Dana") is None


def test_a_station_passed_by_shows_itself_and_can_be_awaited() -> None:
    async def wait(station: Passed) -> None:
        await station

    station = Passed("Nothing <b>was</b> done.")
    asyncio.run(wait(station))
    assert "&lt;b&gt;was&lt;/b&gt;" in str(station.html())
