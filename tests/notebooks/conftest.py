"""One company that was damaged and put right, and a second one, damaged only, in one vault: the stage of every notebook."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from notebook_scene import PASSPHRASE, SIGNER, SIGNER_PASSPHRASE, Books, Scene

from akika_forensics.case.case import Case
from akika_forensics.case.opening import init_vault
from akika_forensics.quickbooks import Connection
from akika_forensics.restore.scope import scope_of
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, incidents, sample, serve
from akika_forensics.vault import KdfCost


def _connect(case: Case, server: TwinServer, name: str) -> None:
    given = server.credentials
    connection = Connection(
        name, server.realm_id, server.base_url, server.token_url, given.client_id, Secret(given.client_secret)
    )
    case.connect(connection, Secret(given.refresh_token), name=name)


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """s1: before. s2: after the incident. s3: restored. s4: another company. s5: that one, after a deleted invoice."""
    folder = tmp_path_factory.mktemp("notebooks")
    state = Path(os.environ["AKIKA_STATE_DIR"])
    twin, other = Twin(), Twin(realm_id="4620816365299999999", company_name="Another Company")
    sample.build(twin)
    sample.build(other)
    with serve(twin) as server, serve(other) as second:
        case = init_vault(folder / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
        case.signers.add(SIGNER, Secret(SIGNER_PASSPHRASE), role="partner", cost=KdfCost.CHEAP)
        _connect(case, server, "craig")
        case.capture()
        before = Books.of(twin)
        truth = incidents.run(twin, "demo")
        case.capture()
        after = Books.of(twin)
        scope = scope_of([f"{record['entity']}:{record['id']}" for record in truth["records"]])
        draft, done = folder / "draft.plan", folder / "done.plan"
        made = case.plans.create(to="s1", after="s2", now_snapshot="s2", scope=scope, out=draft)
        case.plans.rehearse(draft)
        case.plans.create(to="s1", after="s2", now_snapshot="s2", scope=scope, out=done)
        case.plans.approve(done, SIGNER, Secret(SIGNER_PASSPHRASE))
        case.plans.execute(done)
        case.plans.verify(done)
        _connect(case, second, "other")
        case.capture()
        untouched = Books.of(other)
        gone = incidents.run(other, "deleted-invoice")
        case.capture()
        yield Scene(
            folder, state, server, twin, other, before, after, Books.of(twin), untouched, json.loads(json.dumps(truth)),
            json.loads(json.dumps(gone)), draft, made.digest, done,
        )  # fmt: skip
