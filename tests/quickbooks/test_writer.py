from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from akika_forensics.errors import Fault, NetworkFailed, SignInFailed, WrongCompany, WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Limits
from akika_forensics.quickbooks.writer import WriteItem, Writer, open_writer

Answer = Callable[[httpx.Request], httpx.Response]


class Desk:
    def __init__(self, fake: Any) -> None:
        self.fake = fake
        self.company = fake.FakeCompany()
        self.answer: Answer = lambda _: httpx.Response(200, json={"time": "x"})
        self.company.before = lambda r: None if str(r.url) == fake.TOKEN_URL else self.answer(r)

    def open(self) -> Writer:
        return open_writer(
            self.fake.connection(),
            self.fake.store(self.company.clock),
            limits=Limits(clock=self.company.clock),
            transport=self.company,
        )

    def send(self, *items: WriteItem, request_id: str = "r1") -> Any:
        with self.open() as writer:
            return writer.send(items, request_id)

    @property
    def last(self) -> httpx.Request:
        request: httpx.Request = self.company.seen[-1]
        return request


@pytest.fixture
def desk(fake: Any) -> Desk:
    return Desk(fake)


def test_a_create_is_its_own_post_with_a_request_id(desk: Desk) -> None:
    raw = b'{ "Id":"12","TotalAmt":1.10 }'
    desk.answer = lambda _: httpx.Response(200, content=b'{"Invoice":' + raw + b',"time":"x"}')
    (outcome,) = desk.send(WriteItem("s1", "create", "Invoice", {"TotalAmt": Decimal("1.10")}, "allowduplicatedocnum"))
    assert desk.last.url.path == "/v3/company/4620816365/invoice"
    assert dict(desk.last.url.params) == {"requestid": "r1", "minorversion": "75", "include": "allowduplicatedocnum"}
    assert desk.last.content == b'{"TotalAmt":1.10}'
    assert outcome.item_id == "s1"
    assert outcome.slice.key == RecordKey("Invoice", "12")
    assert outcome.slice.payload == raw
    assert not outcome.deleted
    assert outcome.fault is None


@pytest.mark.parametrize(
    ("entity", "switches"),
    [("Invoice", {"operation": "void"}), ("Payment", {"operation": "update", "include": "void"})],
)
def test_both_spellings_of_void(desk: Desk, entity: str, switches: dict[str, str]) -> None:
    desk.answer = lambda _: httpx.Response(200, json={entity: {"Id": "1"}})
    desk.send(WriteItem("s", "void", entity, {"Id": "1", "SyncToken": "0"}))
    assert switches.items() <= dict(desk.last.url.params).items()


@pytest.mark.parametrize("answer", [{"Invoice": {"status": "Deleted", "Id": "1"}}, {"time": "x"}])
def test_delete(desk: Desk, answer: dict[str, Any]) -> None:
    desk.answer = lambda _: httpx.Response(200, json=answer)
    (outcome,) = desk.send(WriteItem("s", "delete", "Invoice", {"Id": "1", "SyncToken": "0"}))
    assert desk.last.url.params["operation"] == "delete"
    assert (outcome.deleted, outcome.slice, outcome.fault) == (True, None, None)


def test_a_recurring_transaction_keeps_its_wrapper(desk: Desk) -> None:
    desk.answer = lambda _: httpx.Response(200, json={"RecurringTransaction": {"Bill": {"Id": "5"}}})
    (outcome,) = desk.send(WriteItem("s", "create", "RecurringTransaction", {"Bill": {"RecurringInfo": {}}}))
    assert desk.last.url.path.endswith("/recurringtransaction")
    assert outcome.slice.key == RecordKey("RecurringTransaction", "5")


def test_a_refusal_is_the_outcome_of_its_item(desk: Desk, fake: Any) -> None:
    desk.answer = lambda _: fake.fault("6140", "Duplicate Document Number Error")
    (outcome,) = desk.send(WriteItem("s", "create", "Invoice", {}))
    assert isinstance(outcome.fault, Fault)
    assert outcome.fault.fault_codes == {"6140"}
    assert outcome.slice is None


def test_a_fault_inside_a_200_is_a_refusal(desk: Desk) -> None:
    desk.answer = lambda _: httpx.Response(200, json={"Fault": {"Error": [{"code": "610", "Message": "m"}]}})
    (outcome,) = desk.send(WriteItem("s", "create", "Invoice", {}))
    assert outcome.fault.fault_codes == {"610"}


