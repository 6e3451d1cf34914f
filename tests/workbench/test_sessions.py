"""What a session holds and lets go, and what the app says of a vault with several companies."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sample_twin import sample_twin

from akika_forensics.case.opening import open_vault
from akika_forensics.lab.preparing import notebook
from akika_forensics.quickbooks import Connection
from akika_forensics.settings import Secret
from akika_forensics.twin import serve
from akika_widgets.views.live import Event
from akika_widgets.workbench.app import MOST_PANES, Workbench, create_app
from akika_widgets.workbench.shared import Shared
from akika_widgets.workbench.stages.stage import STAGES

from .journey_scene import ANNA, PASSPHRASE, Bench, Scene, damaged


@pytest.fixture
def scene(tmp_path: Path, state_dir: Path) -> Iterator[Scene]:
    with damaged(tmp_path) as made:
        yield made


def _panes() -> list[Any]:
    gc.collect()
    return [one for one in gc.get_objects() if type(one).__name__ in {"SheetPane", "GraphPane"}]


def test_a_long_session_holds_a_bounded_number_of_panes(scene: Scene) -> None:
    scene.bench().choose()
    others = {id(pane) for pane in _panes()}
    app = create_app(scene.shared, ANNA)
    workbench = next(
        one for one in gc.get_objects() if isinstance(one, Workbench) and one.watch.__module__ == create_app.__module__
        and one.watch.__name__ == "show" and one.desk.shared is scene.shared
    )  # fmt: skip
    bench = Bench(workbench)
    for change in bench.desk.diff().comparison.direct[:16]:
        bench.at("changed")
        assert bench.do("pick", str(change.key))
        bench.at("hanging")
    mine = [pane for pane in _panes() if id(pane) not in others]
    assert 8 <= len(mine) <= MOST_PANES
    assert len(workbench.stage._watchers) <= 2, "a pane that was let go hears nothing"
    assert app is not None


def test_of_several_companies_none_is_guessed(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    twin = sample_twin()
    with serve(twin) as server:
        given = server.credentials
        connection = Connection(
            "second", server.realm_id, server.base_url, server.token_url, given.client_id, Secret(given.client_secret)
        )
        scene.case.connect(connection, Secret(given.refresh_token))
    shared = Shared(open_vault(scene.case.vault.root, passphrase=PASSPHRASE), scene.folder / "plans")
    bench = Workbench(shared, ANNA)
    for name, _ in STAGES:
        bench.ways.dispatch(Event("go", name))
        drawn = "".join(str(view.render()) for view in bench.views())
        assert "unexpected" not in drawn
    bench.ways.dispatch(Event("go", "company"))
    assert "The vault holds several companies." in str(bench.stage.render())
    assert "It knows craig, second." in str(bench.stage.render())
    assert not bench.stage.dispatch(Event("capture")), "nothing is captured of a company that nobody chose"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
        for company, words in ((None, "several companies (craig, second)"), ("second", f"{twin.company_name} ·")):
            notebook(scene.case.vault.root, company=company)
            assert words in capsys.readouterr().out
    page = create_app(shared, ANNA)
    header = page._render_variables["page_header"]
    assert "Several companies, and none was chosen" in header
    assert "No company is connected" not in header
