from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from akika_forensics.errors import Fault, NetworkFailed, SignInFailed, Throttled, WrongUse
from akika_forensics.model.record import RecordKey
from akika_forensics.quickbooks import Limits, RequestLine, UnreadableAnswer, faults, open_reader

WEIRD = (
    rb'{ "Id":"7" , "Amount": 1.10,"B":1e2,"c":-0.0, "d":12345678901234567890.123456789,'
    rb'"Name":"Am\u00e9lie \"\\/\u2028\ud83d\ude00 ' + "é日本".encode() + rb'","z":null,"a":[ ],"Id2":{"Id":"9"}}'
)


@pytest.fixture
def company(fake: Any) -> Any:
    return fake.FakeCompany()


@pytest.fixture
def reader(fake: Any, company: Any) -> Any:
    limits = Limits(clock=company.clock)
    with open_reader(fake.connection(), fake.store(company.clock), limits=limits, transport=company) as opened:
        yield opened


def _statements(company: Any) -> list[str]:
    return [r.url.params["query"] for r in company.seen if r.url.path.endswith("/query")]


class TestPayloads:
    def test_a_payload_is_its_slice_of_the_body_byte_for_byte(self, reader: Any, company: Any) -> None:
        company.put("Invoice", "7", raw=WEIRD)
        company.put("Invoice", "8", raw=b'{"Id":"8"}')
        assert [cut.payload for cut in reader.sweep("Invoice")] == [WEIRD, b'{"Id":"8"}']
        assert reader.read(RecordKey("Invoice", "7")).payload == WEIRD
        assert WEIRD in [
            cut.payload for cut in reader.change_feed(["Invoice"], company.clock.now() - timedelta(1)).changed
        ]
        assert reader.query("Invoice", "Id IN ('7')")[0].payload == WEIRD

    def test_the_credit_card_payment_comes_under_its_own_key(self, reader: Any, company: Any) -> None:
        company.put("CreditCardPayment", "12")
        assert [cut.key for cut in reader.sweep("CreditCardPayment")] == [RecordKey("CreditCardPayment", "12")]
        assert _statements(company)[0].startswith("SELECT * FROM CreditCardPayment ORDERBY Id")

    def test_a_recurring_transaction_has_its_id_inside_and_keeps_its_wrapper(self, reader: Any, company: Any) -> None:
        raw = b'{"Bill":{"Id":"55","SyncToken":"0","RecurDataRef":{"value":"55"}}}'
        company.put("RecurringTransaction", "55", raw=raw)
        cuts = list(reader.sweep("RecurringTransaction"))
        assert [(cut.key, cut.payload) for cut in cuts] == [(RecordKey("RecurringTransaction", "55"), raw)]

    def test_an_exchange_rate_without_id_is_known_by_currencies_and_date(self, reader: Any, company: Any) -> None:
        raw = b'{"SourceCurrencyCode":"EUR","TargetCurrencyCode":"USD","Rate":2.50,"AsOfDate":"2026-11-23"}'
        company.put("ExchangeRate", "x", raw=raw)
        (cut,) = reader.sweep("ExchangeRate")
        assert cut.key.id == "EUR-USD-2026-11-23"
        assert reader.read(cut.key).payload == raw

    def test_a_record_without_id_is_kept_under_a_key_of_its_content(self, reader: Any, company: Any) -> None:
        company.put("Invoice", "9", raw=b'{"DocNumber":"1","Amount":1.0}')
        (cut,) = reader.sweep("Invoice")
        assert not cut.has_id
        company.put("Invoice", "9", raw=b'{"Amount":1.00 , "DocNumber":"1"}')
        (again,) = reader.sweep("Invoice")
        assert again.key == cut.key

    @pytest.mark.parametrize("id_text", [b"12", b'"12"'])
    def test_an_id_may_be_a_number(self, reader: Any, company: Any, id_text: bytes) -> None:
        company.put("Invoice", "12", raw=b'{"Id":' + id_text + b"}")
        assert [cut.key.id for cut in reader.sweep("Invoice")] == ["12"]

    @pytest.mark.parametrize("id_text", [b"1.5", b"true", b"[1]", b"null", b'""'])
    def test_an_id_that_is_none_loses_nothing(self, reader: Any, company: Any, id_text: bytes) -> None:
        raw = b'{"Id":' + id_text + b"}"
        company.put("Invoice", "12", raw=raw)
        (cut,) = reader.sweep("Invoice")
        assert cut.payload == raw
        assert not cut.has_id


