"""Attached files from the company into the vault: their bytes once, and never again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.twin.attachments.upload import Upload

from .conftest import Scene


def attach(scene: Scene, content: bytes, name: str, **more: Any) -> RecordKey:
    kind = "text/plain" if name.endswith("txt") else "application/pdf"
    return RecordKey("Attachable", scene.twin.attach(Upload([content], name, kind, more))["Id"])


def addresses(scene: Scene, since: int) -> list[str]:
    """Requests for addresses of files: of one, or of many by their Ids."""
    seen = [f"{one.path}?{one.query}" for one in scene.server.log[since:]]
    return [one for one in seen if "/download/" in one or ("Attachable" in one and "IN" in one and "'" in one)]


def test_files_are_captured_once_and_kept_from_snapshot_to_snapshot(scene: Scene) -> None:
    large = bytes(range(256)) * 20_000
    receipt, page, twice = (
        attach(scene, large, "receipt.pdf"),
        attach(scene, b"a page", "page.txt"),
        attach(scene, b"a page", "the same.txt"),
    )
    assert scene.good("capture")["complete"] is True
    before = len(scene.server.log)
    late = attach(scene, b"late", "late.txt")
    assert scene.good("capture")["complete"] is True
    assert all(late.id in one and receipt.id not in one for one in addresses(scene, before))
    first, second = scene.case.snapshot("s1"), scene.case.snapshot("s2")
    assert first.attachments()["id"].to_list() == [receipt.id, page.id, twice.id]
    assert second.attachments()["id"].to_list() == [receipt.id, page.id, twice.id, late.id]
    assert b"".join(second.attachment(receipt)) == large
    assert [b"".join(second.attachment(key)) for key in (page, twice, late)] == [b"a page", b"a page", b"late"]
    assert scene.good("verify")["ok"] is True
    assert {one.kind for one in scene.server.log} <= {"read", "sign-in"}


def test_a_file_that_is_gone_is_said_and_looked_for_again(scene: Scene) -> None:
    lost, there = attach(scene, b"lost", "lost.txt"), attach(scene, b"there", "there.txt")
    with scene.twin.store.transaction():
        scene.twin.store.files.remove(lost.id)
    code, taken = scene.akika("capture")
    assert (code, taken["complete"]) == (1, False)
    (found,) = [one for one in taken["findings"] if one["severity"] == "problem"]
    assert (found["code"], found["records"]) == ("attachment_gone", [str(lost)])
    assert scene.case.snapshot("s1").attachments()["id"].to_list() == [there.id]
    with scene.twin.store.transaction():
        scene.twin.store.files.put(lost.id, "0" * 36, "lost.txt", "text/plain", [b"lost"])
    assert scene.good("capture")["complete"] is True
    assert b"".join(scene.case.snapshot("s2").attachment(lost)) == b"lost"


def test_an_export_has_the_files_and_custody_lists_them(scene: Scene, tmp_path: Path) -> None:
    invoice = scene.twin.query("select Id from Invoice maxresults 1")["QueryResponse"]["Invoice"][0]["Id"]
    link = {"EntityRef": {"type": "Invoice", "value": invoice}}
    key = attach(scene, b"a page", "../a page.txt", AttachableRef=[link], Note="a note")
    scene.good("capture")
    made = scene.good("export", "s1", "--to", str(tmp_path / "out"))
    (file,) = [Path(one) for one in made["files"] if "attachments" in one]
    assert (file.name, file.read_bytes()) == (f"{key.id}-a_page.txt", b"a page")
    (act,) = scene.case.custody.acts("exported")
    (listed,) = [one for one in act.details["files"] if one["name"].startswith("attachments/")]
    digest = hashlib.sha256(b"a page").hexdigest()
    assert listed == {"name": f"attachments/{key.id}-a_page.txt", "length": 6, "sha256": digest}
    assert scene.case.attachments("s1").rows(named=True) == [
        {
            "entity": "Attachable",
            "id": key.id,
            "file_name": "../a page.txt",
            "content_type": "text/plain",
            "note": "a note",
            "attached_to": [f"Invoice:{invoice}"],
            "length": 6,
            "sha256": digest,
        }
    ]
    assert scene.case.attachment(str(key)) == b"a page"
    assert scene.case.attachment(key, "s1") == b"a page"
    with pytest.raises(WrongUse, match="no file attached"):
        scene.case.attachment("Attachable:1")


def test_a_snapshot_without_files_has_an_empty_frame_of_them(scene: Scene) -> None:
    scene.good("capture")
    assert scene.case.attachments().is_empty()
    assert scene.case.attachments().columns[-2:] == ["length", "sha256"]


@pytest.mark.parametrize("name", ["../../../etc/x.txt", "=cmd|'/C calc'!A0.txt", "\u202etxt.exe.txt", "a\tb.txt"])
def test_a_hostile_name_stays_text(scene: Scene, name: str) -> None:
    key = attach(scene, b"x", name)
    assert scene.good("capture")["complete"] is True
    snapshot = scene.case.snapshot("s1")
    record = snapshot.record(key)
    assert record is not None
    assert json.loads(record.payload)["FileName"] == name
    assert b"".join(snapshot.attachment(key)) == b"x"


def test_a_company_that_lost_a_file_is_still_captured_by_what_changed(scene: Scene) -> None:
    lost = attach(scene, b"lost", "lost.txt")
    with scene.twin.store.transaction():
        scene.twin.store.files.remove(lost.id)
    assert scene.akika("capture")[1]["complete"] is False
    late, before = attach(scene, b"late", "late.txt"), len(scene.server.log)
    code, taken = scene.akika("capture")
    assert (code, taken["fence"]["kind"], taken["complete"]) == (1, "incremental", False)
    (found,) = [one for one in taken["findings"] if one["severity"] == "problem"]
    assert (found["code"], found["records"]) == ("attachment_gone", [str(lost)])
    assert addresses(scene, before), "it is looked for each time"
    assert scene.case.snapshot("s2").attachments()["id"].to_list() == [late.id]
    with scene.twin.store.transaction():
        scene.twin.store.files.put(lost.id, "0" * 36, "lost.txt", "text/plain", [b"lost"])
    taken = scene.good("capture")
    assert (taken["fence"]["kind"], taken["complete"]) == ("incremental", True)
    assert scene.case.attachment(lost) == b"lost"
    assert scene.good("capture")["complete"] is True


def test_a_file_goes_with_its_record(scene: Scene) -> None:
    gone, stays = attach(scene, b"gone", "gone.txt"), attach(scene, b"stays", "stays.txt")
    scene.good("capture")
    scene.twin.delete("Attachable", {"Id": gone.id, "SyncToken": "0"})
    taken = scene.good("capture")
    assert (taken["fence"]["kind"], taken["complete"]) == ("incremental", True)
    assert scene.case.attachments()["id"].to_list() == [stays.id]
    assert scene.case.attachments("s1")["id"].to_list() == [gone.id, stays.id]
    assert scene.case.attachment(gone, "s1") == b"gone"
