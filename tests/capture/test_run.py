from __future__ import annotations

import itertools
import json
from collections import Counter
from typing import Any

import httpx
import pytest

from akika_forensics.capture import readable_entities
from akika_forensics.capture.deleted_before import MOST_CALLS
from akika_forensics.errors import Interrupted, NetworkFailed, SignInFailed, WrongUse
from akika_forensics.model.payload import Digested
from akika_forensics.model.record import RecordKey


def _query_of(request: httpx.Request) -> str:
    return request.url.params.get("query", "")


def test_all_that_can_be_read_is_named() -> None:
    assert len(readable_entities()) == 41
    assert {"TaxService", "Entitlements"}.isdisjoint(readable_entities())


def test_a_company_of_thousands(run: Any, company: Any, writer: Any) -> None:
    for number in range(2500):
        company.put("Invoice", TxnDate="2026-11-20", CustomerRef={"value": "90001"}, DocNumber=str(number))
    for entity in readable_entities():
        if entity not in {"CompanyInfo", "Preferences", "TaxClassification"}:
            company.put(entity)
    company.put("Customer", "90001", DisplayName="Amy")
    company.put("Customer", "90002", DisplayName="Gone (deleted)", Active=False)
    company.clock.sleep(3600)
    told: list[tuple[str, int, int]] = []
    info = run(company, writer, progress=lambda *step: told.append(step))
    assert writer.state == company.state()
    assert info["complete"], info["findings"]
    assert writer.codes("problem") == set()
    assert info["fence"]["quiet"]
    assert info["fence"]["passes"] == 2
    assert info["counts"]["Invoice"] == 2501
    assert info["counts"]["Customer"] == 3
    assert info["requests"] == len(company.seen)
    assert info["requests"] <= 1.05 * 43 + 30 + MOST_CALLS, "what was deleted before is asked for in so many"
    assert ("Invoice", 2501, 2501) in told
    assert len(told) == 40, "one step for each entity that could be read"
    assert company.most_in_flight <= 10
    assert info["taken_at"] <= info["finished_at"]


def test_payloads_are_handed_over_byte_for_byte(run: Any, company: Any, writer: Any) -> None:
    raw = b'{ "Id":"7" ,"Amount": 1.10,"B":1e2,"z":"\\u00e9\\/ \xf0\x9f\x98\x80" }'
    company.put("Invoice", "7", raw=raw)
    run(company, writer)
    assert writer.records[RecordKey("Invoice", "7")] == raw


def test_what_is_unknown_is_announced_and_kept(run: Any, company: Any, writer: Any) -> None:
    company.put("Invoice", "7", Hologram={"a": 1}, Line=[{"SalesItemLineDetail": {"Colour": "red"}}])
    company.put("Bill", "8", raw=b'{"DocNumber":"without an id"}')
    answer = b'{"QueryResponse":{"Term":[{"Id":"1"}],"Novelty":[{"Id":"1"}],"startPosition":1,"maxResults":1},"time":"2026-11-23T10:00:00Z"}'
    company.put("Term", "1")
    company.before = lambda r: httpx.Response(200, content=answer) if "FROM Term" in _query_of(r) else None
    info = run(company, writer)
    unknown = {f["what"]: f for f in info["findings"] if f["code"] == "unknown_field"}
    assert set(unknown) == {
        "Invoice has the undocumented field Hologram.",
        "Invoice has the undocumented field Line[].SalesItemLineDetail.Colour.",
    }
    assert unknown["Invoice has the undocumented field Hologram."]["records"] == ["Invoice:7"]
    (record,) = writer.finding("record_without_id")["records"]
    assert RecordKey.parse(record) in writer.records
    assert "Novelty" in writer.finding("unknown_key")["what"]
    assert b'"Hologram"' in writer.records[RecordKey("Invoice", "7")]