class TestLists:
    def test_inactive_names_are_listed_and_counted(self, reader: Any, company: Any) -> None:
        company.put("Customer", "1", DisplayName="A")
        company.put("Customer", "2", DisplayName="B (deleted)", Active=False)
        assert {cut.key.id for cut in reader.sweep("Customer")} == {"1", "2"}
        assert reader.counts(["Customer", "Invoice"]) == {"Customer": 2, "Invoice": 0}
        assert "WHERE Active IN (true,false)" in _statements(company)[0]

    def test_what_has_no_active_flag_is_not_asked_for_one(self, reader: Any, company: Any) -> None:
        list(reader.sweep("Invoice"))
        assert "Active" not in _statements(company)[0]

    def test_counts_go_in_query_batches_of_thirty(self, reader: Any, company: Any) -> None:
        from akika_forensics.capture import readable_entities

        company.refused["TaxPayment"] = company_fault = httpx.Response(
            400, json={"Fault": {"Error": [{"code": "4001"}]}}
        )
        counts = reader.counts(readable_entities())
        batches = [json.loads(r.content)["BatchItemRequest"] for r in company.seen if r.method == "POST"]
        assert [len(batch) <= 30 for batch in batches] == [True, True]
        assert "TaxPayment" not in counts
        assert counts["CompanyInfo"] == 1
        assert company_fault.status_code == 400

    def test_order_by_id_refused_falls_back_to_time_and_says_so(self, fake: Any, reader: Any, company: Any) -> None:
        company.put("Invoice", "1")

        def before(request: httpx.Request) -> httpx.Response | None:
            refused = "ORDERBY Id" in request.url.params.get("query", "")
            return fake.fault("4001", "Invalid query", "property 'Id' is not sortable") if refused else None

        company.before = before
        sweep = reader.sweep("Invoice")
        assert len(list(sweep)) == 1
        assert [code for code, _ in sweep.notes] == ["ordered_by_change"]
        asked = len(company.seen)
        list(reader.sweep("Invoice"))
        assert len(company.seen) == asked + 1, "the refusal is remembered"

    def test_an_envelope_with_an_unknown_key_or_missing_rows_is_announced(self, reader: Any, company: Any) -> None:
        body = b'{"QueryResponse":{"Invoice":[{"Id":"1"}],"Novelty":[1],"startPosition":1,"maxResults":2},"time":"x"}'
        company.before = lambda request: httpx.Response(200, content=body) if "query" in request.url.params else None
        sweep = reader.sweep("Invoice")
        assert len(list(sweep)) == 1
        assert {code for code, _ in sweep.notes} == {"unknown_key", "rows_missing"}

    def test_preferences_are_read_where_the_query_is_refused(self, fake: Any, reader: Any, company: Any) -> None:
        company.refused["Preferences"] = fake.fault("4001")
        assert [cut.key for cut in reader.sweep("Preferences")] == [RecordKey("Preferences", "1")]

    def test_a_list_that_is_read_without_a_query(self, reader: Any, company: Any) -> None:
        listed = b'{"QueryResponse":{"TaxClassification":[{"Id":"EUC-1","Code":"EUC-1"}]},"time":"x"}'
        company.before = lambda r: (
            httpx.Response(200, content=listed) if r.url.path.endswith("/taxclassification") else None
        )
        assert [cut.key.id for cut in reader.sweep("TaxClassification")] == ["EUC-1"]
        bare = listed.replace(b'"QueryResponse":{', b"").replace(b'}]},"time"', b'}],"time"')
        company.before = lambda r: (
            httpx.Response(200, content=bare) if r.url.path.endswith("/taxclassification") else None
        )
        assert [cut.key.id for cut in reader.sweep("TaxClassification")] == ["EUC-1"]

    @pytest.mark.parametrize("asks", ["count_many", "query_many"])
    def test_an_answer_without_its_rows_is_not_taken_for_none(
        self, fake: Any, reader: Any, company: Any, asks: str
    ) -> None:
        """Nor where a company takes no batches, and each query goes by itself."""
        company.put("Invoice", "1")
        company.before = lambda r: (
            fake.fault("500")
            if r.url.path.endswith("/batch")
            else httpx.Response(200, json={"time": "2026-03-02T12:00:00Z"})
        )
        with pytest.raises(UnreadableAnswer, match="no QueryResponse"):
            getattr(reader, asks)([("Invoice", "Id > '0'")])

    def test_many_searches_go_in_one_request_and_long_answers_in_their_own(self, reader: Any, company: Any) -> None:
        for _ in range(70):
            company.put("Invoice")
        company.put("Bill")
        found = reader.query_many([("Invoice", "Id >= '0'"), ("Bill", "Id >= '0'"), ("Deposit", "Id >= '0'")])
        assert [len(cuts) for cuts in found] == [70, 1, 0]
        assert len(company.seen) == 2

    def test_short_lists_come_whole_in_one_request_and_others_are_left_out(
        self, fake: Any, reader: Any, company: Any
    ) -> None:
        company.lists_in_batches = True
        company.put("Term", "3", Active=False)
        company.put("Term", "4", raw=WEIRD.replace(b'"Id":"7"', b'"Id":"4"'))
        for _ in range(30):
            company.put("Invoice")
        for _ in range(29):
            company.put("Bill")
        company.refused["Class"] = fake.fault("5020", "Permission Denied Error")
        company.seen.clear()
        pages = reader.short_lists(["Term", "Invoice", "Bill", "Class", "Estimate"])
        assert len(company.seen) == 1
        assert list(pages) == ["Term", "Bill", "Estimate"]
        assert [cut.key.id for cut in pages["Term"].slices] == ["3", "4"]
        assert pages["Term"].slices[1].payload.startswith(b'{ "Id":"4"')
        assert (len(pages["Bill"].slices), pages["Estimate"].slices) == (29, ())
        assert not any(page.full for page in pages.values())
        assert pages["Bill"].server_time == reader.server_time

    def test_several_pages(self, reader: Any, company: Any) -> None:
        for _ in range(2500):
            company.put("Invoice")
        keys = [cut.key for cut in reader.sweep("Invoice")]
        assert len(keys) == len(set(keys)) == 2500
        assert len(_statements(company)) == 3


