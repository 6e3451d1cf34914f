"""What a single recording presupposes beyond the records that the recordings show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from akika_forensics.model import payload as payloads
from akika_forensics.twin import wire
from twin_recorded import sold_items
from twin_recorded.recordings import Recording
from twin_recorded.scenes import Body, Scene, Stage

type Preparation = Callable[[Stage, Scene, Recording], None]


def prepare(stage: Stage, recording: Recording) -> Scene:
    """The scene of a recording, complete."""
    scene = stage.build(recording)
    own = _OWN.get(recording.file)
    if own is not None:
        own(stage, scene, recording)
    return scene


def _invoice_before(_: Stage, scene: Scene, recording: Recording) -> None:
    """The invoice that took the number before, and that nobody recorded."""
    scene.numbered("Invoice", "265", "1042", recording.exchanges[0].moment)


def _ids_after(entity: str, record_id: str) -> Preparation:
    def prepared(_: Stage, scene: Scene, __: Recording) -> None:
        scene.past(entity, record_id)

    return prepared


def _invoice_to_attach_to(_: Stage, scene: Scene, recording: Recording) -> None:
    scene.numbered("Invoice", "75", "1019", recording.exchanges[0].moment)
    scene.past("Attachable", "5000000000000503623")


def _kept_attachment(stage: Stage, scene: Scene, _: Recording) -> None:
    """What the recording that reads it shows."""
    recorded = stage.of("qbo_api/vcr/attachment/read_attachment.json")
    scene.put("Attachable", payloads.decode(recorded.exchanges[0].answer.encode())["Attachable"])


def _kept(file: str, entity: str, **changed: Any) -> Preparation:
    """A record as another bare answer shows it, with what the request is about to change."""

    def prepared(stage: Stage, scene: Scene, _: Recording) -> None:
        scene.put(entity, {**stage.kept(file)[entity], **changed})

    return prepared


def _shampoo(stage: Stage, scene: Scene, recording: Recording) -> None:
    """A company without sales tax and without fields of its own, five transactions old, with an item of three levels."""
    preferences = scene.twin.get("Preferences", "1") or {}
    preferences["TaxPrefs"] = {"UsingSalesTax": False}
    preferences["SalesFormsPrefs"] |= {"CustomField": []}
    scene.put("Preferences", preferences)
    item = scene.twin.get("Item", "3") or {}
    scene.put("Item", {**item, "Name": "Test Product", "FullyQualifiedName": "Oribe:Shampoo:Test Product"})
    scene.numbered("SalesReceipt", "5", "1004", recording.exchanges[0].moment)


def _shampoo_receipt(token: str) -> Preparation:
    def prepared(stage: Stage, scene: Scene, recording: Recording) -> None:
        _shampoo(stage, scene, recording)
        receipt = stage.kept("exquickbooks/create_sales_receipt.json")["SalesReceipt"]
        scene.put("SalesReceipt", {**receipt, "SyncToken": token})

    return prepared


def _feed_without_end(_: Stage, scene: Scene, __: Recording) -> None:
    """In 2020 the feed was asked for nine years and gave them."""
    scene.twin.believe(scene.twin.beliefs.but(feed_too_old="answered"))


def _invoice_130(_: Stage, scene: Scene, recording: Recording) -> None:
    scene.numbered("Invoice", "130", "1037", recording.exchanges[0].moment)


def _garden_supplies(_: Stage, scene: Scene, __: Recording) -> None:
    scene.past("Item", "18")


def _exact_items(stage: Stage, scene: Scene, _: Recording) -> None:
    """The items that the answer lists and no other, as the query is for all of them."""
    listed = {row["Id"] for row in stage.kept("exquickbooks/query.json")["QueryResponse"]["Item"]}
    with scene.twin.transaction():
        for entity, record_id in scene.twin.dump():
            if entity == "Item" and record_id not in listed:
                scene.twin.store.remove(entity, record_id, 0)


def _invoice_95(_: Stage, scene: Scene, recording: Recording) -> None:
    scene.numbered("Invoice", "95", "1019", recording.exchanges[0].moment)


def _accounts_of_a_report(stage: Stage, scene: Scene, recording: Recording) -> None:
    """The accounts of the report under their Ids, and one entry that moves each by what the report says."""
    report = stage.kept("quickbooks-types/report1.json")
    amounts: dict[str, Decimal] = {}
    for group, kind, subtype, sign in _GROUPS:
        for row in _rows(report, group):
            name, amount = row["ColData"]
            scene.put("Account", _account(name["id"], name["value"], kind, subtype, recording))
            amounts[name["id"]] = sign * Decimal(amount["value"])
    scene.put("Account", _account("1", "Checking", "Bank", "Checking", recording))
    amounts["1"] = -sum(amounts.values(), Decimal(0))
    # What shows "0.00" has moved to and fro; what has not moved is not shown.
    moves = [
        (account, part) for account, amount in amounts.items() for part in ([amount] if amount else [_CENT, -_CENT])
    ]
    lines = [_line(account, part) for account, part in moves]
    scene.twin.create("JournalEntry", {"TxnDate": "2025-03-03", "Line": lines})


_CENT: Final = Decimal("0.01")
_GROUPS: Final = (
    ("Income", "Income", "SalesOfProductIncome", -1),
    ("COGS", "Cost of Goods Sold", "SuppliesMaterialsCogs", 1),
    ("Expenses", "Expense", "OfficeGeneralAdministrativeExpenses", 1),
    ("OtherIncome", "Other Income", "InterestEarned", -1),
    ("OtherExpenses", "Other Expense", "OtherMiscellaneousExpense", 1),
)


def _ledger_of_2020(_: Stage, scene: Scene, __: Recording) -> None:
    """The balances before the recorded month, its three documents, and the form that the service wrote in that year.

    The stock company's items have opened with 1,448.75 already.
    """
    twin = scene.twin
    twin.believe(twin.beliefs.but(report_columns="keyed", ledger_sub_accounts="first_child"))
    preferences = twin.get("Preferences", "1") or {}
    preferences["AccountingInfoPrefs"] |= {"TrackDepartments": False, "ClassTrackingPerTxnLine": False}
    scene.put("Preferences", preferences)
    for day, amounts in _BALANCES_OF_2020.items():
        twin.post_opaque(date.fromisoformat(day), {one: Decimal(text) for one, text in amounts.items()}, "before")
    service, design = ("1", "", "100.00"), ("4", "Custom Design", "337.50")
    for entity, record_id, number, (item, text, amount), more in (
        ("Invoice", "264", "1041", service, {"CustomerRef": {"value": "1"}}),
        ("Invoice", "265", "1042", service, {"CustomerRef": {"value": "1"}}),
        ("SalesReceipt", "17", "1008", design, {"DepositToAccountRef": {"value": "4"}}),
    ):
        detail = {"ItemRef": {"value": item}}
        line = {
            "Id": "1",
            "Amount": Decimal(amount),
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": detail,
        }
        body = {"Id": record_id, "SyncToken": "0", "DocNumber": number, "TxnDate": "2020-09-29", **more}
        body |= {"Line": [line | ({"Description": text} if text else {})], "TotalAmt": Decimal(amount)}
        twin.put_raw(entity, wire.encode(entity, body))


_BALANCES_OF_2020: Final[Mapping[str, Mapping[str, str]]] = {
    "2019-12-31": {
        "35": "976.00",
        "36": "800.00",
        "84": "5004.02",
        "81": "-717.50",
        "4": "2062.52",
        "38": "13495.00",
        "33": "-51295.03",
        "41": "-157.72",
        "90": "-370.94",
        "43": "-4000.00",
        "44": "-25000.00",
        "34": "10786.25",
        "2": "48417.40",
    },
    "2020-08-31": {"17": "6300.00", "77": "520.52", "33": "-6820.52"},
}


def _rows(report: Any, group: str) -> list[Any]:
    section = next(row for row in report["Rows"]["Row"] if row.get("group") == group)
    return list(section["Rows"]["Row"])


def _account(number: str, name: str, kind: str, subtype: str, recording: Recording) -> Body:
    stamp = wire.metadata_time(recording.exchanges[0].moment)
    return {
        "Name": name,
        "SubAccount": False,
        "FullyQualifiedName": name,
        "Active": True,
        "Classification": {"Bank": "Asset"}.get(kind, "Revenue" if "Income" in kind else "Expense"),
        "AccountType": kind,
        "AccountSubType": subtype,
        "CurrentBalance": 0,
        "CurrentBalanceWithSubAccounts": 0,
        "CurrencyRef": {"value": "USD", "name": "United States Dollar"},
        "domain": "QBO",
        "sparse": False,
        "Id": number,
        "SyncToken": "0",
        "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
    }


def _line(account: str, amount: Decimal) -> Body:
    detail = {"PostingType": "Debit" if amount > 0 else "Credit", "AccountRef": {"value": account}}
    return {"Amount": abs(amount), "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}


_ITEM: Final = "exquickbooks/update_item.json"
_OWN: Final[Mapping[str, Preparation]] = {
    "qbo_api/vcr/create/invoice.json": _invoice_before,
    "qbo_api/vcr/create/customer.json": _ids_after("Customer", "69"),
    "qbo_api/vcr/batch/basic.json": _ids_after("Vendor", "70"),
    "qbo_api/vcr/attachment/create_for_invoice.json": _invoice_to_attach_to,
    "qbo_api/vcr/attachment/delete_attachment.json": _kept_attachment,
    "qbo_api/vcr/cdc/basic.json": _feed_without_end,
    "qbo_api/vcr/get_pdf/invoice.json": _invoice_130,
    "qbo_api/vcr/reports/gl.json": _ledger_of_2020,
    "exquickbooks/create_item.json": _garden_supplies,
    "exquickbooks/query.json": _exact_items,
    "exquickbooks/update_item.json": _kept(_ITEM, "Item"),
    "exquickbooks/update_item_error.json": _kept(_ITEM, "Item"),
    "exquickbooks/create_sales_receipt.json": _shampoo,
    "exquickbooks/create_sales_receipt_error.json": _shampoo,
    "exquickbooks/void_sales_receipt.json": _shampoo_receipt("0"),
    "exquickbooks/void_sales_receipt_error.json": _shampoo_receipt("1"),
    "quickbooks-go/account.json": _ids_after("Account", "93"),
    "quickbooks-go/attachable.json": _invoice_95,
    "quickbooks-types/report1.json": _accounts_of_a_report,
    "quickbooks-types/report2.json": sold_items.prepare,
}
