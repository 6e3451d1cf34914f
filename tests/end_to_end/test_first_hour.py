"""The first hour at the command line: the list, what is ticked and kept, and that it can be handed out and erased."""

import hashlib
import json
from datetime import timedelta

import pytest

from akika_forensics.case.first_hour import FirstHour
from akika_forensics.cli import main
from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import format_instant, now


def _step(document, name):
    (found,) = [row for row in document["steps"] if row["step"] == name]
    return found


def _yesterday():
    return format_instant(now() - timedelta(days=1))


@pytest.fixture
def picture(tmp_path):
    file = tmp_path / "users.png"
    file.write_bytes(b"\x89PNG a photograph of the users")
    return file


def test_the_bare_list_needs_no_vault(monkeypatch, capsys):
    monkeypatch.delenv("AKIKA_VAULT", raising=False)
    assert main(["first-hour", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["open"] == len(document["steps"])
    assert document["deadlines"] == []
    assert main(["first-hour", "--at", "2026-11-23T10:00:00Z"]) == 0
    told = capsys.readouterr().out
    assert "Change feed" in told
    assert "2026-12-23 10:00" in told
    assert main(["first-hour", "slices"]) == 0
    assert "to be exported" in capsys.readouterr().out


def test_a_capture_after_the_incident_ticks_the_first_step_by_itself(scene):
    scene.good("capture")
    assert (
        _step(scene.good("first-hour", "--at", _yesterday(), "--what", "invoices gone"), "capture")["state"] == "done"
    )
    later = format_instant(now())
    scene.good("first-hour", "--at", later)
    found = scene.good("first-hour")
    assert found["incident"] == later
    assert found["what"] == "invoices gone"
    assert _step(found, "capture")["state"] == "open"
    scene.good("capture", "--full")
    found = scene.good("first-hour")
    assert _step(found, "capture")["note"] == "snapshot s2"
    assert {row["safe"] for row in found["deadlines"] if row["name"] == "Change feed"} == {"captured in s2"}
    (connection,) = [row for row in found["deadlines"] if row["name"] == "Connection"]
    assert connection["until"] is not None


def test_what_is_ticked_left_out_or_opened_again_is_an_entry_of_custody(scene):
    scene.good("first-hour", "tick", "sign-out", "--note", "the owner asked all five")
    scene.good("first-hour", "skip", "payroll", "--note", "no payroll here")
    scene.good("first-hour", "tick", "sign-out", "--again")
    found = scene.good("first-hour")
    assert _step(found, "sign-out")["state"] == "open"
    assert (_step(found, "payroll")["state"], _step(found, "payroll")["note"]) == ("not_needed", "no payroll here")
    acts = [act for act in scene.good("custody", "list")["acts"] if act["act"] == "first_hour_step"]
    assert [(act["details"]["step"], act["details"]["note"]) for act in acts] == [
        ("sign-out", "the owner asked all five"),
        ("payroll", "no payroll here"),
        ("sign-out", ""),
    ]
    assert all(act["by"] == _step(found, "payroll")["by"] for act in acts)


def test_a_kept_file_is_sealed_told_of_in_custody_and_handed_out_byte_for_byte(scene, picture, tmp_path):
    data = picture.read_bytes()
    (kept,) = scene.good("first-hour", "keep", "users", str(picture), "--note", "at 10:15")["kept"]
    assert kept["sha256"] == hashlib.sha256(data).hexdigest()
    assert all(data not in file.read_bytes() for file in scene.vault.rglob("*") if file.is_file())
    row = _step(scene.good("first-hour"), "users")
    assert (row["state"], row["note"], [one["name"] for one in row["kept"]]) == ("done", "at 10:15", ["users.png"])
    (act,) = [act for act in scene.good("custody", "list")["acts"] if act["act"] == "evidence_kept"]
    assert act["details"]["files"] == [{"name": "users.png", "length": len(data), "sha256": kept["sha256"]}]
    out = tmp_path / "handed" / "out"
    (file,) = scene.good("first-hour", "take", "users", "--out", str(out))["files"]
    assert (out / "001-users.png").read_bytes() == data
    assert file.endswith("001-users.png")
    (left,) = [act for act in scene.good("custody", "list")["acts"] if act["act"] == "evidence_handed_out"]
    assert left["details"]["to"] == str(out)
    assert scene.akika("first-hour", "take", "users", "--out", str(out))[0] == 2
    assert scene.good("verify")["ok"]


def test_an_export_that_may_be_cut_off_is_said_and_its_days_are_asked_for_again(scene, tmp_path):
    file = tmp_path / "october.csv"
    file.write_text("Date Changed,User,Event\n" + "x,Ann,Edited Invoice\n" * 10_000, "utf-8")
    code, document = scene.akika("first-hour", "keep", "audit-log", str(file), "--days", "2026-10-01..2026-10-31")
    assert code == 1
    assert document["kept"][0]["rows"] == 10_000
    found = scene.good("first-hour", "slices", "--since", "2026-10-01", "--until", "2026-10-31")["slices"]
    assert [(row["from"][8:], row["to"][8:], row["cut_off"]) for row in found] == [
        ("01", "15", False),
        ("01", "31", True),
        ("16", "30", False),
        ("31", "31", False),
    ]
    first_half = tmp_path / "half.csv"
    first_half.write_text("Date Changed,User,Event\n" + "x,Ann,Edited Bill\n" * 9_999, "utf-8")
    assert scene.akika("first-hour", "keep", "audit-log", str(first_half), "--days", "2026-10-01..2026-10-15")[0] == 0
    found = scene.good("first-hour", "slices", "--since", "2026-10-01", "--until", "2026-10-31")["slices"]
    assert [row["from"][8:] for row in found if row["file"] is None] == ["16", "31"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("tick", "no-such-step"),
        ("skip", "payroll", "--note", " "),
        ("keep", "sign-out", "FILE"),
        ("keep", "users", "/no/such/file"),
        ("keep", "users", "EMPTY"),
        ("keep", "users", "FILE", "--days", "2026-10-01"),
        ("keep", "audit-log", "FILE", "--days", "October"),
        ("take", "apps", "--out", "elsewhere"),
        ("--at", "yesterday"),
        ("--at", "2999-01-01T00:00:00Z"),
        ("--what", "gone"),
        ("--at", "2026-11-23T10:00:00Z", "tick", "users"),
    ],
)
def test_wrong_use_is_said_and_changes_nothing(scene, picture, tmp_path, arguments):
    (tmp_path / "empty").touch()
    names = {"FILE": str(picture), "EMPTY": str(tmp_path / "empty")}
    before = scene.good("first-hour")
    code, document = scene.akika("first-hour", *(names.get(word, word) for word in arguments))
    assert (code, document["error"]["code"]) == (2, "wrong_use")
    assert scene.good("first-hour") == before


def test_the_same_file_is_not_kept_twice(scene, picture):
    scene.good("first-hour", "keep", "users", str(picture))
    code, document = scene.akika("first-hour", "keep", "apps", str(picture))
    assert (code, "kept already, as users.png" in document["error"]["what"]) == (2, True)


def test_a_name_from_anywhere_leads_nowhere_when_it_is_handed_out(scene, tmp_path):
    hour = scene.case.first_hour()
    hour.keep(
        "users", [("../../etc/\x1b[31mpasswd", b"one"), ("..", b"two"), ("a" * 300, b"three"), ("登" * 85, b"four")]
    )
    made = hour.hand_out("users", tmp_path / "out")
    assert all(file.parent == tmp_path / "out" and file.name.isprintable() for file in made)
    assert [file.read_bytes() for file in made] == [b"one", b"two", b"three", b"four"]


def test_nothing_is_left_outside_when_custody_cannot_say_that_it_left(scene, picture, tmp_path, monkeypatch):
    scene.good("first-hour", "keep", "users", str(picture))
    hour = scene.case.first_hour()

    def failing(*_args, **_more):
        raise WrongUse("custody is away")

    monkeypatch.setattr("akika_forensics.case.first_hour.record.leaves", failing)
    with pytest.raises(WrongUse):
        hour.hand_out("users", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_two_who_tick_at_once_lose_nothing(scene):
    company = scene.case.companies.company("craig")
    one = FirstHour(scene.case.vault, "craig", company, by=lambda: "ann")
    other = FirstHour(scene.case.vault, "craig", company, by=lambda: "ben")
    one.mark("users", "done")
    other.mark("apps", "done")
    one.mark("client", "done")
    rows = {row.step.name: row.by for row in one.standing().rows if row.state == "done"}
    assert rows == {"users": "ann", "apps": "ben", "client": "ann"}


def test_what_was_kept_goes_with_the_company(scene, picture):
    scene.good("capture")
    scene.good("first-hour", "keep", "users", str(picture))
    (path,) = scene.case.custody.acts("evidence_kept")[-1].objects
    scene.case.lifecycle.erase("craig", "the engagement ended", confirmed="craig")
    assert not (scene.vault / path).exists()
    assert not [name for name in scene.case.vault.slots() if name.startswith("first-hour/")]
