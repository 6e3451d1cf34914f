"""Makes what is missing of the samples beside it: one of each format, as this version of the software writes it.

    python tests/formats/make_samples.py

A sample that is there is never written again: it is what an earlier version wrote, and every later one has to open it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from akika_forensics import jobs
from akika_forensics.capture import asked, deletions
from akika_forensics.capture import draft as captures
from akika_forensics.capture.findings import Findings
from akika_forensics.capture.held import Held
from akika_forensics.case.case import Case
from akika_forensics.case.first_hour.slices import read_days
from akika_forensics.case.hints import Hints
from akika_forensics.case.opening import init_vault
from akika_forensics.lab.working_folder import MEMORY, Shipped, place_all
from akika_forensics.model.instants import now
from akika_forensics.model.payload import Digested
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Answered, Connection, PagePlan, Slice
from akika_forensics.quickbooks.webhooks import read_notification
from akika_forensics.restore.scope import scope_of
from akika_forensics.settings import Secret, state_dir
from akika_forensics.twin import Twin, incidents, sample, serve
from akika_forensics.twin.beliefs import BELIEFS
from akika_forensics.twin.beliefs import FORMAT as PROFILE
from akika_forensics.vault import KdfCost
from akika_forensics.vault.checks.findings import Finding
from akika_forensics.vault.keys import identity
from akika_forensics.vault.layout import FORMAT_VERSION
from akika_forensics.vault.mending.losses import LOSSES
from akika_widgets.views.reviewing import Review

FOLDER: Final = Path(__file__).parent / "samples"
PASSPHRASE: Final = "correct horse battery staple"
SIGNER_PASSPHRASE: Final = "a signer's own words"
INCIDENT: Final = "deleted-invoice"


class _NoSink:
    """Takes records and forgets them."""

    def add(self, key: RecordKey, payload: bytes, digested: Digested | None = None) -> None: ...
    def remove(self, key: RecordKey) -> None: ...


def story(folder: Path) -> tuple[Case, Path]:
    """A vault with an incident that was put right, and all that a person does on the way."""
    twin = Twin()
    sample.build(twin)
    file = folder / "restore.plan"
    with serve(twin) as server:
        case = init_vault(folder / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
        given = server.credentials
        connection = Connection(
            "craig", server.realm_id, server.base_url, server.token_url, given.client_id, Secret(given.client_secret)
        )
        case.connect(connection, Secret(given.refresh_token))
        case.budget.limit(500_000)
        tell(case, connection.realm_id)
        case.capture()
        truth = incidents.run(twin, INCIDENT)
        case.capture()
        scope = scope_of([f"{record['entity']}:{record['id']}" for record in truth["records"]])
        plan = case.plans.create(to="s1", after="s2", now_snapshot="s2", scope=scope, out=file)
        case.plans.rehearse(file)
        review = (
            Review.begin(plan).mark([step.id for step in plan.steps], "approved").comment(plan.steps[0].id, "Seen.")
        )
        case.plans.keep_review(file, review.to_json())
        case.signers.add("Dana", Secret(SIGNER_PASSPHRASE), role="partner", cost=KdfCost.CHEAP)
        case.plans.approve(file, "Dana", Secret(SIGNER_PASSPHRASE), words="Looked at.")
        case.plans.execute(file)
        case.plans.verify(file)
    jobs.start("Verifying", lambda _work: None, kind="verify", about=case.vault.id).result()
    return case, file


def tell(case: Case, realm: str) -> None:
    """QuickBooks tells of a change."""
    told = {"specversion": "1.0", "id": "e-1", "type": "qbo.invoice.voided.v1", "time": "2025-09-10T21:31:25.179Z"}
    body = json.dumps([{**told, "intuitentityid": "130", "intuitaccountid": realm}]).encode()
    hour = case.first_hour()
    hour.begin(datetime(2025, 9, 10, 18, 0, tzinfo=UTC), "invoices are gone")
    export = b"Date Changed,User,Event\nx,Ann,Deleted Invoice\n"
    hour.keep("audit-log", [("september.csv", export)], days=read_days("2025-09-01..2025-09-10"), note="by Ann")
    hints = Hints(case.vault, case.companies)
    hints.keep_verifier(Secret("a verifier token"))
    hints.keep(read_notification(body), body, "c2lnbmF0dXJl", datetime(2025, 9, 10, 21, 32, tzinfo=UTC))


def values(case: Case, file: Path, lab: Path) -> Iterator[tuple[str, Any]]:
    """Each value that is stored and read back, by the name of its format."""
    vault = case.vault
    plan = case.plans.load(file).plan
    yield "plan", json.loads(plan.to_bytes())
    for name, act in (
        ("approval", "plan_approved"),
        ("rehearsal", "plan_rehearsed"),
        ("verification", "plan_verified"),
    ):
        (path,) = case.custody.acts(act)[-1].objects
        yield name, json.loads(vault.get_document(path))
    yield "journal", [entry.body for entry in vault.chain(f"journals/{plan.id}", "akika-journal").entries()]
    yield "custody", [entry.body for entry in vault.chain("custody", "akika-custody").entries()]
    (judged,) = (name for name in vault.head["chains"] if name.startswith("attestations/"))
    yield "attestation", [entry.body for entry in vault.chain(judged, "akika-attestation").entries()]
    manifest = next(path for path in vault._shelf.standing.files if path.startswith("data/"))
    yield "losses", [LOSSES.named(vault.account_for([Finding(manifest, "The file is missing.")], sign=False))]
    yield "disclosure", json.loads(vault.disclose("s1", next(vault.snapshot("s1").records(["Invoice"])).key))
    slots = {"signer": "signer/Dana", "company": "company/craig", "tokens": "tokens/craig"}
    slots |= {
        "first-hour": "first-hour/of/craig",
        "budget": "budget/of/craig",
        "cap": "budget/cap",
        "hints": "hints/of/craig",
        "verifier": "hints/verifier",
    }
    for name, slot in slots.items():
        yield name, json.loads(vault.slot(slot).read() or b"")
    yield "review", json.loads(vault.slot(f"reviews/{plan.id}").read() or b"")
    yield "anchor", vault.head
    yield "heads", json.loads((state_dir() / "heads" / f"{vault.id}.json").read_bytes())
    yield "places", json.loads((state_dir() / "heads" / "places.json").read_bytes())
    (job,) = (state_dir() / "jobs").glob("j*.json")
    yield "job", json.loads(job.read_bytes())
    place_all(lab, [Shipped("sessions/one.ipynb", b'{"cells":[]}'), Shipped("README.md", b"read me")])
    yield "lab", json.loads((lab / MEMORY).read_bytes())
    company = case.companies.company("craig")
    with vault.begin_snapshot(company) as writer:
        writer.add(RecordKey("Invoice", "1"), b'{"Id":"1"}')
        writer.save_draft(b"{}")
    yield "draft", json.loads(vault.slot(f"draft/{vault.pseudonym(company)}").read() or b"")
    vault.drop_draft(company)
    held, plan = Held(_NoSink(), Findings()), PagePlan(expected=2500)
    held.take([Slice(RecordKey("Invoice", "1"), b'{"Id":"1","CustomerRef":{"value":"3"},"Hologram":1}')], now())
    plan.wanted()
    yield (
        "capture",
        msgspec.to_builtins(
            captures.State(
                rules=1, begun="2026-11-27T12:00:00Z", why=["It was asked for."], carried=False,
                expected={"Invoice": 2500}, lists={"Invoice": plan.begun()}, findings=[], held=held.as_state(),
                requests=7, interrupted=0,
            )
        ),
    )  # fmt: skip
    answered = [Answered(datetime(2026, 11, 27, 12, tzinfo=UTC), "1-69283f5b", "the list of Invoice", 64 * "0", 7)]
    yield "requests", json.loads(asked.listed(answered, [("Invoice", [("1", 1), ("2", 0)])]))
    deleted = {RecordKey("Invoice", "7"): datetime(2026, 11, 23, 10, tzinfo=UTC), RecordKey("Bill", "9"): None}
    yield "deletions", json.loads(deletions.listed(deletions.not_held(deleted, lambda _: False)))
    told = {
        belief.name: {"choice": belief.default, "asked": "…", "answered": "…"} for belief in list(BELIEFS.values())[:2]
    }
    yield "identity", json.loads(identity.to_stored(identity.Identity.fresh()))
    yield (
        "profile",
        {"format": PROFILE, "host": "127.0.0.1:1", "at": "2026-11-23T10:00:00Z", "beliefs": told, "open": {}},
    )


def label(value: Any) -> str:
    """How a sample's file is called: by the version that the value names."""
    said = value[0] if isinstance(value, list) else value
    named = said.get("format") or (json.loads(said["statement"])["format"] if "statement" in said else "unnamed")
    return str(named).replace("/", "-")


