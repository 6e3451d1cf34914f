"""Who did it, and what a merge leaves behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from akika_forensics.twin.people.actors import OWNER
from tests.twin.beliefs.looking import look, ref


@look("last_modified_by")
def _(books: Any) -> str:
    person = books.twin.screens.enter("Vendor", {"DisplayName": "By a person"})["id"]
    app = books.twin.create("Vendor", {"DisplayName": "By an application"})
    told = [body["MetaData"].get("LastModifiedByRef", {}).get("value") for body in (books.get("Vendor", person), app)]
    return {(None, None): "absent", (OWNER, OWNER): "user", (OWNER, "0"): "person_alone"}[told[0], told[1]]


@look("merge_touches")
def _(books: Any) -> str:
    made = books.twin.create("Bill", {"VendorRef": ref(books.power), "Line": [books.spend(5)]})
    books.twin.screens.merge("Vendor", books.power, books.lumber)
    after = books.get("Bill", made["Id"])
    assert after["VendorRef"] == {"value": books.lumber, "name": "Lumber Co"}
    if after["MetaData"] == made["MetaData"]:
        return "untouched"
    return "time" if after["SyncToken"] == made["SyncToken"] else "time_and_token"


def _log(books: Any) -> str:
    return str(books.twin.audit_log().decode("utf-8-sig"))


@look("merge_feed")
def _(books: Any) -> str:
    books.twin.screens.merge("Vendor", books.power, books.lumber)
    feed = books.twin.change_feed(["Vendor"], books.clock() - timedelta(days=20))
    assert books.twin.get("Vendor", books.power) is None
    return "stub" if [record_id for group in feed.groups for record_id, _ in group.deleted] else "silent"


@look("audit_app_writes")
def _(books: Any) -> str:
    books.twin.create("Vendor", {"DisplayName": "By an application"})
    row = _log(books).splitlines()[1]
    return "system_administration" if "System Administration,Added Vendor By an" in row else "user"


@look("audit_merge")
def _(books: Any) -> str:
    books.twin.screens.merge("Vendor", books.power, books.lumber)
    return "edited" if "Edited Vendor Lumber Co" in _log(books) else "hidden"


@look("audit_zone_label")
def _(books: Any) -> str:
    books.twin.create("Vendor", {"DisplayName": "Summer"}, at=books.clock() - timedelta(days=250))
    (row,) = [line for line in _log(books).splitlines() if line.endswith("Added Vendor Summer")]
    return "by_season" if "Pacific Daylight Time" in row else "standard"
