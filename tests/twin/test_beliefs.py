"""Every switch of the table does what each of its choices says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from akika_forensics.cli.app import main
from akika_forensics.errors import WrongUse
from akika_forensics.twin import Beliefs, Twin, serve
from akika_forensics.twin.beliefs import BELIEFS, FORMAT, read_choices
from akika_forensics.twin.uncertain import TABLE
from tests.twin.beliefs import asking, currency, people, records, reports, service, webhooks
from tests.twin.beliefs.looking import LOOKS, Body, ref

ROOMS = (asking, currency, people, records, reports, service, webhooks)
"""Each keeps its looks in the table when it is loaded."""

CHOICES = [(row.name, choice) for row in TABLE for choice in row.choices]


def test_every_belief_has_its_proof() -> None:
    assert set(LOOKS) == set(BELIEFS)
    assert len(TABLE) == len(BELIEFS)


@pytest.mark.parametrize(("name", "choice"), CHOICES, ids=[f"{name}={choice}" for name, choice in CHOICES])
def test_each_choice_is_what_the_company_then_does(name: str, choice: str, books: Any) -> None:
    books.twin.believe(Beliefs().but(**{name: choice}))
    assert LOOKS[name](books) == choice


def test_rows_are_questions_with_several_choices_and_a_source() -> None:
    for row in TABLE:
        assert row.question.endswith("?")
        assert len(set(row.choices)) == len(row.choices) >= 2
        assert row.default in row.choices
        assert row.source
        assert row.affects


def test_an_unknown_name_or_choice_is_refused_with_what_is_possible() -> None:
    with pytest.raises(WrongUse, match="orderby_id"):
        Beliefs().choice("order_by_id")
    with pytest.raises(WrongUse, match="works or refused"):
        Beliefs().but(orderby_id="perhaps")
    with pytest.raises(WrongUse, match="NAME=CHOICE"):
        read_choices(["orderby_id"])
    with pytest.raises(WrongUse, match="akika-beliefs/1"):
        Beliefs.from_profile({"beliefs": {}})


def test_a_profile_settles_and_an_assumption_does_not() -> None:
    profile = {"format": FORMAT, "beliefs": {"orderby_id": {"choice": "refused", "asked": "", "answered": "4001"}}}
    settled = Beliefs.from_profile(profile)
    assert settled.choice("orderby_id") == "refused"
    assumed = settled.but(retry_after="sent")
    names = [row.name for row in assumed.unsettled]
    assert "orderby_id" not in names
    assert "retry_after" in names
    assert len(names) == len(TABLE) - 1


def test_only_what_matters_to_an_act_is_named() -> None:
    names = {row.belief for row in Beliefs().unverified(["create Vendor"])}
    assert {"vendor_terms_on_create", "inactive_name", "vendor_opening"} <= names
    assert not {"account_opening", "orderby_id"} & names
    assert "query_inventory_adjustment" not in {row.belief for row in Beliefs().unverified(["query Vendor"])}
    assert "orderby_id" in {row.belief for row in Beliefs().unverified(["order Vendor"])}


def test_a_company_keeps_what_it_believes_in_its_file(tmp_path: Path) -> None:
    file = tmp_path / "company.sqlite"
    profile = {"format": FORMAT, "beliefs": {"orderby_id": {"choice": "refused"}}}
    first = Twin(file, beliefs=Beliefs.from_profile(profile).but(retry_after="sent"))
    first.close()
    again = Twin(file)
    assert again.beliefs == first.beliefs
    assert again.beliefs.settled == {"orderby_id"}
    again.close()
    third = Twin(file, beliefs=Beliefs())
    assert third.beliefs.choice("retry_after") == "absent"
    third.close()


def test_serving_can_bring_other_beliefs(books: Any) -> None:
    with serve(books.twin, beliefs=Beliefs({"orderby_id": "refused"})) as server:
        head = {"Authorization": f"Bearer {server.credentials.access_token}"}
        url = f"{server.base_url}/v3/company/{server.realm_id}/query"
        answer = httpx.get(url, params={"query": "select * from Term order by Id"}, headers=head)
    assert answer.status_code == 400


def test_ids_by_type_do_not_meet_those_given_before(books: Any) -> None:
    """A company that changes its mind gives no Id twice."""
    bill: Body = {"VendorRef": ref(books.power), "Line": [books.spend(5)]}
    made = [books.made("Bill", bill), books.made("Invoice", books.sale(books.ann, 5))]
    books.twin.believe(Beliefs().but(transaction_ids="by_type"))
    more = [books.made("Bill", bill) for _ in range(3)]
    books.twin.believe(Beliefs())
    last = books.made("Bill", bill)
    assert len({made[0], *more, last}) == 5
    assert int(last) > max(int(number) for number in (*made, *more))


def test_the_command_line_lists_them_with_what_a_profile_settled(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "profile.json"
    file.write_text(json.dumps({"format": FORMAT, "beliefs": {"orderby_id": {"choice": "refused"}}}))
    assert main(["twin", "beliefs", "--profile", str(file), "--json"]) == 0
    rows = {row["belief"]: row for row in json.loads(capfd.readouterr().out)["beliefs"]}
    assert rows.keys() == BELIEFS.keys()
    assert (rows["orderby_id"]["taken"], rows["orderby_id"]["settled"]) == ("refused", True)
    assert [row["belief"] for row in rows.values() if row["settled"]] == ["orderby_id"]
    assert main(["twin", "beliefs"]) == 0
    assert "orderby_id: [works] or refused" in capfd.readouterr().out


def test_serving_takes_choices_from_the_command_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["twin", "serve", "--belief", "orderby_id=perhaps"]) == 2
    assert "works or refused" in capfd.readouterr().err
    assert main(["twin", "serve", "--profile", "/nowhere/profile.json"]) == 2
