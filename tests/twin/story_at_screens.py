"""The same people at QuickBooks' own screens, which the log of requests knows nothing of."""

from __future__ import annotations

import random
from typing import Any

from akika_forensics.model.payload import encode
from akika_forensics.twin.people.actors import OWNER
from tests.twin.story import ADA, ANA, BEN, KINDS, TRANSACTIONS, Body, Key, Story, Told

PEOPLE = (OWNER, ADA.id, ANA.id, BEN.id)
ADMINS = (OWNER, ADA.id, ANA.id)


class StoryAtScreens(Story):
    """What a screen did is what it answers; one that says no did nothing."""

    def use(self, user: str, screen: str, body: Body) -> Body | None:
        """The screen's answer; None where it says no."""
        answer = self.web.post(f"/twin/screens/{screen}", content=encode({**body, "as": user}))
        assert answer.status_code in {200, 400}, answer.text
        return dict(answer.json()) if answer.status_code == 200 else None

    def _did(self, user: str, verb: str, answer: Body | None) -> None:
        self.look(user, [(verb, *key) for key in _keys(answer)])

    def _changed(self, user: str, answer: Body | None) -> None:
        """Saving what is as it was is no edit."""
        now = self.twin.dump()
        self.look(user, [("updated", *key) for key in _keys(answer) if now.get(key) != self._records.get(key)])

    def step_at_enter(self, choice: random.Random) -> None:
        user, entity = choice.choice(PEOPLE), choice.choice(KINDS)
        self._did(user, "created", self.use(user, "enter", {"entity": entity, "body": self._new(choice, entity)}))

    def step_at_edit(self, choice: random.Random) -> None:
        found, user = self.pick(choice, *KINDS), choice.choice(PEOPLE)
        if found is not None:
            memo = "Notes" if found[0] in {"Customer", "Vendor"} else "PrivateNote"
            body = {"Id": found[1]["Id"], memo: f"{choice.random()}"}
            self._changed(user, self.use(user, "edit", {"entity": found[0], "body": body}))

    def step_at_delete(self, choice: random.Random) -> None:
        found, user = self.pick(choice, *TRANSACTIONS), choice.choice(PEOPLE)
        if found is not None:
            self._did(user, "deleted", self.use(user, "delete", {"entity": found[0], "id": found[1]["Id"]}))

    def step_at_void(self, choice: random.Random) -> None:
        """Bills too."""
        found, user = self.pick(choice, "Bill", "Invoice", "Purchase", "Estimate"), choice.choice(PEOPLE)
        if found is not None:
            self._did(user, "voided", self.use(user, "void", {"entity": found[0], "id": found[1]["Id"]}))

    def step_at_delete_many(self, choice: random.Random) -> None:
        """All of them or none."""
        found = [self.pick(choice, "JournalEntry", "Estimate", "Transfer") for _ in range(3)]
        rows = {(entity, body["Id"]) for entity, body in filter(None, found)}
        user = choice.choice(PEOPLE)
        if rows:
            listed = [{"entity": entity, "id": record_id} for entity, record_id in sorted(rows)]
            self._did(user, "deleted", self.use(user, "delete_many", {"transactions": listed}))

    def step_at_import(self, choice: random.Random) -> None:
        """One moment, many records; or none where a row is refused."""
        rows = [self._new(choice, "Customer") for _ in range(choice.randint(1, 6))]
        if choice.random() < 0.3:
            rows.append({"DisplayName": "Ann"})
        user = choice.choice(PEOPLE)
        answer = self.use(user, "import_rows", {"entity": "Customer", "rows": rows})
        self.look(user, [("created", "Customer", record_id) for record_id in (answer or {}).get("ids", [])])

    def step_at_reclassify(self, choice: random.Random) -> None:
        found, user = self.pick(choice, "Bill", "Purchase", "JournalEntry"), choice.choice(PEOPLE)
        if found is not None:
            ends = [self.books.rent, self.books.shrinkage]
            choice.shuffle(ends)
            listed = [{"entity": found[0], "id": found[1]["Id"]}]
            asked = {"transactions": listed, "from_account": ends[0], "account": ends[1]}
            self._changed(user, self.use(user, "reclassify", asked))

    def step_at_merge(self, choice: random.Random) -> None:
        """Whoever cites the name that is gone cites the other, without a word."""
        names = [key[1] for key in sorted(self._records) if key[0] == "Vendor" and key[1] != self.books.lumber]
        user = choice.choice(PEOPLE)
        if len(names) > 1:
            gone, stays = choice.sample(names, 2)
            answer = self.use(user, "merge", {"entity": "Vendor", "id": gone, "into": stays})
            self.look(user, [("merged", "Vendor", stays)] if answer else [], ripples=False)

    def step_at_mark(self, choice: random.Random) -> None:
        """A status in a register: nothing of the record changes, and yet it is edited."""
        found, user = self.pick(choice, "Purchase", "Transfer"), choice.choice(PEOPLE)
        if found is not None:
            asked = {"account": self.books.checking, "entity": found[0], "id": found[1]["Id"], "status": "R"}
            self._did(user, "updated", self.use(user, "mark_status", asked))

    def step_at_settings(self, choice: random.Random) -> None:
        """Only who administers the company may."""
        user = choice.choice(PEOPLE)
        asked = {"section": "SalesFormsPrefs", "values": {"DefaultCustomerMessage": f"Thank you {choice.random()}"}}
        answer = self.use(user, "change_settings", asked)
        assert (answer is None) == (user not in ADMINS)
        self._changed(user, {"entity": "Preferences", "id": "1"} if answer else None)

    def step_at_door(self, choice: random.Random) -> None:
        """Coming and going."""
        user, way = choice.choice(PEOPLE), choice.choice(["sign_in", "sign_out"])
        answer: Any = self.use(user, way, {})
        verb = {"sign_in": "signed in", "sign_out": "signed out"}[way]
        self.told.append(
            Told(self.twin.clock(), user, verb, "User", user, False, "", answer["name"], None, by_app=False)
        )
        self.look(user, [])


def _keys(answer: Body | None) -> list[Key]:
    """Of one record, or of many."""
    rows = [answer] if answer is not None and "entity" in answer else (answer or {}).get("transactions", [])
    return [(row["entity"], str(row["id"])) for row in rows]
