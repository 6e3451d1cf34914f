"""Every finding that a snapshot or a check can have is shown in an accountant's words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.books import Finding
from akika_forensics.capture.coverage import coverage
from akika_forensics.capture.findings import Findings
from akika_forensics.case.coverage import missing
from akika_forensics.case.plain_words import ALL_WORDS, explained, grouped, not_there, stored
from akika_forensics.case.watched import _first_problem
from akika_forensics.cli import capture as capturing
from akika_forensics.cli.findings import tell_findings
from akika_forensics.errors import AkikaError
from akika_forensics.model.company import Company
from akika_forensics.vault import SnapshotInfo

SOURCE = Path(__file__).resolve().parents[2] / "akika_forensics"
TECHNICAL = re.compile(
    r"\b(?:https?|json|xml|api|(?:sync ?)?tokens?|fences?|pass(?:es)?|batch(?:es)?|payloads?|ids?|endpoints?|quer(?:y|ies)|"
    r"schema|change feed|timeouts?|status \d+|sha-?256)\b|\b[45]\d\d\b|\b[A-Z]\w+:\d",
    re.IGNORECASE,
)
WRITERS = ("capture", "books", "changes/check.py", "case/scopes.py", "case/opening_costs.py", "quickbooks/lists.py")
CODE = re.compile(r"[a-z]+(?:_[a-z]+)+|deleted|residual|placeholder|rounding")


def sentence_of(node: ast.expr) -> str | None:
    """The sentence that an expression makes, with a 7 wherever something is put in."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    return None


def written() -> Iterator[tuple[str, str | None]]:
    """Each code in the source of what writes findings, with its sentence where that stands beside it."""
    for place in WRITERS:
        for file in [SOURCE / place] if place.endswith(".py") else sorted((SOURCE / place).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                pair: list[ast.expr] = []
                if isinstance(node, ast.Call):
                    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    pair = node.args[:2] if called in {"add", "Finding"} else []
                elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and sentence_of(node.elts[1]) is not None:
                    pair = node.elts if " " in (sentence_of(node.elts[1]) or "") else []
                elif isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[1], ast.Attribute):
                    pair = node.elts if node.elts[1].attr == "what" else []
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "say":
                    pair = node.args[:2]
                if len(pair) == 2 and isinstance(pair[0], ast.Constant) and CODE.fullmatch(str(pair[0].value)):
                    yield str(pair[0].value), sentence_of(pair[1])


WRITTEN = sorted({(code, said or "") for code, said in written()})
SAID = [pair for pair in WRITTEN if pair[1].endswith(".") or pair[1].endswith("7")]
SENTENCES = [
    ("attachment_address", "The file of a record is not asked for: its URL https://files.example/x is no address of QuickBooks"),
    ("control_cut", "QuickBooks cut the report GeneralLedger off; its last rows are missing."),
    ("control_cut", "TrialBalance/Accrual/2026-11-23: QuickBooks cut the report off; what it does not show is compared with nothing, and told as truncation."),
    ("control_older", "The report BalanceSheet was read before the last change, and not again: it took too many requests."),
    ("control_columns", "The report GeneralLedger was captured with QuickBooks' own choice of columns; ours was refused: HTTP 400, the JSON has a Fault"),
    ("control_columns", "The report GeneralLedger came without the columns create_by, last_mod_by."),
    ("control_left_out", "The report AgedPayables was not asked for everywhere: it would have taken too many requests."),
    ("control_missing", "A report of QuickBooks is missing beside the records: HTTP 503"),
    ("control_wrong_use", "TrialBalance/Cash/2026-11-23: The report is not JSON."),
    ("control_unbalanced", "TrialBalance/Accrual/2026-11-23: QuickBooks' own debits and credits differ by 0.01."),
    ("dangling_reference", "Item:4 (Design) is cited but was not captured: by Invoice:130 (Line[0].SalesItemLineDetail.ItemRef) and 3 more."),
    ("dangling_reference", "Item:4 is cited but was not captured: by Invoice:130 (LinkedTxn[].TxnId)."),
    ("dangling_reference", "Customer:9 is cited and was merged into another name meanwhile."),
    ("dangling_reference", "Bill:9 is cited and was deleted while others still cited it."),
    ("dangling_reference", "Bill:9 is cited and cannot be read by anybody."),
    ("dangling_reference", "Bill:9 is cited and was not read: HTTP 500."),
    ("dangling_reference", "Bill:9 is cited and is not there any more, or never was: QuickBooks has no record under this Id."),
    ("dangling_reference", "Bill:9 is cited and was in no list."),
    ("document_missing", "QuickBooks' GeneralLedger has Invoice 130 of 2026-11-02 (75.00), which was not captured: changed during capture."),
    ("document_unlisted", "Invoice:130 of 2026-11-02 was captured, and QuickBooks' list of its days does not have it."),
    ("draft_dropped", "What an interrupted capture had left was dropped. It began on 2026-11-01, longer ago than the change feed reaches."),
    ("duplicate_name", "Customer:9, Vendor:12 have the same DisplayName."),
    ("entity_unreadable", "Invoice could not be read: HTTP 500, no JSON: the payload"),
    ("entity_not_listed", "QuickBooks offers no list of TaxAgency here [4000]."),
    ("entity_not_offered", "This company has no CompanyCurrency [5030]."),
    ("listed_otherwise", "QuickBooks' list has Invoice 130 of 2026-11-02, captured as of 2026-11-03: changed during capture."),
    ("not_captured", "Entitlements is not captured: it is XML outside the API's own path."),
    ("opening_cost_unknown", "Item:4 (Design) was not tracked when it was first seen, and its purchase price was changed since: its first stock stands at the price of today."),
    ("opening_cost_unknown", "Earlier versions of items cannot be read (segments/7: It holds other payloads than were signed.), so that nobody can tell whether a purchase price was changed since: first stock stands at the oldest price that can be read."),
    ("placeholder", "Account:7 stands in for a record that was never recorded; it is cited by Invoice:130, Bill:9 and 2 more."),
    ("placeholder", "Account:7 stands in for a record that was never recorded; nothing cites it."),
    ("postings_differ", "Invoice:130 posts otherwise in QuickBooks' general ledger, by 5.00 in account 35 and in 2 more: changed during capture."),
    ("record_refused", "A record cannot be kept: Invoice:130 is not a JSON object."),
    ("some_records", "Snapshot s2 is of Invoice:130, Customer:9: 5 records were read until 2026-11-23 10:00:00 UTC; nothing else is in it."),
    ("stock_below_zero", "Item:4 (Design) was 3 short when Invoice:130 took it on 2026-11-23."),
    ("unknown_key", "The list of Invoice came with the unknown key 'payload'."),
    ("unreadable_reference", "Links to PayrollCheck occur 3 times; the API cannot read what they cite."),
]  # fmt: skip


