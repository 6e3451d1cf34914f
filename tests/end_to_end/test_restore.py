"""From a live company to a verified restore, through the command line, and everything that is refused on the way."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.twin import Twin, sample

from .conftest import PASSPHRASE, Scene, staged

HOLD = """
import sys
import akika_forensics as ak
with ak.open_vault(sys.argv[1]).vault.lock("another run"):
    print("held", flush=True)
    sys.stdin.read()
"""
INVOICE = "10"
PAYMENT = "76"


def delete_invoice(scene: Scene, record_id: str = INVOICE) -> None:
    body = scene.twin.get("Invoice", record_id)
    assert body is not None
    scene.twin.delete("Invoice", {"Id": record_id, "SyncToken": body["SyncToken"]})


def test_a_deleted_invoice_comes_back_exactly_once_and_nothing_else_moves(scene: Scene) -> None:
    before = scene.content()
    lost = before[f"Invoice:{INVOICE}"]
    assert {"TxnId": PAYMENT, "TxnType": "Payment"} in lost["LinkedTxn"]
    scene.good("capture")
    delete_invoice(scene)
    file = scene.planned("--record", f"Invoice:{INVOICE}")
    assert scene.good("plan", "rehearse", str(file))["ok"] is True
    assert scene.good("plan", "execute", str(file))["state"] == "complete"
    after = scene.content()
    again = [
        key for key, body in after.items() if key.startswith("Invoice:") and body.get("DocNumber") == lost["DocNumber"]
    ]
    assert len(again) == 1
    new_id = again[0].partition(":")[2]
    made = after[again[0]]
    for field in (
        "CustomerRef",
        "SalesTermRef",
        "TotalAmt",
        "Balance",
        "TxnDate",
        "DueDate",
        "TxnTaxDetail",
        "LinkedTxn",
    ):
        assert made.get(field) == lost.get(field), field
    assert [line.get("Amount") for line in made["Line"]] == [line.get("Amount") for line in lost["Line"]]
    assert [line.get("SalesItemLineDetail") for line in made["Line"]] == [
        line.get("SalesItemLineDetail") for line in lost["Line"]
    ]
    untouched = {key: body for key, body in before.items() if key not in {f"Invoice:{INVOICE}", f"Payment:{PAYMENT}"}}
    assert {key: after.get(key) for key in untouched} == untouched
    assert set(after) - set(before) == {again[0]}
    payment = json.dumps(before[f"Payment:{PAYMENT}"]).replace(f'"TxnId": "{INVOICE}"', f'"TxnId": "{new_id}"')
    payment = payment.replace(f'"Name": "txnId", "Value": "{INVOICE}"', f'"Name": "txnId", "Value": "{new_id}"')
    assert after[f"Payment:{PAYMENT}"] == json.loads(payment)
    proof = scene.good("plan", "verify", str(file))
    assert (proof["exact_but_for"], proof["differs"], proof["wrong"], proof["residual"]) == (2, 0, 0, "0.00")
    assert scene.good("verify")["ok"] is True


def test_the_undo_of_a_restore_takes_it_back(scene: Scene) -> None:
    scene.good("capture")
    delete_invoice(scene)
    damaged = scene.content()
    file = scene.planned("--record", f"Invoice:{INVOICE}")
    scene.good("plan", "execute", str(file))
    back = scene.folder / "undo.plan"
    scene.good("plan", "undo", str(file), "--out", str(back))
    code, refused = scene.akika("plan", "execute", str(back))
    assert (code, refused["error"]["code"]) == (3, "not_approved")
    scene.good("plan", "approve", str(back), "--allow-author")
    scene.good("plan", "execute", str(back))
    assert scene.content() == damaged


def test_a_record_edited_after_the_plan_was_made_is_named_with_its_field(scene: Scene) -> None:
    scene.good("capture")
    delete_invoice(scene)
    file = scene.planned("--record", f"Invoice:{INVOICE}")
    live = scene.twin.get("Payment", PAYMENT)
    assert live is not None
    scene.twin.update("Payment", {**live, "PaymentRefNum": "edited meanwhile"})
    standing = scene.content()
    code, said = scene.akika("plan", "execute", str(file))
    assert (code, said["error"]["code"]) == (3, "stale_plan")
    assert "PaymentRefNum" in said["error"]["what"]
    assert scene.content() == standing


def test_a_look_alike_keyed_meanwhile_is_named(scene: Scene) -> None:
    scene.good("capture")
    lost = scene.content()[f"Invoice:{INVOICE}"]
    delete_invoice(scene)
    file = scene.planned("--record", f"Invoice:{INVOICE}")
    lines = [
        {k: v for k, v in line.items() if k not in {"Id", "LineNum"}}
        for line in lost["Line"]
        if line["DetailType"] != "SubTotalLineDetail"
    ]
    scene.twin.create(
        "Invoice",
        {"CustomerRef": lost["CustomerRef"], "DocNumber": lost["DocNumber"], "TxnDate": lost["TxnDate"], "Line": lines},
    )
    code, said = scene.akika("plan", "execute", str(file))
    assert (code, said["error"]["code"]) == (3, "stale_plan")
    assert "looks like" in said["error"]["what"]
    # Made anew, the plan asks instead of making a second one.
    second = scene.folder / "second.plan"
    made = scene.good("plan", "create", "--to", "s1", "--record", f"Invoice:{INVOICE}", "--out", str(second))
    assert (made["steps"], made["conflicts"][0]["code"]) == (0, "look_alike")


def test_unapproved_edited_executed_and_foreign_plans_are_refused(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.good("capture")
    delete_invoice(scene)
    standing = scene.content()
    file = scene.folder / "restore.plan"
    scene.good("plan", "create", "--to", "s1", "--record", f"Invoice:{INVOICE}", "--out", str(file))
    assert refusal(scene, file) == "not_approved"
    code, said = scene.akika("plan", "approve", str(file))
    assert (code, said["error"]["code"]) == (3, "not_approved")
    scene.good("plan", "approve", str(file), "--allow-author")
    for position in (0, len(file.read_bytes()) // 2, len(file.read_bytes()) - 1):
        edited = scene.folder / f"edited-{position}.plan"
        content = bytearray(file.read_bytes())
        content[position] ^= 1
        edited.write_bytes(content)
        assert refusal(scene, edited) == "refused"
    assert scene.content() == standing
    # A plan for another company, in a vault that knows both.
    other = Twin(realm_id="9130000000000077", company_name="Somebody Else")
    sample.build(other)
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    with staged(tmp_path / "other", other, scene.out) as elsewhere:
        given = elsewhere.server.credentials
        monkeypatch.setenv("SECRET", given.client_secret)
        monkeypatch.setenv("TOKEN", given.refresh_token)
        scene.good(
            "connect", "--name", "else", "--base-url", elsewhere.server.base_url, "--token-url", elsewhere.server.token_url,
            "--client-id", given.client_id, "--client-secret-env", "SECRET", "--refresh-token-env", "TOKEN",
            "--realm-id", elsewhere.server.realm_id,
        )  # fmt: skip
        there = elsewhere.content()
        code, said = scene.akika("plan", "execute", str(file), "--company", "else")
        assert (code, said["error"]["code"]) == (3, "wrong_company")
        assert elsewhere.content() == there
    assert scene.good("plan", "execute", str(file), "--company", "craig")["state"] == "complete"
    once = scene.content()
    assert refusal(scene, file, "--company", "craig") == "refused"
    assert scene.good("plan", "resume", str(file), "--company", "craig")["state"] == "complete"
    assert scene.content() == once


def refusal(scene: Scene, file: Path, *more: str) -> Any:
    code, said = scene.akika("plan", "execute", str(file), *more)
    assert code == 3, said
    return said["error"]["code"]


def test_nobody_else_writes_while_a_plan_runs(scene: Scene) -> None:
    scene.good("capture")
    delete_invoice(scene)
    file = scene.planned("--record", f"Invoice:{INVOICE}")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(scene.vault)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == b"held\n"
        code, said = scene.akika("plan", "execute", str(file))
    finally:
        holder.communicate(b"done")
    assert (code, said["error"]["code"]) == (3, "locked")


def test_an_inactive_customer_is_woken_for_its_invoice(scene: Scene) -> None:
    scene.good("capture")
    lost = next(
        body
        for body in scene.twin.query("SELECT * FROM Invoice MAXRESULTS 1000")["QueryResponse"]["Invoice"]
        if not body["LinkedTxn"] and owes_nothing_else(scene, body)
    )
    delete_invoice(scene, lost["Id"])
    customer_id = lost["CustomerRef"]["value"]
    customer = scene.twin.get("Customer", customer_id)
    assert customer is not None
    asleep = {"Id": customer_id, "SyncToken": customer["SyncToken"], "sparse": True, "Active": False}
    scene.twin.update("Customer", asleep)
    file = scene.planned("--record", f"Invoice:{lost['Id']}")
    actions = [step["action"] for step in scene.good("plan", "show", str(file))["steps"]]
    assert actions == ["reactivate", "recreate"]
    assert scene.good("plan", "execute", str(file))["state"] == "complete"
    woken = scene.twin.get("Customer", customer_id)
    assert woken is not None
    assert (woken["Active"], woken["DisplayName"]) == (True, customer["DisplayName"])
    assert woken["Balance"] == lost["Balance"]


def owes_nothing_else(scene: Scene, invoice: dict[str, Any]) -> bool:
    customer = scene.twin.get("Customer", invoice["CustomerRef"]["value"])
    return customer is not None and customer["BalanceWithJobs"] == customer["Balance"] == invoice["Balance"]
