"""A vault with two snapshots of a company in between which an invoice was deleted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sample_twin import sample_twin

sys.path.insert(0, str(Path(__file__).parent))

from vault_keys import PASSPHRASE

from akika_forensics.case.case import Case
from akika_forensics.case.opening import init_vault
from akika_forensics.quickbooks import Connection
from akika_forensics.settings import Secret
from akika_forensics.twin import incidents, serve
from akika_forensics.vault import HeadStore, KdfCost


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("hygiene")
    twin = sample_twin()
    heads = HeadStore(folder / "heads")
    with serve(twin) as server:
        made = init_vault(
            folder / "vault",
            Secret(PASSPHRASE),
            recovery_sheet=folder / "sheet.txt",
            heads=heads,
            cost=KdfCost.CHEAP,
        )
        given = server.credentials
        made.connect(
            Connection(
                "craig",
                server.realm_id,
                server.base_url,
                server.token_url,
                given.client_id,
                Secret(given.client_secret),
            ),
            Secret(given.refresh_token),
        )
        made.capture()
        incidents.run(twin, "deleted-invoice")
        made.capture()
    return made
