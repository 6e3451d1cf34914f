"""Approvals: a person's own key, opened once, signs the digest of exactly this plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from akika_forensics.case.plans.archive import Held
from akika_forensics.case.plans.review import Review as PlanSummary
from akika_forensics.errors import WrongUse
from akika_forensics.settings import Secret
from akika_widgets.views import controls
from akika_widgets.views.live import Event
from akika_widgets.views.markup import Markup, tag
from akika_widgets.views.table import marked
from akika_widgets.workbench.desk import Desk, stamp
from akika_widgets.workbench.reviewer import Reviewer
from akika_widgets.workbench.stages.stage import ANOTHER_PLAN, Place, Shown, Stage, bar

TYPED: Final = 6
"""Characters of the digest that an approver types."""


class Approve(Stage):
    name = "approve"
    heading = "Approve"

    def __init__(self, desk: Desk, reviewer: Reviewer) -> None:
        super().__init__(desk)
        self._reviewer = reviewer
        self.signer = ""
        self.alone = False
        self.rejecting = False
        self._parts: tuple[Any, tuple[Any, ...]] = (None, ())

    # -- how it stands -----------------------------------------------------------------------------------------------

    def place(self) -> Place:
        held = self.desk.held()
        if held is None:
            return Place("later", "there is no plan")
        counted = held.tally
        if counted.enough:
            return Place("done", ", ".join(one.reading for one in counted.valid))
        if self._rejected(held):
            return Place("now", "rejected")
        if held.plan.conflicts:
            return Place("later", "the plan asks for decisions")
        return Place("now", f"{len(counted.valid):,} of {counted.needed:,} approvals")

    def lead(self) -> str:
        held = self.desk.held()
        if held is None:
            return "First make a plan, or open one."
        if held.tally.enough:
            return "The plan is approved; it can be executed exactly as it is."
        if self._rejected(held):
            return "The plan was rejected and will not run; make a new one that meets the objection."
        if held.plan.conflicts:
            return "The plan asks for decisions; answer them and have it made anew before anybody signs."
        return "Read what is signed, then sign with your own key; the signature covers every byte of the plan."

    def draw(self) -> Iterable[Markup | None]:
        held = self.desk.held()
        if held is None:
            yield bar(self.onward("plan", "Go to the plan"))
            return
        if held.tally.enough:
            yield bar(self.onward("execute"))
        elif self._rejected(held) or held.plan.conflicts:
            yield bar(self.onward("plan", "Go back to the plan"))
        yield self._counted(held)
        if not (held.tally.enough or self._rejected(held) or held.run.begun):
            yield self._forms(held)

    def _counted(self, held: Held) -> Markup:
        counted = held.tally
        rows = [
            tag(
                "li",
                marked("✓", "counts", "good") if one.statement.verdict == "approved" else marked("✗", "rejected", "removed"),
                " ",
                tag("bdi", one.reading),
                tag("span", f" on {one.statement.at[:16].replace('T', ' ')} UTC", class_="ak-quiet"),
                tag("blockquote", tag("bdi", one.statement.words or one.statement.override)) if one.statement.words or one.statement.override else None,
            )
            for one in counted.valid
        ] + [
            tag("li", marked("·", "does not count", "quiet"), " ", tag("bdi", one.reading), ": ", tag("bdi", why))
            for one, why in counted.ignored
        ]  # fmt: skip
        head = tag(
            "h2",
            f"Approvals that count: {sum(one.statement.verdict == 'approved' for one in counted.valid):,} of {counted.needed:,}",
        )
        return tag(
            "div",
            head,
            tag("ul", *rows, class_="wb-signed")
            if rows
            else tag("p", "Nobody has signed this plan yet.", class_="ak-quiet"),
        )

    def _forms(self, held: Held) -> Markup:
        people = self._people()
        options = [("", "choose who signs"), *((name, f"{name}, {role}") for name, role in people)]
        who = controls.select(self, "Who signs", "signer", options, self.signer, act="signer")
        way = controls.choices(
            self,
            "What is signed",
            "verdict",
            (("approve", "Approve"), ("reject", "Reject")),
            "reject" if self.rejecting else "approve",
        )
        preparer = self._is_author(held)
        alone = (
            controls.checkbox(
                self,
                "I prepared this plan and approve it alone; the approval then reads “approved by the preparer”",
                "alone",
                "alone",
                checked=self.alone,
            )
            if preparer and not self.rejecting
            else None
        )
        secret = controls.field(
            self,
            "Passphrase of the signer's own key",
            "passphrase",
            kind="password",
            hint="Used once, for this signature, and kept nowhere.",
        )
        digest = tag("p", "The plan's digest: ", tag("code", held.plan.digest, class_="wb-digest"))
        typed = controls.field(self, f"The first {TYPED} characters of the digest, typed by hand", "typed")
        if self.rejecting:
            inner = controls.form(
                self,
                "reject",
                controls.area(self, "Why it is rejected (signed with it)", "words"),
                secret,
                submit="Sign the rejection",
                value=held.plan.digest,
                kind="danger",
                label="Reject the plan",
            )
        else:
            failed = held.rehearsal is not None and not held.rehearsal["ok"]
            over = (
                controls.area(self, "Why it is approved although the rehearsal did not end as predicted", "override")
                if failed
                else None
            )
            inner = controls.form(
                self,
                "approve",
                controls.area(self, "Words that are signed with it", "words", self._words(held), rows=4),
                over,
                digest,
                typed,
                secret,
                submit="Sign the approval",
                value=held.plan.digest,
                label="Approve the plan",
            )
        return tag("div", tag("h2", "Sign"), bar(way), bar(who), alone, inner, class_="ak-panel")

    def parts(self) -> tuple[Any, ...]:
        held = self.desk.held()
        if held is None:
            return ()
        key = stamp(held)
        if self._parts[0] != key:
            shown = PlanSummary(held)
            self._parts = (key, (Shown(shown.in_short()), Shown(shown.signing()), Shown(shown.balance())))
        return self._parts[1]

    def _words(self, held: Held) -> str:
        return self._reviewer.of(held).words()

    def _people(self) -> list[tuple[str, str]]:
        """Signers of the vault whose key lies in it."""
        with self.desk.shared.lock:
            return [
                (one.name, one.role)
                for one in self.desk.case.signers.all()
                if not one.revoked and one.kind != "enrolled"
            ]

    def _is_author(self, held: Held) -> bool:
        if not self.signer:
            return False
        with self.desk.shared.lock:
            person = self.desk.case.signers.get(self.signer)
        return person.kind == "preparer" or person.name == held.plan.author

    @staticmethod
    def _rejected(held: Held) -> bool:
        return any(one.statement.verdict == "rejected" for one in held.tally.valid)

    # -- what can be done --------------------------------------------------------------------------------------------

    def refuse(self, event: Event) -> str:
        if event.act == "signer" and event.value and event.value not in dict(self._people()):
            return "There is no such signer."
        if event.act == "verdict" and event.value not in {"approve", "reject"}:
            return "There is no such verdict."
        return self._why_not_sign(event) if event.act in {"approve", "reject"} else ""

    def _why_not_sign(self, event: Event) -> str:
        act, held = event.act, self.desk.held()
        if held is None:
            return "There is no plan."
        if event.value != held.plan.digest:
            return ANOTHER_PLAN
        if held.run.begun:
            return "The plan has been begun already."
        if self._rejected(held):
            return "The plan was rejected."
        if act == "approve" and held.plan.conflicts:
            return "The plan asks for decisions first."
        if act == "approve" and self._reviewer.of(held).changes_plan:
            return "What was decided in the review is not in the plan yet."
        if not self.signer:
            return "Choose who signs."
        if act == "approve" and self._is_author(held) and not self.alone:
            return "Who prepared the plan says so first; or another signer signs."
        why = self.desk.why_wait()
        return f"{why} It can be signed when that has ended." if why else ""

    def act_signer(self, event: Event) -> None:
        self.signer = event.value
        self.alone = False

    def act_alone(self, event: Event) -> None:
        del event
        self.alone = not self.alone

    def act_verdict(self, event: Event) -> None:
        self.rejecting = event.value == "reject"

    def act_approve(self, event: Event) -> None:
        held = self.desk.plan()
        typed = event.fields.get("typed", "").strip().lower()
        if typed != held.plan.digest[:TYPED]:
            raise WrongUse(
                "What was typed is not how the digest of this plan begins.",
                means="Nothing was signed.",
                do=f"Type the first {TYPED} characters of the digest that is shown.",
            )
        self._sign(event, reject=False, override=event.fields.get("override", "").strip())

    def act_reject(self, event: Event) -> None:
        if not event.fields.get("words", "").strip():
            raise WrongUse("A rejection says why.", means="Nothing was signed.", do="Write the reason.")
        self._sign(event, reject=True, override="")

    def _sign(self, event: Event, *, reject: bool, override: str) -> None:
        """The passphrase goes from the event to the key and nowhere else."""
        secret = Secret(event.fields.get("passphrase", ""))
        if not secret:
            raise WrongUse(
                "The passphrase of the key is missing.", means="Nothing was signed.", do="Type it and sign again."
            )
        with self.desk.shared.lock:
            made, _tally = self.desk.case.plans.approve(
                self.desk.plan_file,
                self.signer,
                secret,
                allow_author=self.alone and not reject,
                reject=reject,
                words=event.fields.get("words", "").strip(),
                override=override,
            )
        self.signer, self.alone, self.rejecting = "", False, False
        self.desk.memory.touch()
        self.notice = f"The plan was {made.reading}."