class TestNotWhole:
    def test_an_entity_that_is_refused(self, fake: Any, run: Any, company: Any, writer: Any) -> None:
        company.put("Invoice", "1")
        company.refused["Bill"] = fake.fault("5020", "Permission Denied Error")
        info = run(company, writer)
        assert not info["complete"]
        assert "Bill" in writer.finding("entity_unreadable")["what"]
        assert ("Invoice", "1") in writer.state

    def test_an_entity_whose_list_cannot_be_read(self, run: Any, company: Any, writer: Any) -> None:
        company.put("Invoice", "1")
        company.before = lambda r: httpx.Response(200, content=b'{"Query') if "FROM Bill " in _query_of(r) else None
        assert not run(company, writer)["complete"]
        assert "Bill" in writer.finding("entity_unreadable")["what"]
        assert ("Invoice", "1") in writer.state

    @pytest.mark.parametrize(
        ("entity", "code", "finding"),
        [
            ("InventoryAdjustment", "4001", "entity_not_listed"),
            ("ExchangeRate", "6000", "entity_not_offered"),
            ("CompanyCurrency", "6000", "entity_not_offered"),
            ("Class", "5030", "entity_not_offered"),
        ],
    )
    def test_what_the_api_does_not_offer_is_named_and_the_rest_is_whole(
        self, fake: Any, run: Any, company: Any, writer: Any, entity: str, code: str, finding: str
    ) -> None:
        company.refused[entity] = fake.fault(code)
        assert run(company, writer)["complete"]
        assert any(entity in f["what"] and f["code"] == finding for f in writer.committed["findings"])

    def test_rates_refused_in_a_company_of_many_currencies_are_missing(
        self, fake: Any, run: Any, company: Any, writer: Any
    ) -> None:
        company.put("Preferences", "1", CurrencyPrefs={"MultiCurrencyEnabled": True})
        company.refused["ExchangeRate"] = fake.fault("6000")
        assert not run(company, writer)["complete"]

    def test_inactive_names_that_stay_hidden(self, fake: Any, run: Any, company: Any, writer: Any) -> None:
        company.before = lambda r: fake.fault("4001") if "Class WHERE Active" in _query_of(r) else None
        assert not run(company, writer)["complete"]
        assert "Class" in writer.finding("inactive_hidden")["what"]

    def test_a_count_that_never_agrees(self, run: Any, company: Any, writer: Any) -> None:
        company.put("Invoice", "1")
        real = company.query

        def query(statement: str) -> Any:
            return b'{"totalCount":7}' if statement == "SELECT count(*) FROM Invoice" else real(statement)

        company.query = query
        info = run(company, writer)
        assert not info["complete"]
        assert writer.finding("count_mismatch")["what"] == "QuickBooks counts 7 Invoice records and lists 1."
        assert info["counts"]["Invoice"] == 7

    def test_a_page_cap_below_ours_does_not_pass_for_the_whole(self, run: Any, company: Any, writer: Any) -> None:
        for _ in range(300):
            company.put("Invoice")
        company.clock.sleep(3600)
        company.page_cap = 100
        assert not run(company, writer)["complete"]

    def test_an_uncounted_entity_is_a_note(self, fake: Any, run: Any, company: Any, writer: Any) -> None:
        real = company.query
        company.query = lambda s: fake.fault("4001") if s == "SELECT count(*) FROM Preferences" else real(s)
        assert run(company, writer)["complete"]
        assert any("Preferences" in f["what"] for f in writer.committed["findings"] if f["code"] == "not_counted")

    def test_a_record_the_vault_cannot_take_is_named_and_the_others_are_kept(
        self, run: Any, company: Any, writer: Any
    ) -> None:
        for number in range(3):
            company.put("Invoice", str(number + 1))
        take = writer.add

        def add(key: RecordKey, payload: bytes, digested: Digested | None = None) -> None:
            if key.id == "2":
                raise WrongUse("This number is too long.")
            take(key, payload, digested)

        writer.add = add
        company.clock.sleep(3600)
        assert not run(company, writer)["complete"]
        assert writer.finding("record_refused")["records"] == ["Invoice:2"]
        assert {key.id for key in writer.records if key.entity == "Invoice"} == {"1", "3"}

    def test_a_service_that_takes_no_batches(self, fake: Any, run: Any, company: Any, writer: Any) -> None:
        company.put("Invoice", "1")
        company.before = lambda r: fake.fault("500") if r.url.path.endswith("/batch") else None
        info = run(company, writer)
        assert info["complete"]
        assert info["counts"]["Invoice"] == 1


