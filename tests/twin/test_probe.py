"""The probe finds out what a company does, goes nowhere but to a sandbox, and leaves the books as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.cli.app import main
from akika_forensics.errors import NetworkFailed, Refused, SignInFailed, Throttled, WrongUse
from akika_forensics.model.payload import decode
from akika_forensics.settings import Secret
from akika_forensics.twin import Beliefs, Limits, TwinServer, serve
from akika_forensics.twin.beliefs import BELIEFS, read_profile
from akika_forensics.twin.probing import QUESTIONS, SANDBOX, UNASKED, Probe, Sandbox, check_host, write_profile
from akika_forensics.twin.uncertain import TABLE

CHOICES = [
    (row.name, choice)
    for row in TABLE
    if row.name in QUESTIONS and not QUESTIONS[row.name].floods
    for choice in row.choices
]
FLOODING = [
    (row.name, choice)
    for row in TABLE
    if row.name in QUESTIONS and QUESTIONS[row.name].floods
    for choice in row.choices
]


def no_wait(_: float) -> None:
    raise AssertionError("nothing here has to wait")


def at(server: TwinServer, wait: Any = no_wait) -> Sandbox:
    return Sandbox(server.base_url, server.realm_id, Secret(server.credentials.access_token), wait=wait)


@pytest.fixture
def server(books: Any) -> Iterator[TwinServer]:
    with serve(books.twin) as served:
        yield served


def without_times(dump: dict[tuple[str, str], bytes]) -> dict[tuple[str, str], Any]:
    bodies = {key: decode(payload) for key, payload in dump.items()}
    for body in bodies.values():
        body.pop("MetaData", None)
    return bodies


def sit(probe: Probe, server: TwinServer, books: Any, told: list[str]) -> dict[str, Any]:
    """A sitting, which leaves the books as they were."""
    before, trial = without_times(server.twin.dump()), books.balances()
    with at(server) as sandbox:
        profile = probe.run(sandbox, told.append)
    assert profile["left"] == []
    after = without_times(server.twin.dump())
    assert {key: after[key] for key in before} == before
    assert books.balances() == trial
    added = [body for key, body in after.items() if key not in before and not _of_the_company(body)]
    assert all(body.get("Active") is False for body in added)
    return profile


def test_what_has_a_question_is_a_belief_and_no_question_has_an_excuse() -> None:
    assert QUESTIONS.keys().isdisjoint(UNASKED)
    assert QUESTIONS.keys() | UNASKED.keys() <= BELIEFS.keys()


@pytest.mark.soak
@pytest.mark.parametrize(("name", "choice"), CHOICES, ids=[f"{name}={choice}" for name, choice in CHOICES])
def test_each_question_by_itself_finds_each_choice(name: str, choice: str, server: TwinServer, books: Any) -> None:
    server.twin.believe(Beliefs().but(**{name: choice}))
    books.twin.create("Invoice", books.sale(books.ann, 40))
    profile = sit(Probe([name]), server, books, [])
    assert profile["open"] == {}
    assert profile["beliefs"][name]["choice"] == choice


def _of_the_company(body: dict[str, Any]) -> bool:
    """System accounts that the first transaction of a kind calls into being."""
    return "probe" not in str(body.get("Name") or body.get("DisplayName"))


@pytest.mark.parametrize(("name", "choice"), FLOODING, ids=[f"{name}={choice}" for name, choice in FLOODING])
def test_what_takes_a_flood_is_asked_only_when_wanted(name: str, choice: str, books: Any) -> None:
    with serve(books.twin, limits=Limits(a_minute=5), beliefs=Beliefs().but(**{name: choice})) as server:
        with at(server) as sandbox:
            assert Probe([name]).run(sandbox)["beliefs"] == {}
        with at(server) as sandbox:
            profile = Probe([name], flood=True).run(sandbox)
    assert profile["beliefs"][name]["choice"] == choice


@pytest.mark.parametrize("way", [0, 1, -1], ids=["the defaults", "the others", "the last"])
def test_a_whole_sitting_settles_everything_it_can_at_once(
    way: int, server: TwinServer, books: Any, tmp_path: Path
) -> None:
    """Questions do not disturb one another, whichever way the company answers all of them."""
    beliefs = Beliefs({row.name: row.choices[way] for row in TABLE})
    server.twin.believe(beliefs)
    books.twin.create("Invoice", books.sale(books.ann, 40))
    told: list[str] = []
    profile = sit(Probe(), server, books, told)
    quiet = {name for name in BELIEFS if name not in QUESTIONS or QUESTIONS[name].floods}
    assert set(profile["open"]) == quiet
    assert {name: row["choice"] for name, row in profile["beliefs"].items()} == {
        name: beliefs.choice(name) for name in BELIEFS if name not in quiet
    }
    assert len(told) == len(BELIEFS)
    assert all(row["asked"] and row["answered"] for row in profile["beliefs"].values())
    file = tmp_path / "profile.json"
    write_profile(profile, file)
    assert {row.name for row in read_profile(file).unsettled} == quiet
    assert server.credentials.access_token not in file.read_text()
    with pytest.raises(WrongUse):
        write_profile(profile, file)


@pytest.mark.parametrize(
    "url",
    [
        "https://quickbooks.api.intuit.com",
        "https://QUICKBOOKS.api.intuit.com/",
        "http://sandbox-quickbooks.api.intuit.com",
        "https://sandbox-quickbooks.api.intuit.com:8443",
        "https://sandbox-quickbooks.api.intuit.com.example.com",
        "https://sandbox-quickbooks.api.intuit.com@example.com",
        "https://someone@sandbox-quickbooks.api.intuit.com",
        "https://sandbox-quickbooks.api.intuit.com.",
        "https://127.0.0.1.example.com",
        "http://10.0.0.1:8000",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "quickbooks.api.intuit.com",
        "",
    ],
)
def test_it_goes_nowhere_but_to_the_sandbox_and_this_machine(url: str, reached: Any) -> None:
    with pytest.raises(Refused):
        check_host(url)
    with pytest.raises(Refused):
        Sandbox(url, "1", Secret("t"))
    assert reached.seen == []


def test_the_sandbox_and_this_machine_are_allowed() -> None:
    for url in (SANDBOX, f"{SANDBOX}/", "http://127.0.0.1:8123", "http://localhost:1", "http://[::1]:9"):
        check_host(url)


def test_it_changes_only_what_it_made(server: TwinServer, books: Any) -> None:
    before = without_times(server.twin.dump())
    ann = books.get("Customer", books.ann)
    invoice = books.twin.create("Invoice", books.sale(books.ann, 4))
    with at(server) as sandbox:
        for call in (
            lambda: sandbox.update("Customer", {**ann, "Active": False}),
            lambda: sandbox.delete("Invoice", invoice),
            lambda: sandbox.create("Customer", {**ann}),
            lambda: sandbox.batch([{"bId": "1", "operation": "delete", "Invoice": invoice}]),
            lambda: sandbox.adopt("Invoice", invoice),
        ):
            with pytest.raises(Refused):
                call()
    assert [seen for seen in server.log if seen.kind == "write"] == []
    after = without_times(server.twin.dump())
    assert after[("Customer", books.bob)] == before[("Customer", books.bob)]


def test_an_id_that_is_the_same_in_another_list_is_not_taken_for_its_own(server: TwinServer) -> None:
    """A class with the number of our vendor does not make somebody's transaction ours."""
    with at(server) as sandbox:
        made = sandbox.create("Vendor", {"DisplayName": "Akika probe vendor"}).record("Vendor")["Id"]
        assert not sandbox.cites_own({"ClassRef": {"value": made}})
        assert not sandbox.cites_own({"Line": [{"DepositLineDetail": {"AccountRef": {"value": made}}}]})
        assert sandbox.cites_own({"Line": [{"Entity": {"EntityRef": {"value": made}}}]})


