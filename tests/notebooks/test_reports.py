"""Every report on a company that was damaged and restored, held against what the company itself says."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from notebook_scene import NOTEBOOKS, Books, Scene

from akika_forensics import reports
from akika_forensics.errors import WrongCompany, WrongUse

REPORTS = sorted((NOTEBOOKS / "reports").glob("*.py"))


def key(text: str) -> tuple[str, str]:
    entity, _, record_id = text.partition(":")
    return entity, record_id


def ranks(text: str) -> list[set[tuple[str, str]]]:
    return [{key(word) for word in rank.split()} for rank in text.split(" > ")] if text else []


def references(body: Any) -> set[tuple[str, str]]:
    """Every ``…Ref`` with its Id, and every linked transaction, wherever it stands."""
    found: set[tuple[str, str]] = set()
    if isinstance(body, list):
        return found.union(*(references(inner) for inner in body))
    if isinstance(body, dict):
        for name, inner in body.items():
            if name.endswith("Ref") and isinstance(inner, dict) and "value" in inner:
                found.add((name, str(inner["value"])))
            elif name == "LinkedTxn":
                found |= {(link["TxnType"], str(link["TxnId"])) for link in inner}
            else:
                found |= references(inner)
    return found


def linked_to(books: Books, gone: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The payments that are linked to one of some records."""
    return {one for one, body in books.bodies.items() if one[0] == "Payment" and references(body) & gone}


def test_acquisition_counts_what_the_company_holds(scene: Scene) -> None:
    found = scene.run("acquisition_and_completeness", snapshot="s2").result
    held = {name.removeprefix("records_"): number for name, number in found.items() if name.startswith("records_")}
    assert held == scene.after.counts
    assert found["records"] == len(scene.after.bodies)
    assert (found["whole"], found["quiet"], found["vault_undamaged"]) == (True, True, True)
    assert (found["counts_disagreeing"], found["problems"], found["references_leading_nowhere"]) == (0, 0, 0)
    assert found["lines_compared"] > 5 * len(scene.after.balances)
    assert found["largest_residual"] == "0.00"
    assert found["realm"] == scene.server.realm_id