class TestStopped:
    def test_nothing_is_committed(self, run: Any, company: Any, writer: Any) -> None:
        for _ in range(5000):
            company.put("Invoice")
        with pytest.raises(Interrupted):
            run(company, writer, should_stop=lambda: len(company.seen) > 6)
        assert writer.committed is None
        assert len(company.seen) <= 6 + 12, "those in flight end, no others begin"

    def test_a_wait_for_the_service_does_not_keep_the_user(
        self, fake: Any, run: Any, company: Any, writer: Any
    ) -> None:
        """A thread that would sit out one pause after another gives up when the user stops."""

        def before(request: httpx.Request) -> httpx.Response | None:
            return fake.gateway_fault(429, "3001", "x") if "FROM Bill " in _query_of(request) else None

        company.before = before
        with pytest.raises(Interrupted):
            run(company, writer, should_stop=lambda: company.clock.seconds > 10, throttle_attempts=10**9)
        assert writer.committed is None

    def test_a_stop_between_the_passes(self, run: Any, company: Any, writer: Any) -> None:
        with pytest.raises(Interrupted):
            run(company, writer, should_stop=lambda: any(r.url.path.endswith("/cdc") for r in company.seen))
        assert writer.committed is None


class TestFailures:
    @pytest.mark.parametrize("after", [0, 1, 2, 3, 10, 30, 45, 46, 47, 50])
    def test_a_network_that_fails_for_good_commits_nothing(
        self, run: Any, company: Any, writer: Any, after: int
    ) -> None:
        def before(request: httpx.Request) -> httpx.Response | None:
            if len(company.seen) > after:
                raise httpx.ReadError("reset", request=request)
            return None

        company.before = before
        with pytest.raises(NetworkFailed):
            run(company, writer)
        assert writer.committed is None

    def test_a_network_that_stumbles_is_no_matter(self, run: Any, company: Any, writer: Any) -> None:
        # By request and attempt, not by order of arrival: ten are in flight, and the order is the threads' own.
        tried: Counter[bytes] = Counter()
        stumbles = itertools.cycle(["reset", 429, None, 503, "reset", None])
        first: dict[bytes, object] = {}

        def before(request: httpx.Request) -> httpx.Response | None:
            which = str(request.url).encode() + request.read()
            tried[which] += 1
            if which not in first:
                first[which] = next(stumbles)
            how = first[which] if tried[which] <= 2 else None
            if how == "reset":
                raise httpx.ReadError("reset", request=request)
            return httpx.Response(how) if isinstance(how, int) else None

        for _ in range(50):
            company.put("Invoice")
        company.before = before
        assert run(company, writer)["complete"]
        assert writer.state == company.state()
        assert {"reset", 429, 503} <= set(first.values()), "each of them happened"

    @pytest.mark.parametrize(("records", "severity"), [(3, "note"), (2500, "warning")])
    def test_a_list_by_change_is_worth_a_look_when_it_has_several_pages(
        self, fake: Any, run: Any, company: Any, writer: Any, records: int, severity: str
    ) -> None:
        for _ in range(records):
            company.put("Invoice")
        refused = fake.fault("4001", "Invalid query", "property 'Id' is not sortable")
        company.before = lambda request: (
            refused if "Invoice" in _query_of(request) and "ORDERBY Id" in _query_of(request) else None
        )
        run(company, writer)
        assert writer.finding("ordered_by_change")["severity"] == severity
        assert writer.state == company.state()

    def test_a_sign_in_that_ends(self, fake: Any, run: Any, company: Any, writer: Any) -> None:
        company.before = lambda _: fake.gateway_fault(403, "3100", "x") if len(company.seen) > 20 else None
        with pytest.raises(SignInFailed):
            run(company, writer)
        assert writer.committed is None


