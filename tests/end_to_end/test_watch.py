"""The watch on a served company: on time, on a hint, under a cap, until it is stopped or its sign-in dies."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx
import pytest

from akika_forensics.capture.budget import month_ends
from akika_forensics.case.budget import BudgetSpent
from akika_forensics.case.case import Case
from akika_forensics.case.hints import Hints
from akika_forensics.case.opening import open_vault
from akika_forensics.case.receiving import Door, Receiver
from akika_forensics.case.schedule import Every, Manner
from akika_forensics.case.unlocking import own_identity
from akika_forensics.case.watched import VaultDesk, WallClock
from akika_forensics.case.watching import Allowed, Watch
from akika_forensics.cli import main
from akika_forensics.model.instants import now
from akika_forensics.quickbooks.authorize import App, SigningIn
from akika_forensics.quickbooks.endpoints import endpoints_of
from akika_forensics.quickbooks.webhooks import read_notification
from akika_forensics.settings import Secret
from akika_forensics.twin import Twin, TwinServer, serve
from akika_forensics.vault import KdfCost
from akika_forensics.vault.keys.passphrase import Kdf

from .conftest import PASSPHRASE

_PATIENCE = 60.0
QUICK = Manner(quiet=timedelta(seconds=0.3), patience=timedelta(seconds=3), pause=timedelta(seconds=0))


class Going:
    """A watch of the scene's company in a thread, and what it said."""

    def __init__(self, scene: Any, manner: Manner = QUICK, *, every_company: bool = False) -> None:
        self.said: list[str] = []
        self.error: Exception | None = None
        self._over = threading.Event()
        self.desk = VaultDesk(scene.case, None if every_company else ("craig",), Every(timedelta(days=1)))
        self.clock = WallClock(self._over.is_set)
        self.loop = Watch(
            self.desk, Every(timedelta(days=1)), manner, self.clock,
            say=lambda _name, line: self.said.append(line), should_stop=self._over.is_set,
        )  # fmt: skip
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self.loop.run()
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            self.error = error

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.clock.ring()
        self._thread.join(_PATIENCE)
        assert not self._thread.is_alive()

    def until(self, met: Callable[[], bool]) -> None:
        last = time.monotonic() + _PATIENCE
        while not met():
            assert time.monotonic() < last, self.said
            assert self._thread.is_alive() or met(), (self.error, self.said)
            time.sleep(0.02)


def test_told_of_a_change_it_captures_it(scene: Any) -> None:
    with Going(scene) as going:
        going.until(lambda: going.loop.taken == 1)
        token = Secret(scene.server.credentials.webhook_verifier_token)
        door = Door(going.desk.hints, [token], told=lambda _: going.clock.ring())
        with Receiver(door) as receiver:
            scene.server.webhooks.subscribe(receiver.url, "cloudevents")
            time.sleep(1.1)  # stamps are whole seconds
            record = scene.twin.create("Customer", {"DisplayName": "Told of"})["Id"]
            going.until(lambda: going.loop.taken == 2)
            going.until(lambda: any("QuickBooks had told of 1 Customer" in line for line in going.said))
    newest = scene.case.snapshots()[-1]
    assert newest.complete
    assert {one.key.id for one in scene.case.vault.snapshot(newest.id).records(["Customer"])} >= {record}
    assert [act.act for act in scene.case.custody.acts()][-2:] == ["captured", "notified"]
    assert "by the watch" in scene.case.custody.acts("captured")[-1].what


def test_a_hint_that_came_while_nobody_watched_is_met_at_the_start(scene: Any) -> None:
    info = scene.case.capture()
    desk = VaultDesk(scene.case, ("craig",), Every(timedelta(days=1)))
    body = json.dumps(
        [{"specversion": "1.0", "id": "e", "type": "qbo.invoice.created.v1", "time": (info.taken_at + timedelta(seconds=1)).isoformat(),
          "intuitentityid": "1", "intuitaccountid": scene.server.realm_id}]
    ).encode()  # fmt: skip
    desk.hints.keep(read_notification(body), body, "", datetime.now(UTC))
    time.sleep(1.1)
    with Going(scene) as going:
        going.until(lambda: going.loop.taken == 1)
    assert any("QuickBooks told of changes" in line for line in going.said)


def test_once_takes_a_snapshot_and_says_so(scene: Any) -> None:
    told = scene.good("watch", "--once")
    assert told == {"snapshots": 1, "incomplete": 0}
    assert scene.good("watch", "--once") == {"snapshots": 1, "incomplete": 0}
    assert len(scene.good("snapshots")["snapshots"]) == 2