class TestChangeFeed:
    def test_changed_and_deleted(self, reader: Any, company: Any) -> None:
        company.put("Invoice", "1")
        company.clock.sleep(100)
        since = company.clock.now()
        company.clock.sleep(5)
        company.put("Invoice", "2")
        company.put("Bill", "3")
        company.delete("Bill", "3")
        feed = reader.change_feed(["Invoice", "Bill"], since)
        assert [cut.key for cut in feed.changed] == [RecordKey("Invoice", "2")]
        assert feed.deleted == (RecordKey("Bill", "3"),)
        assert not feed.truncated
        assert feed.server_time is not None

    def test_nothing_changed(self, reader: Any, company: Any) -> None:
        feed = reader.change_feed(["Invoice", "Bill"], company.clock.now() + timedelta(1))
        assert (feed.changed, feed.deleted, feed.truncated) == ((), (), False)

    def test_a_full_answer_is_asked_for_in_parts(self, reader: Any, company: Any) -> None:
        for _ in range(600):
            company.put("Invoice")
            company.put("Bill")
        feed = reader.change_feed(["Invoice", "Bill", "Deposit"], company.clock.now() - timedelta(1))
        assert len(feed.changed) == 1200
        assert not feed.truncated

    def test_one_entity_too_long_for_an_answer_is_said_to_be_cut(self, reader: Any, company: Any) -> None:
        for _ in range(1001):
            company.put("Invoice")
        feed = reader.change_feed(["Invoice", "Bill"], company.clock.now() - timedelta(1))
        assert feed.truncated
        assert feed.truncated_entities == ("Invoice",)

    def test_a_declared_total_beyond_the_rows_counts_as_cut(self, reader: Any, company: Any) -> None:
        body = b'{"CDCResponse":[{"QueryResponse":[{"Bill":[{"Id":"1"}],"maxResults":1,"totalCount":5}]}],"time":"x"}'
        company.before = lambda r: httpx.Response(200, content=body) if r.url.path.endswith("/cdc") else None
        assert reader.change_feed(["Bill"], company.clock.now()).truncated_entities == ("Bill",)

    def test_an_entity_the_feed_refuses_is_isolated_named_and_not_asked_again(self, reader: Any, company: Any) -> None:
        names = ["Invoice", "Bill", "Budget", "Deposit", "Payment"]
        company.put("Payment", "4")
        company.feedless = {"Budget"}
        feed = reader.change_feed(names, company.clock.now() - timedelta(1))
        assert feed.refused == ("Budget",)
        assert [cut.key.entity for cut in feed.changed] == ["Payment"]
        asked = len(company.seen)
        assert reader.change_feed(names, company.clock.now()).refused == ("Budget",)
        assert len(company.seen) == asked + 1

    def test_an_unknown_entity_in_the_feed_is_named(self, reader: Any, company: Any) -> None:
        body = b'{"CDCResponse":[{"QueryResponse":[{"Hologram":[{"Id":"1"}],"maxResults":1}]}],"time":"x"}'
        company.before = lambda r: httpx.Response(200, content=body) if r.url.path.endswith("/cdc") else None
        assert reader.change_feed(["Bill"], company.clock.now()).unknown == ("Hologram",)


