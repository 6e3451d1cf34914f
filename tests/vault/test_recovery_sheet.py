"""The recovery sheet: a text and one printed page that say the same, lie outside, and can be typed in again."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.settings import Secret
from akika_forensics.vault.keys import recovery, sheet
from akika_forensics.vault.keys.recovery import RecoveryKey
from akika_forensics.vault.keys.sheet import Sheet
from akika_forensics.vault.storage import StorageFailed

VAULT = "3f" * 16
KEY = RecoveryKey(bytes(range(32)))
MADE = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def typed_from_rows(text: str) -> Secret:
    rows = re.findall(r"^\s*[1-9]((?:\s+[A-Z2-7]{4})+)\s*$", text, re.MULTILINE)
    return Secret("akika " + " ".join(rows))


@given(st.binary(min_size=32, max_size=32))
def test_the_key_on_the_sheet_is_the_key(raw: bytes) -> None:
    key = RecoveryKey(raw)
    text = sheet.as_text(Sheet(VAULT, key.text(), MADE, "Anna Berg"))
    again = RecoveryKey.parse(typed_from_rows(text))
    assert again is not None
    assert again.key() == key.key()
    line = next(line for line in text.splitlines() if line.startswith("Recovery key"))
    again = RecoveryKey.parse(Secret(line.removeprefix("Recovery key")))
    assert again is not None
    assert again.key() == key.key()


@given(st.binary(min_size=32, max_size=32), st.integers(0, 55))
def test_the_check_row_brings_back_a_letter_that_cannot_be_read(raw: bytes, lost: int) -> None:
    rows, check = sheet.rows_of(RecoveryKey(raw).text())
    assert [len(row) for row in rows] == [16, 16, 16, 8]
    row, column = divmod(lost, 16)
    others = sum(
        ALPHABET.index(line[column]) for number, line in enumerate(rows) if number != row and column < len(line)
    )
    assert ALPHABET[(ALPHABET.index(check[column]) - others) % 32] == rows[row][column]


@given(st.binary(min_size=32, max_size=32))
def test_digits_that_never_occur_are_read_as_the_letters_they_look_like(raw: bytes) -> None:
    key = RecoveryKey(raw)
    misread = key.text().reveal().translate(str.maketrans("OIB", "018"))
    again = RecoveryKey.parse(Secret(misread))
    assert again is not None
    assert again.key() == key.key()


def test_the_sheet_says_what_it_is_for() -> None:
    text = sheet.as_text(Sheet(VAULT, KEY.text(), MADE, "Anna Berg"))
    for said in (VAULT, "2026-11-23 10:05 UTC", "Anna Berg", "vault-format.md", "akika-forensics", "DELETE THE FILE"):
        assert said in text
    assert max(map(len, text.splitlines())) <= 96
    assert "Opens it as" not in sheet.as_text(Sheet(VAULT, KEY.text(), MADE))


def test_the_printed_page_says_what_the_text_says(pango: None) -> None:
    from pypdf import PdfReader

    printed = sheet.as_pdf(Sheet(VAULT, KEY.text(), MADE, "Anna & <b>Berg</b>"))
    assert printed is not None
    reader = PdfReader(BytesIO(printed))
    [page] = reader.pages
    shown = re.sub(r"-\s+", "-", page.extract_text())
    for said in (VAULT, "2026-11-23 10:05 UTC", "Anna & <b>Berg</b>", "vault-format.md", "Where the vault lies"):
        assert said in shown
    rows, check = sheet.rows_of(KEY.text())
    letters = re.sub(r"\s", "", shown)
    assert all(row in letters for row in (*rows, check))
    assert KEY.text().reveal().replace("-", "") not in str(reader.metadata)


def test_nothing_is_fetched_for_the_page(pango: None, reached: object) -> None:
    name = '"><img src="http://192.0.2.1/x.png">'
    assert sheet.as_pdf(Sheet(VAULT, KEY.text(), MADE, name)) is not None


def test_text_and_page_lie_side_by_side_for_their_owner_only(pango: None, tmp_path: Path) -> None:
    for asked in ("a/sheet.txt", "b/sheet.pdf", "c/vault.recovery.txt", "d/sheet"):
        files = recovery.write_sheet(tmp_path / asked, VAULT, KEY, member="Anna", root=tmp_path / "vault")
        text, page = files
        assert text.suffix != ".pdf"
        assert page == text.with_suffix(".pdf")
        assert KEY.text().reveal() in text.read_text()
        assert page.read_bytes().startswith(b"%PDF-")
        assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]
        assert set(files[0].parent.iterdir()) == set(files)


@pytest.mark.parametrize("there", ["sheet.txt", "sheet.pdf"])
def test_neither_is_written_over_what_is_there(there: str, tmp_path: Path) -> None:
    (tmp_path / there).write_text("another vault's")
    with pytest.raises(WrongUse, match="already there"):
        recovery.write_sheet(tmp_path / "sheet.txt", VAULT, KEY)
    assert [file.name for file in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "another vault's"


def test_neither_lies_in_the_vault(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    for inside in (root / "sheet.txt", root / "deep" / "sheet.pdf", root / "x" / ".." / "sheet"):
        for act in (
            lambda inside=inside: recovery.refuse_inside(inside, root),
            lambda inside=inside: recovery.write_sheet(inside, VAULT, KEY, root=root),
        ):
            with pytest.raises(WrongUse, match="may not lie inside the vault"):
                act()
    assert not root.exists()


def test_without_the_engine_the_text_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert recovery.write_sheet(tmp_path / "sheet.pdf", VAULT, KEY) == (tmp_path / "sheet.txt",)
    assert [file.name for file in tmp_path.iterdir()] == ["sheet.txt"]


def test_a_page_that_cannot_be_made_says_nothing_of_the_key(
    pango: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    import weasyprint

    def fail(*_: object, **more: object) -> None:
        raise ValueError(f"cannot draw {more}")

    monkeypatch.setattr(weasyprint.HTML, "write_pdf", fail)
    assert recovery.write_sheet(tmp_path / "sheet.txt", VAULT, KEY) == (tmp_path / "sheet.txt",)
    heard = capsys.readouterr()
    rows, _ = sheet.rows_of(KEY.text())
    assert not any(row[:4] in heard.out + heard.err + caplog.text for row in rows)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed):
        recovery.write_sheet(tmp_path / "file" / "sheet.txt", VAULT, KEY)


def test_a_sheet_shows_no_key_in_its_text_form() -> None:
    assert "AEBAGBAF" not in repr(Sheet(VAULT, KEY.text(), MADE)).replace("-", "")