def test_once_tells_what_failed_by_its_exit_code(scene: Any) -> None:
    with scene.case.vault.lock("something else"):
        code, told = in_another_process(scene, "watch", "--once")
    assert (code, told["error"]["code"]) == (3, "locked")
    scene.server.stop()
    code, told = scene.akika("watch", "--once")
    assert (code, told["error"]["code"]) == (4, "network")


def in_another_process(scene: Any, *arguments: str) -> tuple[int, Any]:
    command = [sys.executable, "-m", "akika_forensics", *arguments, "--vault", str(scene.vault), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=surroundings())
    assert "Traceback" not in done.stderr
    return done.returncode, json.loads(done.stdout)


def surroundings() -> dict[str, str]:
    return {**os.environ, "AKIKA_PASSPHRASE": PASSPHRASE}


def test_a_member_that_captures_alone_can_watch(scene: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps hints, counts reads and writes into custody, and reads none of the books."""
    fresh = Kdf.fresh
    monkeypatch.setattr(Kdf, "fresh", lambda _cost: fresh(KdfCost.CHEAP))
    words = scene.folder / "words"
    words.write_text("the machine's own\n")
    monkeypatch.setenv("AKIKA_IDENTITY_PASSPHRASE_FILE", str(words))
    scene.out()
    file = scene.folder / "nightly.identity"
    assert main(["vault", "keys", "identity", str(file)]) == 0
    scene.good("vault", "keys", "add", "nightly", "--role", "capture", "--recipient", scene.out().strip())
    machine = open_vault(scene.vault, passphrase=own_identity(file, Secret("the machine's own")))
    hints = Hints(machine.vault, machine.companies)
    hints.keep_verifier(Secret("a verifier token"))
    body = json.dumps([{"specversion": "1.0", "type": "qbo.invoice.created.v1", "intuitentityid": "1",
                        "intuitaccountid": scene.server.realm_id, "time": "2026-01-01T00:00:00Z"}]).encode()  # fmt: skip
    hints.keep(read_notification(body), body, "", now())
    monkeypatch.delenv("AKIKA_PASSPHRASE")
    for _ in range(2):
        assert scene.good("watch", "--once", "--identity", str(file))["snapshots"] == 1
    assert scene.good("budget", "--identity", str(file), "--cap", "500000")["cap"] == 500_000
    assert scene.akika("check", "s1", "--identity", str(file))[0] == 3
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    (act,) = [act for act in scene.good("custody", "list")["acts"] if act["act"] == "notified"]
    assert "s1" in act["what"]
    assert scene.good("verify")["ok"]


def test_a_snapshot_of_a_few_records_is_no_capture_on_schedule(scene: Any) -> None:
    scene.good("capture")
    desk = VaultDesk(scene.case, ("craig",), Every(timedelta(days=1)))
    before = desk.newest("craig")
    time.sleep(1.1)
    told = scene.good("capture", "--record", "Customer:1")
    assert told["credits"] > 0
    assert desk.newest("craig") == before


def revoke(scene: Any) -> None:
    given = scene.server.credentials
    token = scene.case.companies.tokens("craig").load().refresh_token.reveal()
    answer = httpx.post(
        f"{scene.server.base_url}/v2/oauth2/tokens/revoke",
        json={"token": token},
        auth=(given.client_id, given.client_secret),
    )
    assert answer.status_code == 200, answer.text


def agree(session: Case, server: TwinServer, name: str) -> None:
    """Connect as a person does who signs in and agrees."""
    known = server.credentials
    app = App(server.base_url, endpoints_of(server.base_url), known.client_id, Secret(known.client_secret))
    signing_in = SigningIn(app, "https://books.example/akika/")
    back = str(httpx.get(signing_in.address).headers["location"])
    session.connecting.by_answer(signing_in, signing_in.answered(back), name=name)


def test_a_revoked_sign_in_is_exit_code_4_of_a_round(scene: Any, capsys: pytest.CaptureFixture[str]) -> None:
    revoke(scene)
    assert main(["watch", "--once", "--vault", str(scene.vault)]) == 4
    shown = capsys.readouterr()
    assert "craig: is left out until it is connected again." in shown.out
    assert "onnect" in shown.err


def test_a_watch_goes_on_when_a_revoked_company_is_connected_again(scene: Any) -> None:
    revoke(scene)
    with Going(scene) as going:
        going.until(lambda: any("is left out until it is connected again" in line for line in going.said))
        agree(open_vault(scene.vault, passphrase=PASSPHRASE), scene.server, "craig")
        going.clock.ring()
        going.until(lambda: going.loop.taken == 1)
    assert any("was connected again" in line for line in going.said)
    assert scene.case.snapshots()[-1].complete


def test_companies_come_and_go_while_the_watch_goes_on(scene: Any) -> None:
    other = Twin(company_name="Lumber", realm_id="4620816365000000777")
    with serve(other) as server, Going(scene, every_company=True) as going:
        going.until(lambda: going.loop.taken == 1)
        session = open_vault(scene.vault, passphrase=PASSPHRASE)
        agree(session, server, "lumber")
        going.clock.ring()
        going.until(lambda: going.loop.taken == 2)
        assert any("is new in the vault" in line for line in going.said)
        session.lifecycle.erase("craig", "the engagement ended", confirmed="craig")
        going.clock.ring()
        going.until(lambda: any("is watched no longer" in line for line in going.said))
        body = json.dumps(
            [{"specversion": "1.0", "id": "e", "type": "qbo.invoice.created.v1", "time": (now() + timedelta(seconds=2)).isoformat(),
              "intuitentityid": "1", "intuitaccountid": other.realm_id}]
        ).encode()  # fmt: skip
        going.desk.hints.keep(read_notification(body), body, "", now())
        going.clock.ring()
        going.until(lambda: going.loop.taken == 3)
    assert going.error is None
    left = open_vault(scene.vault, passphrase=PASSPHRASE).snapshots()
    assert [info.company.name for info in left] == ["Lumber", "Lumber"]


def test_a_disconnected_company_is_said_and_fails_no_round(scene: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with serve(Twin(company_name="Lumber", realm_id="4620816365000000777")) as server:
        agree(scene.case, server, "lumber")
        scene.case.connecting.disconnect("lumber")
        assert main(["watch", "--once", "--vault", str(scene.vault)]) == 0
        assert "lumber: is left out until it is connected again." in capsys.readouterr().out
        revoke(scene)
        agree(scene.case, server, "lumber")
        assert main(["watch", "--once", "--vault", str(scene.vault)]) == 4, "one of two that is revoked"
    shown = capsys.readouterr()
    assert re.search(r"lumber: snapshot s\d", shown.out)
    assert "craig: is left out" in shown.out


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.soak)])
def test_stopped_it_ends_cleanly(scene: Any, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "akika_forensics", "watch", "--webhooks", "0", "--vault", str(scene.vault)]
    surround = surroundings() | {"AKIKA_WEBHOOK_VERIFIER": "canary-verifier"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=surround) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "the next capture begins at" in line:
                break
        process.send_signal(number)
        out, err = process.communicate(timeout=_PATIENCE)
    text = "".join(lines) + out
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert "1 snapshot taken" in err
    assert "canary" not in text + err
    assert re.search(r"notifications are received at http://127\.0\.0\.1:\d+/webhooks", text)
    assert re.search(r"craig: snapshot s1 \(full\): \d+ records, .* reads\.", text)


def test_without_a_verifier_token_no_door_is_opened(scene: Any) -> None:
    code, told = scene.akika("watch", "--webhooks", "0")
    assert code == 2
    assert "AKIKA_WEBHOOK_VERIFIER" in told["error"]["do"]


# -- the month's reads -------------------------------------------------------------------------------------------------


def charged(scene: Any) -> int:
    return int(httpx.get(f"{scene.server.base_url}/twin/metering").json()["coreplus"])


def test_the_budget_tells_the_month_and_keeps_a_cap(scene: Any) -> None:
    told = scene.good("budget")
    assert (told["cap"], told["measure"], told["credits"]) == (None, "whole", 1)
    (row,) = told["companies"]
    assert row["rests_on_captures"] == 0
    scene.good("capture")
    scene.good("capture")
    told = scene.good("budget", "--cap", "500,000")
    assert told["credits"] > 20
    assert told["cap"] == 500_000
    (row,) = told["companies"]
    assert (row["rests_on_captures"], row["captures_to_come"] > 0) == (1, True)
    assert told["expected"]["credits"] > told["credits"]
    assert scene.good("budget", "--every", "30m")["expected"]["credits"] >= told["expected"]["credits"]
    assert scene.good("budget", "--cap", "none")["cap"] is None
    for wrong in ("0", "-5", "many", "1.5"):
        assert scene.akika("budget", f"--cap={wrong}")[0] == 2


def test_under_a_cap_controls_are_left_out_first_and_that_is_said(scene: Any) -> None:
    first = scene.good("capture", "--full")
    spent = scene.good("budget")["credits_by_items"]
    scene.good("budget", "--cap", str(spent + first["credits_by_items"] - 1))
    second = scene.good("capture", "--full")
    assert [one["severity"] for one in second["findings"] if one["code"] == "controls_spared"] == ["note"]
    assert second["complete"]
    assert second["records"] == first["records"]
    assert second["credits_by_items"] < first["credits_by_items"]
    infos = {info.id: info for info in scene.case.snapshots()}
    assert set(infos[second["snapshot"]].controls) < set(infos[first["snapshot"]].controls)
    assert [name for name in infos[second["snapshot"]].controls if name.startswith("TrialBalance/Accrual/")]
    assert scene.good("check", second["snapshot"])["tie_out"]


def test_what_would_pass_the_cap_is_refused_before_anything_is_read(scene: Any) -> None:
    scene.good("capture")
    scene.good("budget", "--cap", "60")
    before = charged(scene)
    code, told = scene.akika("capture", "--full")
    assert (code, told["error"]["code"]) == (3, "budget_spent")
    assert "akika budget --cap" in told["error"]["do"]
    assert charged(scene) == before
    scene.good("budget", "--cap", "none")
    scene.good("capture", "--full")


def test_the_watch_keeps_a_reserve_and_waits_for_the_month(scene: Any) -> None:
    scene.good("capture")
    spent = scene.good("budget")["credits_by_items"]
    scene.case.budget.limit(spent + 1)
    desk = VaultDesk(scene.case, ("craig",), Every(timedelta(days=1)))
    allowed = desk.allowed("craig", now())
    assert allowed.not_before == month_ends(now())
    assert "used up" in allowed.why
    scene.case.budget.limit(10**9)
    assert desk.allowed("craig", now()).not_before is None
    assert not desk.allowed("craig", now()).sparing
    scene.case.budget.limit(spent + 1)
    assert scene.akika("watch", "--once")[0] == 3
    with Going(scene) as going:
        going.until(lambda: any("the next capture begins" in line for line in going.said))
        # A day later by the schedule: what the loop asks for is what the month allows.
        going.loop._attend("craig", "")
        going.until(lambda: any("used up" in line for line in going.said))
        assert going.loop.taken == 0


def test_with_half_the_reads_captures_lie_twice_as_far_apart(scene: Any) -> None:
    scene.good("capture")
    at = month_ends(now()) - timedelta(days=20)
    every = Every(timedelta(days=1))
    desk, case = VaultDesk(scene.case, ("craig",), every), scene.case
    case.budget.limit(10**9)
    month = case.budget.month(at, {"craig": 20.0}, reserve=True)
    (share,) = month.shares
    kept = case.budget.forecast("craig", full=True, sparing=True).cost.by_items
    case.budget.limit(share.read.by_items + kept + 10 * share.sparing.cost.by_items)
    allowed = desk.allowed("craig", at)
    last = desk.newest("craig")
    assert last is not None
    assert allowed.not_before is not None
    assert allowed.sparing
    assert timedelta(days=1.9) <= allowed.not_before - last <= timedelta(days=2.1)
    assert "50%" in allowed.why
    case.budget.limit(share.read.by_items + kept + 20 * share.sparing.cost.by_items)
    assert desk.allowed("craig", at) == Allowed(sparing=True, why=desk.allowed("craig", at).why)


def test_a_capture_that_turns_out_to_read_everything_leaves_the_reserve(scene: Any) -> None:
    """By QuickBooks' clock every record was read last more than a month ago, which nothing foretold."""
    scene.good("capture")
    scene.good("capture")
    httpx.post(f"{scene.server.base_url}/twin/clock", json={"advance_s": timedelta(days=40).total_seconds()})
    case = scene.case
    full, next_one = case.budget.forecast("craig", full=True, sparing=True), case.budget.forecast("craig")
    assert next_one.cost.by_items < full.cost.by_items, "what is expected is a capture of what changed"
    spent = scene.good("budget")["credits_by_items"]
    case.budget.limit(spent + 2 * full.cost.by_items - 1)
    # The month's last minute: one capture is still to come, and it fits beside the reserve.
    at = month_ends(now()) - timedelta(minutes=1)
    desk = VaultDesk(case, ("craig",), Every(timedelta(days=1)))
    assert desk.allowed("craig", at).not_before is None
    before = charged(scene)
    with pytest.raises(BudgetSpent, match="kept for the day on which something happens"):
        desk.capture("craig", sparing=False, should_stop=lambda: False)
    assert charged(scene) - before < 5
    allowed = desk.allowed("craig", at)
    assert allowed.not_before == month_ends(at)
    assert "has to read everything" in allowed.why
    assert len(case.snapshots()) == 2
    taken = scene.good("capture")
    assert taken["fence"]["kind"] == "full", "what is kept is for who asks for it"
    assert "has to read everything" not in desk.allowed("craig", at).why