def test_the_source_is_read_for_codes() -> None:
    codes = {code for code, _ in WRITTEN}
    assert codes >= {
        "not_quiet",
        "came_and_went",
        "attachment_gone",
        "rows_missing",
        "residual",
        "some_records",
        "no_account",
    }
    assert len(codes) > 65


def test_every_code_has_words_and_no_words_are_of_none() -> None:
    assert {code for code, _ in WRITTEN} ^ set(ALL_WORDS) == set()


@pytest.mark.parametrize("code", ALL_WORDS)
def test_words_say_what_it_means_and_what_to_do(code: str) -> None:
    words = ALL_WORDS[code]
    texts = (words.means, words.do, *(re.sub(r"\{\w+\}", "7", shown) for _, shown in words.said))
    assert words.means
    assert words.do
    for text in texts:
        assert not TECHNICAL.search(text)
        assert text.endswith((".", "{rest}."))


@pytest.mark.parametrize(("code", "said"), [*SAID, *SENTENCES])
def test_what_is_shown_has_no_technical_word(code: str, said: str) -> None:
    shown = explained(Finding(code, said))
    assert TECHNICAL.search(shown.what) is None
    assert shown.what[:1] == shown.what[:1].upper()
    assert shown.stored == said
    assert shown.means


def test_a_report_that_cannot_be_read_has_words_whatever_the_error() -> None:
    def kinds(kind: type[AkikaError]) -> Iterator[type[AkikaError]]:
        yield kind
        for one in kind.__subclasses__():
            yield from kinds(one)

    for kind in kinds(AkikaError):
        shown = explained(Finding(f"control_{kind.code}", "BalanceSheet/Cash/2026-11-23: The answer is no JSON."))
        assert shown.what == "QuickBooks' report balance sheet (Cash, 2026-11-23) came in a form that cannot be read."


@pytest.mark.parametrize(
    ("code", "said", "shown"),
    [
        ("count_mismatch", "QuickBooks counts 12 Invoice records and lists 11.", "QuickBooks says that it has 12 invoices, and handed out 11."),
        ("dangling_reference", "Item:4 (Design (old)) is cited but was not captured: by Invoice:130 (Line[0].ItemRef).", "“Design (old)” (item with internal number 4) is not in the snapshot, and is used by invoice with internal number 130."),
        ("does_not_balance", "JournalEntry:8 does not add up: 5.00 is missing from its lines.", "Journal entry with internal number 8 does not add up: 5.00 is missing from its lines."),
        ("account_differs", "Account:3 is Bill:2024 in QuickBooks' list, captured as Bill.", "Account with internal number 3 is Bill:2024 in QuickBooks' list, captured as Bill."),
    ],
)  # fmt: skip
def test_what_the_sentence_tells_stays_in_it(code: str, said: str, shown: str) -> None:
    assert explained(Finding(code, said)).what == shown