def test_several_items_are_one_batch_matched_by_their_ids(desk: Desk) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        items = json.loads(request.content)["BatchItemRequest"]
        assert [(i["operation"], sorted(i)) for i in items] == [
            ("create", ["Invoice", "bId", "operation", "optionsData"]),
            ("update", ["Payment", "bId", "operation", "optionsData"]),
            ("delete", ["CreditCardPaymentTxn", "bId", "operation"]),
            ("create", ["Bill", "bId", "operation"]),
        ]
        assert items[1]["optionsData"] == "void"
        answers = [
            {"Invoice": {"Id": "9"}, "bId": items[0]["bId"]},
            {"Payment": {"Id": "3"}, "bId": items[1]["bId"]},
            {"CreditCardPaymentTxn": {"status": "Deleted", "Id": "4"}, "bId": items[2]["bId"]},
            {"Fault": {"Error": [{"code": "2500", "Message": "Invalid Reference Id"}]}, "bId": items[3]["bId"]},
        ]
        return httpx.Response(200, json={"BatchItemResponse": answers[::-1]})

    desk.answer = answer
    outcomes = desk.send(
        WriteItem("a", "create", "Invoice", {}, "allowduplicatedocnum"),
        WriteItem("b", "void", "Payment", {"Id": "3", "SyncToken": "0"}),
        WriteItem("c", "delete", "CreditCardPayment", {"Id": "4", "SyncToken": "0"}),
        WriteItem("d", "create", "Bill", {}),
    )
    assert [o.item_id for o in outcomes] == ["a", "b", "c", "d"]
    assert [o.slice.key.id if o.slice else None for o in outcomes] == ["9", "3", None, None]
    assert [o.deleted for o in outcomes] == [False, False, True, False]
    assert outcomes[3].fault.fault_codes == {"2500"}
    assert desk.last.url.params["requestid"] == "r1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"BatchItemResponse":[',
        b'{"time":"x"}',
        b'{"BatchItemResponse":[]}',
        b'{"BatchItemResponse":[{"Invoice":{"Id":"1"},"bId":"i0"}]}',
        b'{"BatchItemResponse":[{"Invoice":{"Id":"1"},"bId":"i0"},{"Invoice":{"Id":"1"},"bId":"zz"}]}',
        b'{"BatchItemResponse":[{"bId":"i0"},{"Bill":{"Id":"1"},"bId":"i1"}]}',
    ],
)
def test_a_batch_answer_that_is_not_one_leaves_the_outcome_unknown(desk: Desk, body: bytes) -> None:
    desk.answer = lambda _: httpx.Response(200, content=body)
    with pytest.raises(NetworkFailed, match="unknown"):
        desk.send(WriteItem("a", "create", "Invoice", {}), WriteItem("b", "create", "Bill", {}))


@pytest.mark.parametrize("body", [b"", b'{"Invoice":', b'{"Bill":{"Id":"1"}}', b"[]", b'{"Invoice":3}'])
def test_an_answer_that_is_not_one_leaves_the_outcome_unknown(desk: Desk, body: bytes) -> None:
    desk.answer = lambda _: httpx.Response(200, content=body)
    with pytest.raises(NetworkFailed, match="unknown"):
        desk.send(WriteItem("a", "create", "Invoice", {}))


def test_a_500_with_a_fault_leaves_the_outcome_unknown(desk: Desk, fake: Any) -> None:
    desk.answer = lambda _: fake.fault("10000", status=500)
    with pytest.raises(NetworkFailed, match="unknown"):
        desk.send(WriteItem("a", "create", "Invoice", {}))


def test_401_renews_once_and_sends_again(desk: Desk, fake: Any) -> None:
    answers = iter([fake.gateway_fault(401, "3200", "x"), httpx.Response(200, json={"Invoice": {"Id": "2"}})])
    desk.answer = lambda _: next(answers)
    (outcome,) = desk.send(WriteItem("a", "create", "Invoice", {}))
    assert outcome.slice.key.id == "2"
    desk.answer = lambda _: fake.gateway_fault(401, "3200", "x")
    with pytest.raises(SignInFailed):
        desk.send(WriteItem("a", "create", "Invoice", {}))


@pytest.mark.parametrize(
    ("items", "request_id"),
    [
        ([], "r"),
        ([WriteItem(str(n), "create", "Invoice", {}) for n in range(31)], "r"),
        ([WriteItem("a", "create", "Invoice", {})], "r" * 51),
        ([WriteItem("a", "create", "Invoice", {}), WriteItem("b", "create", "Invoice", {})], "r" * 37),
        ([WriteItem("a", "create", "Invoice", {}), WriteItem("a", "create", "Invoice", {})], "r"),
        ([WriteItem("a", "create", "Invoice", {})], ""),
        ([WriteItem("a", "create", "Invoice", {})], "r&operation=delete"),
        ([WriteItem("a", "void", "Bill", {})], "r"),
        ([WriteItem("a", "delete", "Customer", {})], "r"),
        ([WriteItem("a", "query", "Customer", {})], "r"),
        ([WriteItem("a", "create", "Hologram", {})], "r"),
        ([WriteItem("a", "create", "Invoice", {}, "void&operation=delete")], "r"),
    ],
)
def test_what_cannot_be_sent_is_not(desk: Desk, items: list[WriteItem], request_id: str) -> None:
    with pytest.raises(WrongUse):
        desk.send(*items, request_id=request_id)
    assert desk.company.seen == []


@pytest.mark.parametrize(("name", "value"), [("realm_id", "999"), ("base_url", "https://elsewhere.example")])
def test_another_company_or_host_is_refused(desk: Desk, name: str, value: str) -> None:
    with desk.open() as writer:
        object.__setattr__(writer.connection, name, value)
        with pytest.raises(WrongCompany):
            writer.send([WriteItem("a", "create", "Invoice", {})], "r")
        writer._opened_for = (writer.connection.base_url, writer.connection.realm_id)
        with pytest.raises(WrongCompany):
            writer.send([WriteItem("a", "create", "Invoice", {})], "r")
    assert desk.company.seen == []
