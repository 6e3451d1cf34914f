"""A small vault with an incident in it, and JupyterLab started on it for real."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_twin import sample_twin

sys.path.insert(0, str(Path(__file__).parent))
from lab_process import PASSPHRASE, LabProcess, Stage

from akika_forensics.case.opening import init_vault
from akika_forensics.quickbooks import Connection
from akika_forensics.settings import Secret
from akika_forensics.twin import incidents, serve
from akika_forensics.vault import KdfCost


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """s1: before, s2: after the incident."""
    folder = tmp_path_factory.mktemp("lab")
    twin = sample_twin()
    with serve(twin) as server:
        case = init_vault(folder / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
        given = server.credentials
        connection = Connection(
            "craig", server.realm_id, server.base_url, server.token_url, given.client_id, Secret(given.client_secret)
        )
        case.connect(connection, Secret(given.refresh_token))
        case.capture()
        incidents.run(twin, "demo")
        case.capture()
    return Stage(folder / "vault", Path(os.environ["AKIKA_STATE_DIR"]))


@pytest.fixture(scope="session")
def lab(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabProcess]:
    """JupyterLab on that vault, shared by the tests that only look."""
    with LabProcess(stage, tmp_path_factory.mktemp("work")) as started:
        yield started
        assert started.outside() == [], "the server asked beyond this machine"
