"""An account or item made inactive leaves an entry behind: waking an account takes it back, of stock a person is told."""

from __future__ import annotations

from typing import Any

from .conftest import Scene


def balances(scene: Scene) -> dict[str, Any]:
    return {
        row["ColData"][0]["value"]: [cell["value"] for cell in row["ColData"][1:]]
        for row in scene.twin.report("TrialBalance")["Rows"]["Row"]
        if "ColData" in row
    }


def put_to_sleep(scene: Scene, entity: str, record_id: str) -> dict[str, Any]:
    """Make a record inactive after a capture; gives it as it was."""
    before = scene.twin.get(entity, record_id)
    assert before is not None
    scene.good("capture")
    scene.twin.update(entity, {**before, "Active": False})
    return before


def test_the_entry_that_emptied_an_account_is_removed_when_it_is_woken(scene: Scene) -> None:
    trial, count = balances(scene), scene.twin.count("JournalEntry")
    before = put_to_sleep(scene, "Account", "36")
    asleep = scene.twin.get("Account", "36")
    assert asleep is not None
    assert (asleep["Active"], asleep["CurrentBalance"], bool(before["CurrentBalance"])) == (False, 0, True)
    assert scene.twin.count("JournalEntry") == count + 1
    assert balances(scene) != trial
    file = scene.planned("--record", "Account:36")
    steps = scene.good("plan", "show", str(file))["steps"]
    assert sorted(step["action"] for step in steps) == ["reactivate", "remove"]
    assert scene.good("plan", "rehearse", str(file))["ok"] is True
    assert scene.good("plan", "execute", str(file))["state"] == "complete"
    woken = scene.twin.get("Account", "36")
    assert woken is not None
    assert (woken["Active"], woken["CurrentBalance"]) == (True, before["CurrentBalance"])
    assert woken["Name"] == before["Name"]
    assert scene.twin.count("JournalEntry") == count
    assert balances(scene) == trial


def test_stock_that_was_cleared_is_left_to_a_person(scene: Scene) -> None:
    before = put_to_sleep(scene, "Item", "11")
    assert before["QtyOnHand"]
    (adjustment,) = [key.partition(":")[2] for key in scene.content() if key.startswith("InventoryAdjustment:")]
    file = scene.planned("--record", "Item:11")
    plan = scene.good("plan", "show", str(file))
    (step,) = plan["steps"]
    assert (step["action"], step["fidelity"]) == ("reactivate", "differs")
    (note,) = [note for note in plan["by_hand"] if note["code"] == "emptied"]
    assert f"InventoryAdjustment:{adjustment}" in note["what"]
    assert scene.good("plan", "rehearse", str(file))["ok"] is True
    assert scene.good("plan", "execute", str(file))["state"] == "complete"
    woken = scene.twin.get("Item", "11")
    assert woken is not None
    assert (woken["Active"], woken["QtyOnHand"]) == (True, 0)


def test_what_still_holds_something_is_not_made_inactive_by_a_plan(scene: Scene) -> None:
    scene.good("capture")
    made = scene.twin.create("Account", {"Name": "Petty cash", "AccountType": "Bank", "OpeningBalance": 50})
    file = scene.planned("--record", f"Account:{made['Id']}")
    plan = scene.good("plan", "show", str(file))
    assert plan["steps"] == []
    assert [note["code"] for note in plan["by_hand"]] == ["blocked"]
    assert "50" in plan["by_hand"][0]["what"]
