"""A batch: how many items, in which order they are answered, and the lengths of its names."""

from __future__ import annotations

from typing import Any

import pytest

from akika_forensics.twin.http import batching


def named(number: int) -> dict[str, Any]:
    return {"bId": f"b{number}", "operation": "create", "PaymentMethod": {"Name": f"way {number}"}}


def test_thirty_items_are_answered_in_their_order_and_one_more_is_refused_whole(books: Any) -> None:
    answers = books.twin.batch([named(number) for number in range(30)])
    assert [list(answer) for answer in answers] == [["PaymentMethod", "bId"]] * 30
    assert [answer["bId"] for answer in answers] == [f"b{number}" for number in range(30)]
    assert [answer["PaymentMethod"]["Name"] for answer in answers] == [f"way {number}" for number in range(30)]
    fault = books.refused("1040", books.twin.batch, [named(number) for number in range(100, 131)])
    assert (fault.status, batching.LIMIT) == (400, 30)


def test_an_item_that_is_refused_leaves_the_others_alone(books: Any) -> None:
    answers = books.twin.batch([named(1), named(1), {"Query": "select * from Nothing"}, named(2)])
    assert [next(iter(answer)) for answer in answers] == ["PaymentMethod", "Fault", "Fault", "PaymentMethod"]
    assert [answer["Fault"]["Error"][0]["code"] for answer in answers[1:3]] == ["6240", "4001"]
    assert "bId" not in answers[2]


@pytest.mark.parametrize("operation", ["create", "Create", "CREATE", None])
def test_an_operation_is_a_create_in_any_case_and_when_it_is_missing(books: Any, operation: str | None) -> None:
    item = {key: value for key, value in (named(1) | {"operation": operation}).items() if value is not None}
    (answer,) = books.twin.batch([item])
    assert answer["PaymentMethod"]["SyncToken"] == "0"
    changed = {"Id": answer["PaymentMethod"]["Id"], "SyncToken": "0", "Name": "other"}
    (again,) = books.twin.batch([item | {"PaymentMethod": changed}])
    assert (again["PaymentMethod"]["Name"], again["PaymentMethod"]["SyncToken"]) == ("other", "1")


@pytest.mark.parametrize("operation", ["revert", "merge", "send", "upsert"])
def test_other_operations_are_refused(books: Any, operation: str) -> None:
    (answer,) = books.twin.batch([named(1) | {"operation": operation}])
    assert answer["Fault"]["Error"][0]["code"] == "500"
    assert operation in answer["Fault"]["Error"][0]["Detail"]


def test_names_are_counted_where_the_service_joins_them(company: Any) -> None:
    def posted(path: str, body: dict[str, Any], request_id: str | None = None) -> str:
        more = {} if request_id is None else {"requestid": request_id}
        answer = company.post(path, body, **more).json()
        return answer["Fault"]["Error"][0]["code"] if "Fault" in answer else ""

    def items(number: int, name: str) -> dict[str, Any]:
        return {"BatchItemRequest": [named(number) | {"bId": name}]}

    assert posted("paymentmethod", {"Name": "a"}, "x" * 50) == ""
    assert posted("paymentmethod", {"Name": "b"}, "x" * 51) == "2050"
    assert posted("batch", items(1, "y" * 10), "x" * 36) == ""
    assert posted("batch", items(2, "y" * 10), "x" * 37) == "2050"
    assert posted("batch", items(3, "y" * 11), "z" * 36) == "2050"
    assert posted("batch", items(4, "y" * 11)) == "", "without a requestid nothing is joined"
    assert company.books.twin.count("PaymentMethod") == 3
