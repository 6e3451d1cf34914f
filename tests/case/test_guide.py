"""The page for analysts, run from top to bottom on a small vault."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.case.opening import init_vault
from akika_forensics.model.company import Company
from akika_forensics.model.record import RecordKey
from akika_forensics.settings import Secret
from akika_forensics.vault import KdfCost

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "analysts.md"
PASSPHRASE = "correct horse battery staple"
AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


def invoice(number: int, total: str, updated: str = "2026-01-31T10:00:00Z") -> tuple[RecordKey, bytes]:
    body = {
        "Id": str(number), "DocNumber": f"00{number}", "TxnDate": f"2026-01-{number:02d}", "SyncToken": "0",
        "MetaData": {"CreateTime": "2026-01-01T10:00:00Z", "LastUpdatedTime": updated},
        "Line": [{"Id": "1", "Amount": 60.5}, {"Id": "2", "Amount": 60.5 * (number - 1)}],
    }  # fmt: skip
    return RecordKey("Invoice", str(number)), json.dumps(body).replace(
        '"Line"', f'"TotalAmt": {total}, "Line"'
    ).encode()


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the names on the page hold after it has run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    case = init_vault(tmp_path / "vault", Secret(PASSPHRASE), recovery_sheet=None, cost=KdfCost.CHEAP)
    records = dict([invoice(1, "60.50"), invoice(2, "121.00"), invoice(3, "181.49", "2026-02-03T10:00:00Z")])
    records[RecordKey("Customer", "3")] = b'{"Id":"3","DisplayName":"Geeta"}'
    records[RecordKey("Account", "1")] = b'{"Id":"1","Name":"Sales"}'
    for day in range(2):
        with case.vault.begin_snapshot(Company("462", "Amy's", "http://127.0.0.1:8080")) as writer:
            for key, payload in records.items():
                writer.add(key, payload)
            at = AT + timedelta(days=day)
            writer.commit(taken_at=at, finished_at=at, complete=True, counts={}, fence={}, requests=1, findings=[])
        records.pop(RecordKey("Invoice", "1"), None)
        records |= [invoice(2, "121.01")]
    names: dict[str, Any] = {}
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) == 9
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)  # noqa: S102 - the page is ours, and is to be run
    return names


def test_everything_on_the_page_runs_and_finds_what_is_there(page: dict[str, Any], tmp_path: Path) -> None:
    assert page["by_kind"].select("entity", "len").rows() == [("Account", 1), ("Customer", 1), ("Invoice", 2)]
    assert page["late"].select("id", "txn_date").rows() == [("3", date(2026, 1, 3))]
    assert page["amounts"].sort("id").rows() == [("2", Decimal("121.01")), ("3", Decimal("181.49"))]
    assert page["checked"].sort("Id")["Id"].to_list() == ["2", "3"]
    assert list(page["frame"]["id"]) == ["3"]
    assert list(page["shown"]["TotalAmt"]) == [Decimal("121.01"), Decimal("181.49")]
    assert [row[:2] for row in page["newest"]] == [("Invoice", "3"), ("Invoice", "2")]
    assert page["joined"] == [("002", Decimal("121.0")), ("003", Decimal("181.5"))]
    assert [row[0] for row in page["sizes"]] == ["Customer", "Invoice"]
    assert page["dataset"].count_rows() == 4
    assert page["then"].info.id == "s1"
    assert page["gone"].select("entity", "id").rows() == [("Invoice", "1")]
    assert page["changed"].select("entity", "id").rows() == [("Invoice", "2")]
    assert (tmp_path / "for-the-auditor" / "s2.xlsx").is_file()
