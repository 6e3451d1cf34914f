"""The books of another company answer under this one's address and sign-in: nothing of them comes into the vault, nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from akika_forensics.case.resuming import begun
from akika_forensics.cli import main
from akika_forensics.errors import WrongCompany
from akika_forensics.settings import Secret
from tests.capture.faults.scene import stranger_of


def said(scene: Any, *arguments: str) -> dict[str, Any]:
    code, document = scene.akika(*arguments)
    assert code == 3, document
    error: dict[str, Any] = document["error"]
    assert error["code"] == "wrong_company"
    assert "another company" in error["what"]
    return error


def test_no_command_takes_another_company_for_this_one(scene: Any, capsys: Any, monkeypatch: Any) -> None:
    scene.good("capture")
    scene.twin.delete("Invoice", {"Id": "10", "SyncToken": scene.twin.get("Invoice", "10")["SyncToken"]})
    plan = scene.planned("--record", "Invoice:10")
    taken = len(scene.case.snapshots())
    other = stranger_of(scene.twin)
    books = other.dump()
    scene.server.answer_as(other)

    for arguments in (["capture"], ["capture", "--full"], ["capture", "--record", "Invoice:130"]):
        assert "kept" in said(scene, *arguments)["means"]
    assert said(scene, "plan", "execute", str(plan))["means"] == "Nothing was written."
    assert main(["watch", "--once", "--vault", str(scene.vault)]) == 3
    heard = capsys.readouterr()
    assert "failed. QuickBooks answers with the books of another company" in heard.out + heard.err

    assert len(scene.case.snapshots()) == taken
    assert other.dump() == books
    assert not [act for act in scene.case.custody.acts() if act.act == "execution_ended"]

    scene.server.answer_as(scene.twin)
    assert scene.good("capture")["complete"]
    scene.good("plan", "execute", str(plan))


def test_nor_does_a_connection(scene: Any) -> None:
    import pytest

    from akika_forensics.errors import WrongCompany

    scene.good("capture")
    scene.server.answer_as(stranger_of(scene.twin))
    known = scene.case.companies.connection("craig")
    before = scene.case.companies.tokens("craig").load()
    with pytest.raises(WrongCompany, match="another company"):
        scene.case.connect(known, Secret(scene.server.credentials.refresh_token))
    assert scene.case.companies.tokens("craig").load() == before


def test_what_an_interrupted_capture_left_goes_with_it(scene: Any) -> None:
    vault, company = scene.case.vault, scene.case.companies.company("craig")

    def meet_another() -> None:
        with begun(vault, company, afresh=False) as making:
            making.writer.save_draft(b"where it stood")
            assert vault.draft(company) is not None
            raise WrongCompany("It is another.")

    with pytest.raises(WrongCompany):
        meet_another()
    assert vault.draft(company) is None
    assert scene.case.custody.acts()[-1].act == "capture_dropped"
    assert "Another company answered" in scene.case.custody.acts()[-1].what