class TestFaults:
    def test_a_record_that_is_gone_is_none(self, reader: Any) -> None:
        assert reader.read(RecordKey("Invoice", "404")) is None

    def test_a_fault_has_the_rows_of_quickbooks(self, fake: Any, reader: Any, company: Any) -> None:
        company.refused["Invoice"] = fake.fault("5020", "Permission Denied Error", "You have no right")
        with pytest.raises(Fault) as caught:
            list(reader.sweep("Invoice"))
        assert caught.value.faults == (("5020", "Permission Denied Error", "You have no right", ""),)
        assert caught.value.means

    def test_a_fault_inside_a_200_is_seen(self, reader: Any, company: Any) -> None:
        company.before = lambda r: httpx.Response(
            200, json={"Fault": {"Error": [{"code": "10000", "Message": "Inside"}]}}
        )
        with pytest.raises(Fault, match="Inside"):
            reader.company()

    def test_the_lower_case_envelope_and_the_token_it_repeats(self, fake: Any, reader: Any, company: Any) -> None:
        def before(request: httpx.Request) -> httpx.Response | None:
            return fake.gateway_fault(403, "3100", "Token: secret-token-text") if "/v3/" in request.url.path else None

        company.before = before
        with pytest.raises(SignInFailed) as caught:
            reader.company()
        assert "secret-token-text" not in str(caught.value)

    def test_the_token_in_a_sign_in_fault_is_not_kept(self, fake: Any) -> None:
        body = fake.gateway_fault(401, "3200", "Token expired: AB01secret").content
        ((code, _, detail, _),) = faults.rows_in(body)
        assert (code, detail) == ("3200", "")

    def test_throttled_to_the_end(self, fake: Any, reader: Any, company: Any) -> None:
        company.before = lambda _: fake.gateway_fault(429, "3001", "The request limit was reached")
        with pytest.raises(Throttled):
            reader.company()

    def test_an_xml_fault_is_read(self, reader: Any, company: Any) -> None:
        xml = b'<Fault type="SystemFault"><Error code="6190"><Message>Subscription</Message><Detail>Ended</Detail></Error></Fault>'
        company.before = lambda _: httpx.Response(400, content=xml)
        with pytest.raises(Fault) as caught:
            reader.company()
        assert caught.value.fault_codes == {"6190"}

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html>proxy</html>",
            b'{"QueryResponse":{"Invoice":[{"Id":"1"}',
            b"[]",
            b'{"time":"x"}',
            b'{"QueryResponse":{"Invoice":[{"Id":"\xff"}]}}',
            b'{"QueryResponse":{"Invoice":[1]}}',
            b'{"QueryResponse":{"Invoice":7}}',
            b'{"QueryResponse":[]}',
            b'{"QueryResponse":{}} trailing',
        ],
    )
    def test_an_answer_that_is_not_one_is_an_error(self, reader: Any, company: Any, body: bytes) -> None:
        company.before = lambda r: httpx.Response(200, content=body) if "query" in r.url.params else None
        with pytest.raises(UnreadableAnswer):
            list(reader.sweep("Invoice"))

    def test_a_broken_answer_is_asked_for_again(self, reader: Any, company: Any) -> None:
        company.put("Invoice", "1")
        broken = iter([b'{"QueryResponse":{"Inv', b"{"])
        company.before = lambda _: next((httpx.Response(200, content=body) for body in broken), None)
        assert len(list(reader.sweep("Invoice"))) == 1

    def test_a_redirect_is_not_followed(self, reader: Any, company: Any) -> None:
        company.before = lambda _: httpx.Response(302, headers={"Location": "https://elsewhere.example/"})
        with pytest.raises(Fault, match="redirect"):
            reader.company()
        assert {request.url.host for request in company.seen} == {"books.example"}

    @pytest.mark.parametrize("record_id", ["../1", "1/send", "1?x=1", "", "1%2F2"])
    def test_an_id_that_would_be_another_address_is_refused(self, reader: Any, company: Any, record_id: str) -> None:
        with pytest.raises(WrongUse):
            reader.read(RecordKey("Invoice", record_id))
        assert company.seen == []

    def test_a_report_is_returned_whole(self, reader: Any, company: Any) -> None:
        report = b'{ "Header":{"ReportName":"TrialBalance"},"Rows":{} }'
        company.before = lambda r: httpx.Response(200, content=report) if "/reports/" in r.url.path else None
        assert reader.report("TrialBalance", end_date="2026-11-23") == report
        with pytest.raises(WrongUse):
            reader.report("../invoice")

    def test_no_answer_at_all(self, reader: Any, company: Any) -> None:
        def drop(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("Bearer access-0 did not answer", request=request)

        company.before = drop
        with pytest.raises(NetworkFailed) as caught:
            reader.company()
        assert "access-0" not in str(caught.value)
        assert caught.value.__cause__ is None


class TestLog:
    def test_one_line_a_request_without_bodies_tokens_or_what_was_searched(
        self, fake: Any, company: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        lines: list[RequestLine] = []
        company.put("Customer", "1", DisplayName="Amy Confidential")
        limits = Limits(clock=company.clock)
        store = fake.MemoryTokenStore(fake.tokens(company.clock, seconds=0))
        with open_reader(fake.connection(), store, limits=limits, on_request=lines.append, transport=company) as reader:
            reader.query("Customer", "DisplayName = 'Amy Confidential'")
            assert reader.requests == 2
        assert [(line.method, line.status) for line in lines] == [("POST", 200), ("GET", 200)]
        assert lines[1].intuit_tid == "1-abc"
        assert lines[1].bytes > 0
        assert len(lines[1].digest) == 64
        said = caplog.text + repr(lines)
        for secret in ("Confidential", "access-", "refresh-0", "client-secret", "Bearer", "Basic"):
            assert secret not in said


def test_a_search_goes_on_by_change_where_the_order_by_id_is_refused(fake: Any, reader: Any, company: Any) -> None:
    company.put("Invoice", "1")

    def before(request: httpx.Request) -> httpx.Response | None:
        refused = "ORDERBY Id" in request.url.params.get("query", "")
        return fake.fault("4001", "Invalid query", "property 'Id' is not sortable") if refused else None

    company.before = before
    assert [cut.key.id for cut in reader.query("Invoice", "Id IN ('1')")] == ["1"]
    asked = len(company.seen)
    reader.query("Invoice", "Id IN ('1')")
    assert len(company.seen) == asked + 1, "the refusal is remembered"


def test_a_condition_that_is_refused_stays_refused_and_costs_no_order(fake: Any, reader: Any, company: Any) -> None:
    company.put("Invoice", "1")
    company.before = lambda request: (
        fake.fault("4001", "Invalid query", "property 'Memo' is not queryable")
        if "Memo" in request.url.params.get("query", "")
        else None
    )
    with pytest.raises(Fault):
        reader.query("Invoice", "Memo = 'x'")
    reader.query("Invoice", "Id IN ('1')")
    assert "ORDERBY Id" in company.seen[-1].url.params["query"]


class TestSearchesThatComeInPart:
    """What changed is known by them: a part of it would pass for all of it."""

    WHERE = "MetaData.LastUpdatedTime >= '2026-01-01T00:00:00Z'"

    def _search(self, reader: Any) -> Any:
        (found,) = reader.query_many([("Invoice", self.WHERE)])
        return found

    def test_pages_that_do_not_turn(self, reader: Any, company: Any) -> None:
        for _ in range(1500):
            company.put("Invoice")
        query = company.query
        company.query = lambda text: query(re.sub(r"STARTPOSITION \d+", "STARTPOSITION 1", text))
        assert isinstance(self._search(reader), Fault)

    @pytest.mark.parametrize("number", [20, 40])
    def test_rows_that_are_declared_and_not_there(self, reader: Any, company: Any, number: int) -> None:
        for _ in range(number):
            company.put("Invoice")
        query = company.query
        company.query = lambda text: re.sub(
            rb'"maxResults":(\d+)', lambda m: b'"maxResults":%d' % (int(m[1]) + 1), query(text)
        )
        assert isinstance(self._search(reader), Fault)

    def test_one_that_is_refused_by_itself_refuses_no_other(self, reader: Any, company: Any, fake: Any) -> None:
        for _ in range(40):
            company.put("Invoice")
        customer = company.put("Customer")
        query = company.query
        company.query = lambda text: fake.fault("5030") if "MAXRESULTS 1000" in text else query(text)
        refused, found = reader.query_many([("Invoice", self.WHERE), ("Customer", self.WHERE)])
        assert isinstance(refused, Fault)
        assert [cut.key.id for cut in found] == [customer]
