"""The notebooks that come with this software, on a company that was damaged and restored."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdf import PdfReader
from sample_twin import sample_twin

from akika_forensics import reports
from akika_forensics.case.case import Case
from akika_forensics.case.opening import init_vault
from akika_forensics.errors import WrongKey
from akika_forensics.quickbooks import Connection
from akika_forensics.restore.scope import scope_of
from akika_forensics.settings import Secret
from akika_forensics.twin import incidents, serve
from akika_forensics.vault import KdfCost

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "the vault's own words"


@dataclass(frozen=True)
class Scene:
    folder: Path
    state: Path
    plan: Path

    @property
    def parameters(self) -> dict[str, str]:
        return {"vault": str(self.folder / "vault"), "after": "s2", "plan": str(self.plan)}

    @property
    def environment(self) -> dict[str, str]:
        return {"AKIKA_STATE_DIR": str(self.state)}


class Words(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.skipped = 0
        self.feed(text)

    def handle_starttag(self, name: str, attrs: object) -> None:
        self.skipped += name == "style"

    def handle_endtag(self, name: str) -> None:
        self.skipped -= name == "style"

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.found.append(data)


def words(path: Path) -> str:
    return " ".join("".join(Words(path.read_text(encoding="utf-8")).found).split())


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A company captured, damaged, captured, restored and captured once more."""
    folder = tmp_path_factory.mktemp("scene")
    state = Path(os.environ["AKIKA_STATE_DIR"])
    twin = sample_twin()
    with serve(twin) as server:
        case = init_vault(folder / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
        given = server.credentials
        case.connect(
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
        case.capture()
        truth = incidents.run(twin, "demo")
        case.capture()
        plan = folder / "restore.plan"
        scope = scope_of([f"{record['entity']}:{record['id']}" for record in truth["records"]])
        case.plans.create(to="s1", after="s2", now_snapshot="s2", scope=scope, out=plan)
        _approve_and_execute(case, plan)
    return Scene(folder, state, plan)


def _approve_and_execute(case: Case, plan: Path) -> None:
    secret = Secret("a signer's words")
    case.signers.add("Dana", secret, role="partner", cost=KdfCost.CHEAP)
    case.plans.approve(plan, "Dana", secret)
    case.plans.execute(plan)
    case.plans.verify(plan)


@pytest.fixture(scope="module")
def report(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> reports.ReportResult:
    out = tmp_path_factory.mktemp("out")
    return reports.run(
        "restore_verification", scene.parameters, out, passphrase=Secret(PASSPHRASE), environment=scene.environment
    )


def test_the_report_says_first_whether_the_books_are_back(report: reports.ReportResult) -> None:
    said = words(report.html)
    assert "the books agree with the approved plan, to the cent" in said
    assert said.index("In short") < said.index("What the incident changed")
    assert "Largest residual0.00" in said
    assert "Not as the plan said0" in said


def test_the_report_shows_the_incident_in_an_accountant_s_words(report: reports.ReportResult) -> None:
    said = words(report.html)
    for expected in (
        "removed 1 invoice, 1 payment",
        "made inactive 1 customer",
        "added 25 bills",
        "Sum of all changes0.00",
        "What hangs together",
        "25 bills",
    ):
        assert expected in said, expected
    assert "lines agree to the cent" in said


def test_the_report_carries_its_pictures_and_asks_nobody(report: reports.ReportResult) -> None:
    page = report.html.read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    # An address in the books is text; nothing in the page leads there.
    assert not re.search(r"(src|href|action|data)=|url\((?!#)|@import", page)
    assert "<script" not in page
    assert "viewBox" in page
    assert "Traceback" not in page


def test_the_manifest_names_the_three_snapshots_by_digest(report: reports.ReportResult) -> None:
    manifest = json.loads(report.manifest.read_text(encoding="utf-8"))
    assert [row["id"] for row in manifest["snapshots"]] == ["s1", "s2", "s3"]
    assert all(re.fullmatch(r"[0-9a-f]{64}", row["digest"]) for row in manifest["snapshots"])


def test_the_passphrase_is_in_none_of_its_files(report: reports.ReportResult) -> None:
    for path in report.html.parent.iterdir():
        assert PASSPHRASE.encode() not in path.read_bytes()


def test_the_pdf_says_the_same_on_numbered_pages_with_its_pictures(report: reports.ReportResult) -> None:
    assert report.pdf is not None
    reader = PdfReader(report.pdf, strict=True)
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    said = " ".join(pages)
    for number, page in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in page
    assert "the books agree with the approved plan, to the cent" in said
    assert "removed 1 invoice, 1 payment" in said
    # What stands only in the pictures: their legends.
    assert "more credit" in said
    assert "customer or vendor" in said
    # Folded on a screen, open on paper: each of the bills that the incident added.
    assert said.count("IMP-0025") >= 3
    manifest = json.loads(report.manifest.read_text(encoding="utf-8"))
    for row in manifest["snapshots"]:
        assert row["digest"] in said.replace(" ", "")
    assert reader.attachments[report.notebook.name] == [report.notebook.read_bytes()]


def test_the_vault_keeps_the_report(report: reports.ReportResult, scene: Scene) -> None:
    from akika_forensics.case import open_vault
    from akika_forensics.reports import sealing
    from akika_forensics.vault import HeadStore

    vault = open_vault(
        scene.folder / "vault", passphrase=Secret(PASSPHRASE), heads=HeadStore(scene.state / "heads")
    ).vault
    kept = sealing.find_kept(vault, report.sealed)
    assert kept.snapshots == ("s1", "s2", "s3")
    assert {file.name: file.data for file in sealing.opened(vault, kept)} == {
        path.name: path.read_bytes() for path in report.html.parent.iterdir()
    }


def test_a_wrong_passphrase_is_said_as_such(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(WrongKey) as caught:
        reports.run(
            "restore_verification",
            scene.parameters,
            tmp_path / "out",
            passphrase=Secret("wrong words"),
            environment=scene.environment,
        )
    assert caught.value.exit_code == 5


def test_verifying_the_vault_afterwards_finds_nothing(scene: Scene, report: reports.ReportResult) -> None:
    from akika_forensics.vault import HeadStore, verify

    found = verify(scene.folder / "vault", Secret(PASSPHRASE), heads=HeadStore(scene.state / "heads"))
    assert found.ok, [str(one) for one in found.findings]


# -- the other reports, whole: as a page and on paper ------------------------------------------------------------------------

OTHERS = {
    "acquisition_and_completeness": {"snapshot": "s1"},
    "snapshot_compare": {"before": "s1", "after": "s2"},
    "dependency_graph": {"before": "s1", "after": "s2"},
    "restore_plan": {"plan": ""},
}


def test_every_report_that_comes_with_this_software_is_made_whole_somewhere_here() -> None:
    assert {report.name for report in reports.catalogue()} == {*OTHERS, "restore_verification"}


@pytest.mark.parametrize("name", OTHERS)
def test_each_report_is_a_page_and_a_pdf_with_pictures_and_the_notebook(
    name: str, scene: Scene, tmp_path: Path, pango: None
) -> None:
    given = {"vault": str(scene.folder / "vault"), **OTHERS[name]}
    if "plan" in given:
        given["plan"] = str(scene.plan)
    made = reports.run(name, given, tmp_path / "out", passphrase=Secret(PASSPHRASE), environment=scene.environment)
    page = made.html.read_text(encoding="utf-8")
    assert "<svg" in page, "a picture"
    assert not re.search(r"(src|href|action|data)=[\"']?(https?:|//)|url\((?!#)|@import", page)
    assert "Traceback" not in page
    assert made.pdf is not None
    reader = PdfReader(made.pdf, strict=True)
    pages = [" ".join(part.extract_text().split()) for part in reader.pages]
    for number, said in enumerate(pages, start=1):
        assert f"page {number} of {len(pages)}" in said
    assert reader.attachments[made.notebook.name] == [made.notebook.read_bytes()]
