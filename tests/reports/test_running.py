"""A report from notebook to document: what is in it, what is never in it, how it fails."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import os
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from small_notebooks import TINY, failing

from akika_forensics import reports
from akika_forensics.errors import AkikaError, Refused, VaultDamaged, WrongKey, WrongUse
from akika_forensics.reports.export import css_text, to_html
from akika_forensics.settings import Secret

HOSTILE = "</style><script>alert(1)</script>\u202e & co"


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, name: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((name, dict(attrs)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[reports.ReportResult, list[tuple[str, int, int]], Path]:
    """One run of the tiny report with hostile parameters and a passphrase."""
    place = tmp_path_factory.mktemp("report")
    (place / "tiny.py").write_text(TINY, encoding="utf-8")
    heard: list[tuple[str, int, int]] = []
    result = reports.run(
        "tiny",
        {"who": HOSTILE, "count": "4", "title": f"Books of {HOSTILE}"},
        place / "out",
        passphrase=Secret("correct horse battery"),
        progress=lambda *said: heard.append(said),
        places=[place],
    )
    return result, heard, place


def html_of(made: Any) -> str:
    return str(made[0].html.read_text(encoding="utf-8"))


@pytest.mark.usefixtures("pango")
def test_four_files_for_the_owner_alone(made: Any) -> None:
    result, _, place = made
    assert [path.name for path in (result.notebook, result.html, result.pdf, result.manifest)] == [
        "tiny.ipynb",
        "tiny.html",
        "tiny.pdf",
        "tiny.json",
    ]
    assert (result.tables, result.notes, result.sealed) == ((), (), "")
    assert sorted(path.name for path in (place / "out").iterdir()) == [
        "tiny.html",
        "tiny.ipynb",
        "tiny.json",
        "tiny.pdf",
    ]
    for path in (place / "out").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((place / "out").stat().st_mode) == 0o700


@pytest.mark.usefixtures("pango")
def test_the_manifest_vouches_for_every_file(made: Any) -> None:
    result, _, place = made
    manifest = json.loads(result.manifest.read_text(encoding="utf-8"))
    assert manifest["format"] == "akika-report-1"
    assert [row["path"] for row in manifest["files"]] == ["tiny.ipynb", "tiny.html", "tiny.pdf"]
    for row in manifest["files"]:
        data = (place / "out" / row["path"]).read_bytes()
        assert (row["sha256"], row["length"]) == (hashlib.sha256(data).hexdigest(), len(data))
    assert manifest["source"]["sha256"] == hashlib.sha256((place / "tiny.py").read_bytes()).hexdigest()
    assert manifest["parameters"]["count"] == "4"
    assert [row["id"] for row in manifest["snapshots"]] == ["s2"]
    assert manifest["snapshots"][0]["digest"] == "02" * 32
    assert {"Python", "papermill", "nbconvert", "weasyprint"} <= set(manifest["software"])


def test_progress_names_the_section_and_counts_the_cells(made: Any) -> None:
    _, heard, _ = made
    # The injected parameters are a cell of their own.
    assert [(done, total) for _, done, total in heard] == [(at, 6) for at in range(1, 7)]
    assert heard[0][0] == "A tiny report"
    assert heard[-1][0] == "What there is"


def test_the_document_stands_alone(made: Any) -> None:
    page = html_of(made)
    tags = Page(page).tags
    names = {name for name, _ in tags}
    assert not names & {"script", "link", "iframe", "object", "embed", "base", "form", "img"}
    assert not [key for _, attrs in tags for key in attrs if key.startswith("on")]
    sources = [
        value
        for _, attrs in tags
        for key, value in attrs.items()
        if key in {"src", "href", "xlink:href", "action", "data"}
    ]
    assert sources == []
    assert not re.search(r"https?://", page.replace("http://www.w3.org/2000/svg", ""))
    assert "@import" not in page
    policy = next(attrs["content"] for name, attrs in tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert str(policy).startswith("default-src 'none'")
    assert "script-src" not in str(policy)


def test_hostile_parameters_stay_text(made: Any) -> None:
    page = html_of(made)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert page.count("</style>") == page.count("<style>")
    assert "\u202e" not in page
    assert "<b>Craig</b>" not in page


def test_the_best_static_form_is_taken_and_code_is_hidden(made: Any) -> None:
    page = html_of(made)
    assert "svg form" in page
    assert "html form" not in page
    assert "plain form" not in page
    assert "alert(1)\n" not in page
    assert "only for the notebook" not in page
    assert "import warnings" not in page
    assert "exact_sum = 1 + 1" in page
    assert "has 4 lines" in page
    assert "<pre>2</pre>" in page


def test_the_frame_says_title_purpose_and_provenance(made: Any) -> None:
    page = html_of(made)
    assert page.count("<h1>") == 1
    assert "Books of" in page.partition("<h1>")[2].partition("</h1>")[0]
    assert "A tiny report" in page
    assert hashlib.sha256(made[0].notebook.read_bytes()).hexdigest() in page
    assert "02" * 32 in page
    assert "¶" not in page


def test_the_same_notebook_gives_the_same_document() -> None:
    import jupytext

    document = {
        "title": "t",
        "kind": "k",
        "report": "r",
        "sha256": "0" * 64,
        "made_at": "2026-11-23T10:00:00Z",
        "parameters": {},
        "software": {},
        "snapshots": [],
    }
    first, second = (to_html(jupytext.reads(TINY, fmt="py:percent"), document) for _ in range(2))
    assert first == second


def test_the_passphrase_reaches_the_notebook_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text(
        failing(
            "import os, hashlib\nprint(hashlib.sha256(os.environ['AKIKA_PASSPHRASE'].encode()).hexdigest(), os.environ['EXTRA'])"
        ),
        encoding="utf-8",
    )
    result = reports.run(
        str(tmp_path / "secret.py"),
        {},
        tmp_path / "out",
        passphrase=Secret("correct horse"),
        environment={"EXTRA": "seen"},
    )
    printed = hashlib.sha256(b"correct horse").hexdigest()
    assert f"{printed} seen" in result.html.read_text(encoding="utf-8")
    for path in (tmp_path / "out").iterdir():
        assert b"correct horse" not in path.read_bytes()
    assert "AKIKA_PASSPHRASE" not in os.environ


def test_a_notebook_that_shows_the_passphrase_makes_no_report(tmp_path: Path) -> None:
    (tmp_path / "leak.py").write_text(failing("import os\nprint(os.environ['AKIKA_PASSPHRASE'])"), encoding="utf-8")
    with pytest.raises(Refused, match="shows the passphrase"):
        reports.run(str(tmp_path / "leak.py"), {}, tmp_path / "out", passphrase=Secret("correct horse"))
    assert list((tmp_path / "out").iterdir()) == []


def test_an_error_of_this_software_comes_through_as_itself(tmp_path: Path) -> None:
    cell = 'from akika_forensics.errors import WrongKey\nraise WrongKey("The passphrase does not open this vault.", do="Try another.")'
    (tmp_path / "bad.py").write_text(failing(cell), encoding="utf-8")
    with pytest.raises(WrongKey) as caught:
        reports.run(str(tmp_path / "bad.py"), {}, tmp_path / "out")
    assert (
        str(caught.value)
        == "The passphrase does not open this vault. Try another. The report bad stopped in its section “The bad part”; nothing was written."
    )
    assert caught.value.exit_code == 5
    assert list((tmp_path / "out").iterdir()) == []


def test_any_other_error_is_one_sentence_without_the_data_it_met(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(failing('{}["Amy\'s secret account"]'), encoding="utf-8")
    with pytest.raises(AkikaError) as caught:
        reports.run(str(tmp_path / "bad.py"), {}, tmp_path / "out")
    said = str(caught.value)
    assert "The report bad stopped in its section “The bad part”" in said
    assert "KeyError" in said
    assert "Traceback" not in said
    assert "Amy" not in said
    assert type(caught.value) is AkikaError


def test_a_process_that_dies_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(failing("import os\nos._exit(3)"), encoding="utf-8")
    with pytest.raises(AkikaError, match="could not be run to its end"):
        reports.run(str(tmp_path / "bad.py"), {}, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_earlier_report_is_kept(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "tiny.html").write_text("an earlier one")
    result = reports.run("tiny", {"who": "a"}, out, places=[folder])
    assert result.html.name == "tiny-2.html"
    assert (out / "tiny.html").read_text() == "an earlier one"


def test_a_folder_that_cannot_be_made_is_said(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WrongUse, match="cannot be made"):
        reports.run("tiny", {"who": "a"}, tmp_path / "file" / "out", places=[folder])


def test_nothing_is_left_in_the_system_s_folder(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    scratch = tmp_path / "t"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    (folder / "socket.py").write_text(
        failing(
            "import json, os\nheld = json.load(open(os.environ['JUPYTER_RUNTIME_DIR'] + '/k.json'))\nprint(held['transport'], oct(os.stat(os.environ['JUPYTER_RUNTIME_DIR']).st_mode & 0o777))"
        ),
        encoding="utf-8",
    )
    result = reports.run("socket", {}, tmp_path / "out", places=[folder])
    assert "ipc 0o700" in result.html.read_text(encoding="utf-8")
    assert list(scratch.iterdir()) == []


def test_a_title_cannot_leave_its_string_in_the_style_sheet() -> None:
    assert css_text('a"}</style>') == '"a\\22 \\7d \\3c \\2f style\\3e "'


def test_an_error_class_of_the_same_name_elsewhere_is_not_trusted_blindly(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(
        failing('class AkikaErrorx(Exception): ...\nraise AkikaErrorx("secret")'), encoding="utf-8"
    )
    with pytest.raises(AkikaError) as caught:
        reports.run(str(tmp_path / "bad.py"), {}, tmp_path / "out")
    assert "secret" not in str(caught.value)
    assert not isinstance(caught.value, VaultDamaged)


def test_a_run_on_a_thread_leaves_no_event_loop_open(tmp_path: Path) -> None:
    """The app makes reports on threads of jobs, one after the other for as long as it runs."""
    (tmp_path / "tiny.py").write_text(TINY, encoding="utf-8")

    def open_loops() -> set[int]:
        gc.collect()
        held = [one for one in gc.get_objects() if isinstance(one, asyncio.AbstractEventLoop)]
        return {id(one) for one in held if not one.is_closed()}

    before = open_loops()
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(reports.run, "tiny", {"who": "Dana"}, tmp_path / "out", places=[tmp_path]).result()
        assert made.html.exists()
        assert open_loops() <= before