@given(st.sampled_from([*ALL_WORDS, "a_code_of_later", "control_found"]), st.text())
def test_whatever_is_stored_is_shown(code: str, said: str) -> None:
    assert explained(Finding(code, said)).stored == said


def test_a_code_without_words_shows_its_sentence() -> None:
    shown = explained(Finding("a_code_of_later", "The API said so."))
    assert (shown.what, shown.means, shown.do) == ("The API said so.", "", "")


def test_findings_of_a_kind_stand_together_problems_first() -> None:
    note, one, two = (Finding("rounding", "A.", None, "note"), Finding("not_posted", "B."), Finding("not_posted", "C."))
    shown = [[row.what for row in group.findings] for group in grouped([note, one, two, one])]
    assert shown == [["B.", "C."], ["A."]]


def test_the_command_says_the_meaning_once_and_the_stored_sentence_where_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = [Finding("entity_unreadable", f"{name} could not be read: HTTP 500") for name in ("Invoice", "Bill")]
    tell_findings(said, detail=False)
    told = capsys.readouterr().out
    assert told.count("For the books: ") == told.count("What to do: ") == 1
    assert "Problem: QuickBooks did not hand out the invoices." in told
    assert "HTTP" not in told
    tell_findings(said, detail=True)
    assert "entity_unreadable: Bill could not be read: HTTP 500" in capsys.readouterr().out


UNREADABLE = {"code": "entity_unreadable", "what": "Invoice could not be read: HTTP 500", "severity": "problem"}


def snapshot_with(*findings: dict[str, object]) -> SnapshotInfo:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    company = Company("462", "Amy's Birds", "https://example.invalid")
    return SnapshotInfo(
        id="s1", company=company, taken_at=at, finished_at=at, records=0, new_versions=0, complete=False, counts={},
        fence={}, requests=0, findings=list(findings), controls=(), digest="ab" * 32,
    )  # fmt: skip


def test_a_watch_says_of_the_first_problem_what_a_check_says_of_it() -> None:
    shown = explained(stored(UNREADABLE))
    assert shown.means
    assert shown.do
    assert "HTTP" not in shown.what
    told = _first_problem(snapshot_with(UNREADABLE, UNREADABLE))
    assert told == f"{shown.what} (1 more) {shown.means} {shown.do}"
    assert _first_problem(snapshot_with({"what": "Odd.", "severity": "problem"})) == "Odd."


def test_a_capture_says_of_its_findings_what_a_check_says_of_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, hostile = MagicMock(), {"code": "later", "what": "A \x1b[31mname.", "severity": "problem"}
    case.companies.warnings.return_value = []
    monkeypatch.setattr(capturing, "open_case", lambda options: case)
    monkeypatch.setattr(capturing.jobs, "start", lambda *given, **named: None)
    monkeypatch.setattr(capturing, "follow", lambda job, quiet: snapshot_with(UNREADABLE, hostile))
    monkeypatch.setattr(capturing, "told", lambda cost: "nothing")
    with pytest.raises(typer.Exit):
        capturing.capture(MagicMock(obj=MagicMock(json=False)), full=False, record=[], afresh=False)
    told, shown = capsys.readouterr().out, explained(stored(UNREADABLE))
    assert all(part in told for part in (shown.what, f"For the books: {shown.means}", f"What to do: {shown.do}"))
    assert "HTTP" not in told
    assert "\x1b" not in told


def test_why_a_kind_of_record_is_not_there_is_said_without_the_answer() -> None:
    findings = Findings()
    findings.add("entity_unreadable", "Invoice could not be read: HTTP 500", severity="problem")
    (row,) = [one for one in coverage({}, {}, {}, findings.as_dicts()) if one.entity == "Invoice"]
    assert row.why == "Invoice could not be read: HTTP 500"
    assert missing(row).startswith("QuickBooks did not hand out the invoices.")
    assert not_there("tags; the look of the form") == "tags; the look of the form"


def test_what_is_missing_of_each_kind_of_record_is_said_without_technical_words() -> None:
    rows = list(coverage({}, {}, {}, []))
    assert {"Entitlements", "TaxService", "Invoice"} <= {row.entity for row in rows}
    for row in rows:
        told = missing(row).removesuffix(f"{', '.join(row.hidden)}, which come masked or not at all")
        assert TECHNICAL.search(told) is None, row.entity
