"""Records that were deleted before a capture, from the company to the check, the table and the first hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from akika_forensics.cli import main
from akika_forensics.model.instants import format_instant, now


def _bill(scene: Any) -> dict[str, Any]:
    body = {
        key: value
        for key, value in (scene.twin.get("Bill", "52") or {}).items()
        if key not in {"Id", "SyncToken", "MetaData", "DocNumber", "LinkedTxn"}
    }
    made: dict[str, Any] = scene.twin.create("Bill", body)
    return made


def _delete(scene: Any, made: dict[str, Any]) -> str:
    scene.twin.delete("Bill", {"Id": made["Id"], "SyncToken": made["SyncToken"]})
    return str(made["Id"])


def _feed(document: dict[str, Any]) -> dict[str, Any]:
    (row,) = [row for row in document["deadlines"] if row["name"] == "Change feed"]
    return dict(row)


def test_what_nobody_captured_is_named_and_what_an_earlier_snapshot_has_leads_there(scene: Any) -> None:
    incident = format_instant(now() - timedelta(minutes=10))
    never = _delete(scene, _bill(scene))
    standing = _bill(scene)
    first = scene.good("capture")
    assert first["complete"]
    (told,) = scene.case.deletions("s1")
    assert (told.entity, told.id, told.last_held) == ("Bill", never, "")
    assert now() - told.deleted_at < timedelta(minutes=10)
    assert _feed(scene.good("first-hour", "--at", incident))["safe"] == "captured in s1"
    long_ago = format_instant(now() - timedelta(days=40))
    row = _feed(scene.good("first-hour", "--at", long_ago))
    assert not row["safe"]
    assert "s1 knows deletions from" in row["do"]

    gone, passing = _delete(scene, standing), _delete(scene, _bill(scene))
    second = scene.good("capture")
    assert second["fence"]["kind"] == "incremental"
    found = {one.id: one.last_held for one in scene.case.deletions("s2")}
    assert {one: found[one] for one in (gone, passing)} == {gone: "s1", passing: ""}

    third = scene.good("capture", "--full")
    assert third["complete"]
    assert {one.id: one.last_held for one in scene.case.deletions("s3")} == {never: "", gone: "s1", passing: ""}
    checked = scene.good("check", "s3")
    assert checked["complete"]
    assert {(one["id"], one["last_held"]) for one in checked["deletions"]} == {
        (never, None),
        (gone, "s1"),
        (passing, None),
    }
    assert "deleted_before" in {one["code"] for one in checked["findings"]}
    assert "Requests" not in checked["controls"]
    assert "Deletions" not in checked["controls"]
    for detail in ([], ["--detail"]):
        scene.out()
        assert main(["check", "s3", "--vault", str(scene.vault), *detail]) == 0
        said = scene.out()
        assert "3 records. Of 2 of them the vault holds nothing but number and time" in said
        assert ("last version in s1" in said) == bool(detail)
    assert scene.good("verify")["ok"]
