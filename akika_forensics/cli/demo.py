"""``demo``: the whole story on the embedded company, with the same calls every other verb makes."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import Any

import typer

from akika_forensics.cli.embedded import NAME, embedded, new_folder
from akika_forensics.cli.session import Command, Options
from akika_forensics.cli.speech import progress, say, say_json, table
from akika_forensics.errors import Found
from akika_forensics.settings import Secret


def demo(
    context: typer.Context,
    dir: Path = typer.Option(Path("demo"), "--dir", help="A new or empty folder for everything."),
) -> None:
    options: Options = context.obj
    started = time.monotonic()
    story = _Story(options, dir)
    story.tell()
    result = story.result(round(time.monotonic() - started, 1))
    if options.json:
        say_json(result)
    else:
        _close(result, story)
    if result["restored"]["wrong"] or result["tie_out"]["residual"] != "0.00" or not story.clean:
        raise typer.Exit(1)


class _Story:
    def __init__(self, options: Options, folder: Path) -> None:
        self.quiet = options.json
        self.folder = new_folder(folder)
        self.plan_file = self.folder / "restore.plan"
        self.clean = False
        self.out: dict[str, Any] = {}

    def say(self, text: str = "") -> None:
        if not self.quiet:
            say(text)

    def chapter(self, number: int, title: str) -> None:
        self.say(f"\n{number:>2}. {title}")

    def tell(self) -> None:
        self.chapter(1, "A company of its own: Craig's Design and Landscaping Services, on this machine only")
        with embedded(self.folder) as self.company:
            case = self.company.case
            self.chapter(2, "An encrypted vault, and the first capture")
            self._capture()
            self.chapter(3, "An incident: what happens on the worst Friday of the year")
            self._incident()
            self._capture()
            self.chapter(4, "What changed, and what it did to the trial balance")
            self._diff(case)
            self.chapter(5, "A plan to put it right")
            self._plan(case)
            self.chapter(6, "Rehearsed on a second twin, undo included")
            self._rehearse(case)
            self.chapter(7, "Approved by a signer with a key of her own")
            self._approve(case)
            self.chapter(8, "Executed")
            self._execute(case)
            self.chapter(9, "Captured once more: are the books back?")
            self._verify(case)
            self.chapter(10, "The report")
            self._report()

    @property
    def snapshots(self) -> list[str]:
        return self.company.snapshots

    def _capture(self) -> None:
        with progress("   Capturing", quiet=self.quiet) as shown:
            info = self.company.capture(shown)
        whole = "complete" if info.complete else "NOT complete"
        self.say(f"   Snapshot {info.id}: {info.records:,} records in {info.requests} requests, {whole}.")

    def _incident(self) -> None:
        truth = self.company.incident()
        self.truth = [f"{record['entity']}:{record['id']}" for record in truth["records"]]
        counts: dict[str, int] = {}
        for record in truth["records"]:
            counts[f"{record['entity']} {record['what']}"] = counts.get(f"{record['entity']} {record['what']}", 0) + 1
        for what, number in counts.items():
            self.say(f"   {number:>3} x {what}")

    def _diff(self, case: Any) -> None:
        from akika_forensics.model.money import ZERO, money_text

        found = case.diff(self.snapshots[0], self.snapshots[1])
        direct = [change for change in found.changes if not change.consequence]
        self.out["changes"] = len(direct)
        shown = [change for change in direct if change.key.entity != "Bill"]
        for change in shown:
            self.say(f"   {change.kind:12} {change.label}")
        self.say(
            f"   and {len(direct) - len(shown)} bills; {len(found.changes) - len(direct)} other records moved as a consequence."
        )
        moved = [row for row in found.effect if row.change != ZERO]
        if not self.quiet:
            say()
            table(
                ("   account", "before", "after", "change"),
                [
                    (f"   {row.name}", money_text(row.before), money_text(row.after), money_text(row.change))
                    for row in moved
                ],
                right=(1, 2, 3),
            )

    def _plan(self, case: Any) -> None:
        from akika_forensics.restore.scope import scope_of

        before, after = self.snapshots[:2]
        plan = case.plans.create(
            to=before, after=after, now_snapshot=after, scope=scope_of(self.truth), out=self.plan_file
        )
        self.out["plan"] = {"id": plan.id, "digest": plan.digest, "steps": len(plan.steps)}
        actions: dict[str, int] = {}
        for step in plan.steps:
            actions[step.action.value] = actions.get(step.action.value, 0) + 1
        self.say(
            f"   {len(plan.steps)} steps: {', '.join(f'{number} {name}' for name, number in sorted(actions.items()))}."
        )
        for step in plan.steps:
            if step.action.value != "remove":
                self.say(f"   {step.id} {step.action.value:11} {step.label}: {step.reason}")
        for given in (*plan.conflicts, *plan.by_hand):
            self.say(f"   ! {given.label}: {given.what}")

    def _rehearse(self, case: Any) -> None:
        result = case.plans.rehearse(self.plan_file)
        self.say(
            f"   {'It ended as predicted, to the cent' if result.ok else 'It did NOT end as predicted'}; the undo: {result.undo_state}."
        )
        for said in (*result.differences, *result.undo_differences):
            self.say(f"   {said}")
        if not result.ok:
            raise Found(
                "The rehearsal did not end as predicted.",
                means="The plan is not approved.",
                do="Report this; the demo always should.",
            )

    def _approve(self, case: Any) -> None:
        secret = Secret(secrets.token_urlsafe(18))
        case.signers.add("Dana Demo", secret, role="partner")
        made, counted = case.plans.approve(self.plan_file, "Dana Demo", secret, words="Reviewed in the demo.")
        self.say(f"   {made.reading}, {made.statement.fingerprint}; {'enough' if counted.enough else 'not enough'}.")

    def _execute(self, case: Any) -> None:
        with progress("   Writing", quiet=self.quiet) as shown:
            done: set[str] = set()

            def on_step(step: Any, result: Any) -> None:
                done.add(step.id)
                shown(f"{step.label}: {result.state.value}", len(done), self.out["plan"]["steps"])

            report = case.plans.execute(self.plan_file, on_step=on_step)
        self.say(f"   The run is {report.state}: {', '.join(f'{n} {s}' for s, n in report.counts().items())}.")

    def _verify(self, case: Any) -> None:
        from akika_forensics.case.plans.outcomes import verification_json
        from akika_forensics.model.money import ZERO, money_text

        result, info = case.plans.verify(self.plan_file)
        self.snapshots.append(info.id)
        check = case.check(info.id)
        residual = max([result.residual, *(abs(line.residual) for line in check.tie_out)], default=ZERO)
        details = verification_json(result)
        self.out["restored"] = {
            "records": len(result.records),
            **{name: details[name] for name in ("exact", "exact_but_for", "differs", "by_hand", "wrong")},
        }
        self.out["tie_out"] = {"residual": money_text(residual)}
        self.clean = result.clean
        r = self.out["restored"]
        self.say(
            f"   {r['records']} records: {r['exact']} exact, {r['exact_but_for']} exact but for Ids and times, "
            f"{r['differs']} differing, {r['wrong']} wrong; largest residual {money_text(residual)}."
        )
        for row in result.records:
            for said in row.differences:
                self.say(f"   {row.label}: {said}")

    def _report(self) -> None:
        from akika_forensics import reports

        parameters = {
            "vault": str(self.company.vault),
            "company": NAME,
            "before": self.snapshots[0],
            "after": self.snapshots[1],
            "final": self.snapshots[2],
            "plan": str(self.plan_file),
        }
        with progress("   Running the notebook", quiet=self.quiet) as shown:
            made = reports.run(
                "restore_verification",
                parameters,
                self.folder / "report",
                passphrase=self.company.passphrase,
                progress=shown,
            )
        self.out["report"] = str(made.html)
        self.out["pdf"] = None if made.pdf is None else str(made.pdf)
        self.say(f"   {made.html}")
        for line in (*([made.pdf] if made.pdf is not None else []), *made.notes):
            self.say(f"   {line}")

    def result(self, elapsed: float) -> dict[str, Any]:
        return {"vault": str(self.company.vault), "snapshots": self.snapshots, **self.out, "elapsed_s": elapsed}


def _close(result: dict[str, Any], story: _Story) -> None:
    say(f"\nDone in {result['elapsed_s']} s. Everything is in {story.folder}:")
    say(f"   report      {result['report']}   ← open this next")
    say(f"   vault       {result['vault']}")
    say(f"   plan        {story.plan_file}")
    file = story.company.passphrase_file
    if file:
        say(f"   passphrase  {file}")
        say("\nLook around yourself:")
        say(f"   akika verify --vault {story.company.vault} --passphrase-file {file}")
        say(f"   akika diff s1 s2 --vault {story.company.vault} --passphrase-file {file}")


COMMANDS = (Command("demo", "The whole story on the embedded company.", demo),)