class TestReferences:
    def test_what_is_cited_and_gone_is_named_and_does_not_make_it_less_whole(
        self, run: Any, company: Any, writer: Any
    ) -> None:
        company.put("Invoice", "1", CustomerRef={"value": "77", "name": "Nobody"})
        company.put("Invoice", "2", CustomerRef={"value": "77"})
        assert run(company, writer)["complete"]
        finding = writer.finding("dangling_reference")
        assert "Customer:77 is cited and is not there any more" in finding["what"]
        assert finding["records"] == ["Invoice:1", "Invoice:2"]

    def test_what_no_list_held_is_read_by_its_id(self, run: Any, company: Any, writer: Any) -> None:
        company.put("Invoice", "1", CustomerRef={"value": "77"})
        company.put("Customer", "77", DisplayName="Hidden")
        company.clock.sleep(3600)
        real = company.query
        company.query = lambda s: b"{}" if "FROM Customer" in s and "*)" not in s and "Id IN" not in s else real(s)
        run(company, writer)
        assert ("Customer", "77") in writer.state
        assert "Customer:77" in writer.finding("listed_nowhere")["what"]

    def test_links_to_what_the_api_cannot_read(self, run: Any, company: Any, writer: Any) -> None:
        company.put("Invoice", "1", LinkedTxn=[{"TxnId": "5", "TxnType": "StatementCharge"}])
        assert run(company, writer)["complete"]
        assert "StatementCharge" in writer.finding("unreadable_reference")["what"]

    def test_a_company_at_one_with_itself(self, run: Any, company: Any, writer: Any) -> None:
        company.put("Customer", "77")
        company.put("Invoice", "1", CustomerRef={"value": "77"}, CurrencyRef={"value": "USD"})
        run(company, writer)
        assert writer.codes("problem") | writer.codes("warning") == set()
        assert "dangling_reference" not in writer.codes()


class TestControls:
    def test_the_trial_balance_lies_beside_the_records(self, run: Any, company: Any, writer: Any) -> None:
        company.put("Invoice", "1", TxnDate="2027-02-03")
        run(company, writer)
        assert {name for name in writer.controls if name.startswith("TrialBalance/Accrual/")} == {
            "TrialBalance/Accrual/2026-11-23",
            "TrialBalance/Accrual/2027-02-28",
        }
        header = json.loads(writer.controls["TrialBalance/Accrual/2027-02-28"])["Header"]
        assert header["accounting_method"] == "Accrual"
        assert (header["start_date"], header["end_date"]) == ("2027-01-01", "2027-02-28")

    def test_a_refused_report_is_a_warning(self, fake: Any, run: Any, company: Any, writer: Any) -> None:
        company.before = lambda r: fake.fault("5020") if "/reports/" in r.url.path else None
        info = run(company, writer)
        assert info["complete"]
        missing = [found for found in info["findings"] if found["code"] == "control_missing"]
        (balance,) = [found for found in missing if "TrialBalance" in found["what"]]
        assert balance["severity"] == "warning"
        assert "TrialBalance/Accrual/2026-11-23" in balance["records"]
        assert writer.controls == {}

    def test_a_report_that_was_cut_off_is_a_warning(self, run: Any, company: Any, writer: Any) -> None:
        body = (
            b'{"Rows":{"Row":[{"ColData":[{"value":"Unable to display more data. Please reduce the date range."}]}]}}'
        )
        company.before = lambda r: httpx.Response(200, content=body) if "/reports/" in r.url.path else None
        run(company, writer)
        assert "control_cut" in writer.codes("warning")


def test_lists_of_few_records_and_none_are_read_together(run: Any, writer: Any, company: Any) -> None:
    company.lists_in_batches = True
    for entity in ("Term", "Class", "Bill"):
        for _ in range(25):
            company.put(entity, Active=entity != "Class")
    for _ in range(40):
        company.put("Invoice")
    assert run(company, writer)["complete"]
    assert writer.state == company.state()
    pages = {
        request.url.params["query"].split()[3]
        for request in company.seen
        if "SELECT *" in request.url.params.get("query", "")
    }
    assert pages == {"Invoice"}