def test_acquisition_says_that_a_vault_is_damaged(scene: Scene, tmp_path: Path) -> None:
    copy = tmp_path / "vault"
    shutil.copytree(scene.vault, copy)
    document = max((path for path in copy.rglob("*") if path.is_file() and "documents" in path.parts), key=str)
    data = bytearray(document.read_bytes())
    data[len(data) // 2] ^= 1
    document.chmod(0o600)
    document.write_bytes(data)
    run = scene.run("acquisition_and_completeness", snapshot="s2", vault=copy)
    assert run.result["vault_undamaged"] is False
    assert document.name in run.said


def test_comparison_finds_what_was_done_and_no_more(scene: Scene) -> None:
    run = scene.run("snapshot_compare", before="s1", after="s2")
    found = run.result
    assert (found["records_removed"], found["records_added"]) == (len(scene.removed), len(scene.added))
    directly = sum(
        number for name, number in found.items() if name.startswith("records_") and name != "records_followed"
    )
    assert directly == len(scene.named | linked_to(scene.before, scene.removed))
    touched = {
        one for one in {*scene.before.bodies} & {*scene.after.bodies} if scene.before.bodies[one] != scene.after.bodies[one]
    }  # fmt: skip
    assert directly + found["records_followed"] == len(touched) + len(scene.removed) + len(scene.added)
    moved = scene.before.moved_to(scene.after)
    assert found["accounts_moved"] == len(moved)
    assert Decimal(found["largest_movement"]) == max(abs(value) for value in moved.values())
    assert found["sum_of_movements"] == "0.00"
    for entity, record_id in scene.named:
        assert f"{entity}:{record_id}" in run.said


def test_comparison_of_a_snapshot_with_itself_says_that_nothing_is_different(scene: Scene) -> None:
    run = scene.run("snapshot_compare", before="s2", after="s2")
    numbers = {name: value for name, value in run.result.items() if isinstance(value, int)}
    assert set(numbers.values()) == {0}
    assert "nothing is different between s2 and s2." in run.said
    assert run.result["before_digest"] == run.result["after_digest"]


def test_dependencies_of_what_was_changed(scene: Scene) -> None:
    found = scene.run("dependency_graph", before="s1", after="s2").result
    assert ranks(found["taking_away"]) == [scene.added]
    linked = linked_to(scene.before, scene.removed) - scene.removed
    assert linked, "the incident removes an invoice that a payment names"
    place = {one: at for at, rank in enumerate(ranks(found["putting_back"])) for one in rank}
    assert {*place} == (scene.named | linked) - scene.added
    for payment in linked:
        named = {(kind, one) for kind, one in references(scene.before.bodies[payment]) if (kind, one) in scene.removed}
        assert all(place[one] < place[payment] for one in named)
    assert found["left_without"] == len(linked)
    assert found["circles"] == 0


def test_dependencies_of_one_record_follow_its_own_references(scene: Scene) -> None:
    invoice = next(record_id for entity, record_id in sorted(scene.removed) if entity == "Invoice")
    found = scene.run("dependency_graph", before="s1", records=f"invoice:{invoice}").result
    fields = {"CustomerRef": "Customer", "ItemRef": "Item", "SalesTermRef": "Term", "ClassRef": "Class",
              "DepartmentRef": "Department", "ItemAccountRef": "Account", "TaxCodeRef": "TaxCode"}  # fmt: skip
    needed = {
        (fields[name], value)
        for name, value in references(scene.before.bodies["Invoice", invoice])
        if name in fields and (fields[name], value) in scene.before.bodies
    }
    hanging = {
        one
        for one, body in scene.before.bodies.items()
        if one[0] != "Account" and ("Invoice", invoice) in references(body)
    }
    assert (found["chosen"], found["needed"], found["dependent"]) == (1, len(needed), len(hanging))


def test_a_plan_shows_every_step_and_what_is_signed(scene: Scene) -> None:
    run = scene.run("restore_plan", plan=str(scene.draft))
    found = run.result
    assert (found["digest"], found["state"]) == (scene.draft_digest, "rehearsed")
    assert scene.draft_digest in run.said
    assert found["steps_remove"] == len(scene.added)
    assert found["steps_recreate"] == len(scene.removed)
    steps = sum(number for name, number in found.items() if name.startswith("steps_"))
    assert steps == found["steps"]
    assert (found["rehearsed"], found["rehearsal_as_predicted"], found["approved"]) == (True, True, False)
    # The same plan was executed: what it predicted is what the company says now.
    assert found["accounts_moved"] == len(scene.after.moved_to(scene.restored))
    assert scene.before.moved_to(scene.restored) == {}
    assert found["largest_remaining"] == "0.00"


def test_a_verification_agrees_with_the_company(scene: Scene) -> None:
    found = scene.run("restore_verification", after="s2", final="s3", plan=str(scene.done)).result
    assert (found["state"], found["verified"], found["wrong"], found["unexpected"]) == ("verified", True, 0, 0)
    assert found["largest_residual"] == "0.00"
    assert found["steps_done"] == found["steps"]
    assert found["accounts_compared"] >= len(scene.restored.balances)
    assert content(scene.restored) == content(scene.before)


def content(books: Books) -> Counter[tuple[str, str, str]]:
    """Type, name and amount of every record: what a person would look for."""
    return Counter(
        (
            entity,
            str(body.get("DocNumber") or body.get("DisplayName") or body.get("Name") or ""),
            str(body.get("TotalAmt", "")),
        )
        for (entity, _), body in books.bodies.items()
    )


def test_a_verification_of_a_plan_that_was_not_executed_says_so(scene: Scene) -> None:
    run = scene.run("restore_verification", after="s2", final="s2", plan=str(scene.draft))
    assert (run.result["verified"], run.result["steps_done"]) == (False, 0)
    assert "nothing has been verified yet" in run.said


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("acquisition_and_completeness", {"snapshot": "s4"}),
        ("snapshot_compare", {"before": "s1", "after": "s4"}),
        ("dependency_graph", {"before": "s1", "after": "s4"}),
    ],
)
def test_a_snapshot_of_another_company_is_refused_in_one_sentence(
    scene: Scene, name: str, parameters: dict[str, str]
) -> None:
    with pytest.raises(WrongCompany, match=r"Snapshot s4 is of .*4620816365299999999.*not of ") as caught:
        scene.run(name, **parameters)
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize("name", ["restore_plan", "restore_verification"])
def test_without_a_plan_one_sentence_says_what_to_give(scene: Scene, name: str) -> None:
    more = {"after": "s2"} if name == "restore_verification" else {}
    with pytest.raises(WrongUse, match=r"nowhere\.plan cannot be read\. Give the file"):
        scene.run(name, plan=str(scene.folder / "nowhere.plan"), **more)


def test_dependencies_of_nothing_are_refused_in_one_sentence(scene: Scene) -> None:
    with pytest.raises(WrongUse, match="There is no record to look at"):
        scene.run("dependency_graph", before="s1", after="s1")


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)
def test_wrong_parameters_are_refused_before_anything_runs(path: Path, tmp_path: Path) -> None:
    report = reports.find(str(path))
    assert {"vault", "company", "title"} <= {one.name for one in report.parameters}
    required = {one.name: "x" for one in report.parameters if one.required}
    assert "vault" in required
    with pytest.raises(WrongUse, match="has no parameter 'snapshott'"):
        report.values({**required, "snapshott": "s1"})
    for name in required:
        with pytest.raises(WrongUse, match=f"needs the parameter '{name}'"):
            report.values({other: "x" for other in required if other != name})
    with pytest.raises(WrongUse, match="looks like a secret"):
        report.values({**required, "passphrase": "x"})