def test_a_refused_token_a_busy_company_and_a_dead_line_are_told(books: Any) -> None:
    with serve(books.twin, limits=Limits(a_minute=1)) as server:
        with Sandbox(server.base_url, server.realm_id, Secret("no token")) as sandbox, pytest.raises(SignInFailed):
            sandbox.clock()
        waited: list[float] = []
        with at(server, waited.append) as sandbox:
            sandbox.clock()
            with pytest.raises(Throttled):
                sandbox.clock()
        assert waited == [60.0] * 4
    with at(server) as sandbox, pytest.raises(NetworkFailed):
        sandbox.clock()


def test_what_was_made_is_taken_away_when_a_sitting_breaks_off(server: TwinServer, books: Any) -> None:
    broken = Probe(["batch_void"])
    with at(server) as sandbox:
        sandbox.batch = lambda _: (_ for _ in ()).throw(NetworkFailed("gone"))  # type: ignore[method-assign]  # as a line breaks
        with pytest.raises(NetworkFailed):
            broken.run(sandbox)
        assert books.twin.count("Invoice") == 0
    assert books.twin.query("select * from Customer where DisplayName like 'Akika probe%'")["QueryResponse"] == {}


def test_the_command_asks_before_it_writes_and_keeps_the_token_to_itself(
    server: TwinServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "profile.json"
    command = ["twin", "probe", "--realm", server.realm_id, "--url", server.base_url, "--out", str(out)]
    monkeypatch.setenv("AKIKA_PROBE_TOKEN", server.credentials.access_token)
    assert main([*command, "--belief", "inactive_name"]) == 2
    assert not out.exists()
    assert server.log == []
    shown = capfd.readouterr()
    assert "a vendor made inactive" in shown.err
    assert (
        main(
            ["twin", "probe", "--realm", "1", "--url", "https://quickbooks.api.intuit.com", "--out", str(out), "--yes"]
        )
        == 3
    )
    capfd.readouterr()
    assert main(["--json", *command, "--belief", "inactive_name", "--yes"]) == 0
    shown = capfd.readouterr()
    assert json.loads(shown.out)["beliefs"]["inactive_name"]["choice"] == "free"
    assert server.credentials.access_token not in shown.out + shown.err + out.read_text()
    assert main([*command, "--yes"]) == 2  # the file is there
    monkeypatch.delenv("AKIKA_PROBE_TOKEN")
    assert main([*command[:-1], str(tmp_path / "other.json"), "--yes"]) == 2  # no token and no terminal
