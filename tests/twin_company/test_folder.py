"""The folder loader against files that are not as they should be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from akika_forensics.errors import WrongUse
from akika_forensics.model.payload import decode
from akika_forensics.model.record import RecordKey
from akika_forensics.twin import Twin, loading

CUSTOMER = {"DisplayName": "Ana's Café", "Balance": 0, "Id": "1", "SyncToken": "0", "Active": True}
VENDOR = {"DisplayName": "Tool Hire", "Balance": 0, "Id": "30", "SyncToken": "0", "Active": True}


def line(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def write(folder: Path, **files: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.jsonl").write_bytes(content)
    return folder


def untouched(twin: Twin) -> bool:
    return {key[0] for key in twin.dump()} == {"CompanyInfo", "Preferences"}


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (b'{"Id": "2", "DisplayName": "cut of', "is not JSON"),
        (b"not json at all", "is not JSON"),
        (b'{"Id": "2"} {"Id": "3"}', "is not JSON"),
        (b'{"Id": "\xff\xfe"}', "is not JSON"),
        (b"[1, 2]", "not an object"),
        (b"null", "not an object"),
        (b'"text"', "not an object"),
    ],
)
def test_a_line_that_is_no_record_is_named_before_anything_is_loaded(tmp_path: Path, bad: bytes, says: str) -> None:
    content = line(CUSTOMER) + b"\n\n" + bad + b"\n" + line(CUSTOMER | {"Id": "9"}) + b"\n"
    twin = Twin()
    with pytest.raises(WrongUse) as raised:
        loading.load_folder(twin, write(tmp_path, Customer=content, Vendor=line(VENDOR)))
    assert says in raised.value.what
    assert "Customer.jsonl, line 3" in raised.value.what
    assert "Nothing was loaded" in raised.value.do
    assert untouched(twin)


@given(cut=st.integers(min_value=1))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_truncated_file_loads_whole_lines_or_nothing(tmp_path: Path, cut: int) -> None:
    whole = b"".join(
        line(CUSTOMER | {"Id": str(number), "DisplayName": f"C{number}"}) + b"\n" for number in range(1, 5)
    )
    content = whole[: cut % len(whole)]
    folder = write(tmp_path / "cut", Customer=content, Vendor=line(VENDOR))
    twin = Twin()
    ends_whole = content == b"" or content.endswith((b"\n", b"}"))
    if not ends_whole:
        with pytest.raises(WrongUse, match=r"Customer\.jsonl, line \d"):
            loading.load_folder(twin, folder)
        assert untouched(twin)
        return
    report = loading.load_folder(twin, folder)
    assert report.records == 1 + content.count(b"}")


def test_blank_lines_line_ends_and_byte_order_marks_are_no_records(tmp_path: Path) -> None:
    other = CUSTOMER | {"Id": "2", "DisplayName": "B"}
    content = b"\xef\xbb\xbf" + line(CUSTOMER) + b"\r\n\r\n  \n" + line(other)
    twin = Twin()
    report = loading.load_folder(twin, write(tmp_path, Customer=content))
    assert report.records == 2
    assert twin.payload("Customer", "1") == line(CUSTOMER)
    assert twin.payload("Customer", "2") == line(other)
    said = " ".join(note.what for note in report.announcements)
    assert "byte order mark" in said
    assert "2 blank lines" in said


def test_unknown_fields_and_kinds_are_kept_and_announced(tmp_path: Path) -> None:
    odd = {"Id": "7", "Grade": "A", "Balance": 0, "DisplayName": "Odd", "X": {"deep": [1, None, "…"]}}
    widget = {"Id": "3", "Colour": "green", "AccountRef": {"value": "999"}}
    twin = Twin()
    report = loading.load_folder(twin, write(tmp_path, Customer=line(odd), Widget=line(widget)))
    assert twin.payload("Customer", "7") == line(odd)
    assert twin.payload("Widget", "3") == line(widget)
    assert any(RecordKey("Widget", "3") in note.keys and "does not know" in note.what for note in report.announcements)


def test_a_record_out_of_shape_is_kept_unposted_and_its_field_is_named(tmp_path: Path) -> None:
    invoice = {"Id": "8", "TxnDate": "2026-08-01", "CustomerRef": {"value": "1"}, "Line": {"Amount": 5}, "TotalAmt": 5}
    twin = Twin()
    report = loading.load_folder(twin, write(tmp_path, Customer=line(CUSTOMER), Invoice=line(invoice)))
    assert twin.payload("Invoice", "8") == line(invoice)
    assert any(
        "Invoice:8 is not in the shape" in note.what and "Line is no list" in note.what for note in report.announcements
    )
    assert twin.store.postings("Invoice", "8") == []


def test_names_of_files_may_be_in_any_case_or_the_wires_own(tmp_path: Path) -> None:
    card = {"Id": "5", "Amount": 0, "TxnDate": "2026-08-01"}
    twin = Twin()
    loading.load_folder(twin, write(tmp_path, customer=line(CUSTOMER), CreditCardPaymentTxn=line(card)))
    assert twin.payload("Customer", "1") is not None
    assert twin.payload("CreditCardPayment", "5") is not None


def test_of_two_versions_the_newer_is_kept_and_both_are_named(tmp_path: Path) -> None:
    older, newer = CUSTOMER | {"SyncToken": "2", "Notes": "old"}, CUSTOMER | {"SyncToken": "10", "Notes": "new"}
    twin = Twin()
    content = line(newer) + b"\n" + line(older) + b"\n" + line(VENDOR | {"Id": "30"})
    report = loading.load_folder(twin, write(tmp_path, Customer=content, Vendor=line(VENDOR) + b"\n" + line(VENDOR)))
    kept = twin.get("Customer", "1")
    assert kept is not None
    assert kept["Notes"] == "new"
    said = [note.what for note in report.announcements]
    assert any("Customer:1 comes twice" in what and "Customer.jsonl, line 1 is the newer" in what for what in said)
    assert any("Vendor:30 comes twice with the same content" in what for what in said)


def test_an_answer_of_the_api_is_unwrapped_to_its_exact_bytes(tmp_path: Path) -> None:
    inner = b'{"Id" : "4",  "DisplayName":"Wrapped", "Balance": 0}'
    twin = Twin()
    report = loading.load_folder(twin, write(tmp_path, Customer=b'{"Customer":' + inner + b',"time":"2026-08-01"}'))
    assert twin.payload("Customer", "4") == inner
    assert any("answer of the API" in note.what for note in report.announcements)


def test_a_record_without_an_id_gets_a_free_one(tmp_path: Path) -> None:
    nameless = {name: value for name, value in CUSTOMER.items() if name != "Id"}
    twin = Twin()
    report = loading.load_folder(twin, write(tmp_path, Customer=line(CUSTOMER) + b"\n" + line(nameless)))
    given_id = twin.get("Customer", "2")
    assert given_id is not None
    assert given_id["DisplayName"] == CUSTOMER["DisplayName"]
    assert any("carries no Id" in note.what for note in report.announcements)


@pytest.mark.parametrize("files", [{}, {"Customer": b"\n\n"}])
def test_a_folder_without_records_is_refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    with pytest.raises(WrongUse, match="no"):
        loading.load_folder(Twin(), write(tmp_path / "empty", **files))


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="is not a folder"):
        loading.load_folder(Twin(), tmp_path / "nowhere")


def test_totals_that_do_not_add_up_are_announced_and_the_books_balance(tmp_path: Path) -> None:
    item = {"Id": "1", "Name": "Hours", "Type": "Service", "IncomeAccountRef": {"value": "1"}, "Active": True}
    detail = {"ItemRef": {"value": "1"}}
    invoice = {
        "Id": "8",
        "TxnDate": "2026-08-01",
        "CustomerRef": {"value": "1"},
        "TotalAmt": 90,
        "Balance": 90,
        "Line": [{"Amount": 50, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}],
    }
    twin = Twin()
    report = loading.load_folder(
        twin, write(tmp_path, Customer=line(CUSTOMER | {"Balance": 90}), Item=line(item), Invoice=line(invoice))
    )
    said = [note.what for note in report.announcements]
    assert any("Invoice:8 does not add up: its lines and tax make 50.00, its total says 90.00" in what for what in said)
    assert any("lacks to its total, 40.00" in what for what in said)
    balances = twin.store.balances(until="9999")
    assert sum(balances.values()) == 0
    assert sorted(balances.values()) == [-5000, -4000, 9000]
    assert report.openings == []


def test_the_opening_entry_takes_no_id_that_a_record_has(tmp_path: Path) -> None:
    account = {"Id": "1", "Name": "Till", "AccountType": "Bank", "Classification": "Asset", "CurrentBalance": 7}
    odd = line({"Id": "1", "MetaData": None, "Line": "none"})
    twin = Twin()
    report = loading.load_folder(twin, write(tmp_path, Account=line(account), JournalEntry=odd))
    assert twin.payload("JournalEntry", "1") == odd
    assert [(opening.keys[0].id, opening.amount) for opening in report.openings] == [("2", 7)]
    assert twin.store.balances(until="9999") == {"1": 700, "34": -700}


REFERENCE = st.fixed_dictionaries(
    {"value": st.sampled_from(["1", "2", "99", "x"])}, optional={"name": st.text(max_size=5)}
)
VALUE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.text(max_size=8),
    st.sampled_from(["", "12.50", "abc", "2026-08-01", "2026-13-45"]),
    REFERENCE,
    st.lists(st.integers(), max_size=2),
)
LINK = st.fixed_dictionaries(
    {"TxnId": st.sampled_from(["1", "2", "3"])},
    optional={
        "TxnType": st.sampled_from(["Invoice", "Payment", "Deposit", "Bill", "StatementCharge", "Nonsense", "Check"])
    },
)
KINDS = (
    "SalesItemLineDetail",
    "AccountBasedExpenseLineDetail",
    "JournalEntryLineDetail",
    "DepositLineDetail",
    "Strange",
)
LINE = st.fixed_dictionaries(
    {},
    optional={
        "Amount": VALUE,
        "DetailType": st.sampled_from(KINDS),
        "LinkedTxn": st.one_of(st.lists(LINK, max_size=2), VALUE),
        **{
            kind: st.dictionaries(st.sampled_from(["ItemRef", "AccountRef", "Qty", "PostingType"]), VALUE)
            for kind in KINDS
        },
    },
)
FIELDS = "QtyOnHand PurchaseCost InvStartDate IncomeAccountRef AssetAccountRef ExpenseAccountRef ParentRef CustomerRef VendorRef AccountRef DepositToAccountRef TotalAmt Balance TxnDate DocNumber CashBack Name DisplayName".split()
RECORD = st.fixed_dictionaries(
    {"Id": st.sampled_from(["1", "2", "3"])},
    optional={
        **dict.fromkeys(FIELDS, VALUE),
        "Line": st.one_of(st.lists(LINE, max_size=3), VALUE),
        "LinkedTxn": st.one_of(st.lists(LINK, max_size=2), VALUE),
        "Type": st.one_of(st.just("Inventory"), VALUE),
        "AccountType": st.one_of(st.sampled_from(["Bank", "Accounts Receivable", "Income"]), VALUE),
        "CurrentBalance": VALUE,
        "MetaData": st.one_of(VALUE, st.fixed_dictionaries({"CreateTime": VALUE})),
    },
)
ENTITIES = (
    "Invoice",
    "Payment",
    "Deposit",
    "Bill",
    "BillPayment",
    "JournalEntry",
    "SalesReceipt",
    "Customer",
    "Item",
    "Account",
)


@given(company=st.lists(st.tuples(st.sampled_from(ENTITIES), RECORD), min_size=1, max_size=5))
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_records_hold_they_are_kept_and_the_books_balance(
    tmp_path_factory: pytest.TempPathFactory, company: list[tuple[str, dict[str, Any]]]
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    chosen = {(entity, body["Id"]): body for entity, body in company}
    for (entity, _), body in chosen.items():
        with (folder / f"{entity}.jsonl").open("ab") as file:
            file.write(line(body) + b"\n")
    twin = Twin()
    report = loading.load_folder(twin, folder)
    assert report.records == len(chosen)
    for key, body in chosen.items():
        assert twin.payload(*key) == line(body)
    assert twin.store.out_of_balance() == []
    assert sum(twin.store.balances(until="9999").values()) == 0
    for note in report.announcements:
        assert note.what.strip().endswith(".")
    for payload in twin.dump().values():
        decode(payload)