def main() -> None:
    made = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.update(AKIKA_STATE_DIR=str(folder / "state"), LOGNAME="sample")
        socket.gethostname = lambda: "sample"
        case, file = story(folder)
        for kind, value in values(case, file, folder / "lab"):
            out = FOLDER / kind / f"{label(value)}.json"
            if not out.exists():
                out.parent.mkdir(parents=True, exist_ok=True)
                out.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n")
                made.append(out.name)
        kept = FOLDER / f"vault-{FORMAT_VERSION}"
        if not kept.exists():
            held = case.plans.load(file)
            (folder / "vault" / "lock").unlink(missing_ok=True)
            shutil.copytree(folder / "vault", kept / "vault")
            shutil.copy(file, kept / "plan.sealed")
            told = {
                "passphrase": PASSPHRASE,
                "plan": {"id": held.plan.id, "digest": held.plan.digest, "state": held.state},
                "snapshots": {info.id: info.digest for info in case.vault.snapshots()},
                "records": {info.id: info.records for info in case.vault.snapshots()},
                "acts": [act.act for act in case.custody.acts()],
                "signers": [signer.name for signer in case.signers.all()],
                "companies": list(case.companies.names()),
                "register": {str(old): str(new) for old, new in case.plans._archive.register().items()},
            }
            (kept / "told.json").write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")
            made.append(kept.name)
    sys.stdout.write("".join(f"{name}\n" for name in made))


if __name__ == "__main__":
    main()
