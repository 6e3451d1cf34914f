"""Our count of reads against the local company's own, under both readings of what Intuit counts."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sample_twin import sample_twin

from akika_forensics.case.opening import open_vault
from akika_forensics.errors import ServiceError, VaultDamaged
from akika_forensics.settings import Secret
from akika_forensics.twin import Beliefs, incidents
from akika_forensics.twin.attachments.upload import Upload
from akika_forensics.vault.storage import StorageFailed

from .conftest import PASSPHRASE, staged

CHOICES = [("once", "counted"), ("each_item", "counted"), ("once", "free")]


def charged(scene: Any) -> int:
    """Reads as the company counted them."""
    return int(httpx.get(f"{scene.server.base_url}/twin/metering").json()["coreplus"])


def counted(scene: Any, batch: str = "once", download: str = "counted") -> int:
    """Reads as we did, by a case of its own: what the vault holds, not what this process remembers."""
    spending = open_vault(scene.vault, passphrase=Secret(PASSPHRASE)).companies.spending("craig")
    return spending.total().metered(each_item=batch == "each_item", downloads=download == "counted")


@pytest.mark.parametrize(("batch", "download"), CHOICES)
def test_a_capture_costs_what_the_company_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: Callable[[], str], batch: str, download: str
) -> None:
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE)
    twin = sample_twin()
    for name in ("one.txt", "two.txt"):
        twin.attach(Upload([name.encode()], name, "text/plain", {}))
    twin.believe(Beliefs().but(metering_batch=batch, metering_download=download))
    with staged(tmp_path, twin, out) as scene:
        before = charged(scene)
        assert counted(scene, batch, download) == before == 1  # it was asked who it is when it was connected
        told = scene.good("capture")
        after = charged(scene)
        assert counted(scene, batch, download) == after
        assert told["credits_by_items" if batch == "each_item" else "credits"] == after - before
        assert told["credits"] <= told["credits_by_items"]
        assert told["credits"] <= told["requests"]
        again = scene.good("capture")
        assert again["forecast"]["credits"] == told["credits"] or again["fence"].get("kind") == "incremental"
        assert counted(scene, batch, download) == charged(scene)


def test_what_fails_costs_nothing_and_what_was_interrupted_counts(scene: Any) -> None:
    stops = iter([False] * 25)
    with pytest.raises(Exception, match="stopped"):
        scene.case.capture(should_stop=lambda: next(stops, True))
    assert counted(scene) == charged(scene) > 5
    asked = httpx.post(f"{scene.server.base_url}/twin/faults", json={"spec": "error@every3,cut@read:17:100"})
    assert asked.status_code == 200, asked.text
    with contextlib.suppress(ServiceError):
        scene.case.capture()
    assert counted(scene) == charged(scene)


def test_a_restore_is_counted_too(scene: Any) -> None:
    scene.good("capture")
    incidents.run(scene.twin, "deleted-invoice")
    scene.good("capture")
    file = scene.planned("--all")
    scene.good("plan", "execute", str(file))
    scene.good("plan", "verify", str(file))
    assert counted(scene) == charged(scene)


def test_the_count_is_for_every_member_and_goes_with_its_company(scene: Any) -> None:
    scene.good("capture")
    assert "budget/of/craig" in scene.case.vault.slots()
    scene.case.lifecycle.erase("craig", "the client left", confirmed="craig")
    assert not scene.case.vault.slots("budget/of/")


def test_the_text_says_both_figures(scene: Any, capsys: pytest.CaptureFixture[str]) -> None:
    from akika_forensics.cli import main

    assert main(["capture", "--vault", str(scene.vault)]) == 0
    shown = capsys.readouterr()
    assert "reads of the month (or " in shown.out
    assert shown.err.startswith("About ")


def test_a_count_that_cannot_be_written_stops_no_capture_and_is_written_with_the_next(
    scene: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise StorageFailed("The disk is full.")

    before = counted(scene)
    with monkeypatch.context() as patched:
        patched.setattr(scene.case.companies.spending("craig")._slot, "write", full)
        info = scene.case.capture()
    assert scene.case.budget.cost("craig", info).once == charged(scene) - before
    assert counted(scene) == before
    scene.case.companies.spending("craig").write()
    assert counted(scene) == charged(scene)


def slot_files(scene: Any, name: str) -> list[Path]:
    folder = scene.case.vault.slot(name)._folder
    return sorted((scene.vault / "slots" / folder).iterdir())


def spoil(scene: Any, how: str, name: str = "budget/of/craig") -> bytes:
    """The bytes that are there afterwards; none where the file is gone."""
    if how == "other content":
        scene.case.vault.slot(name).write(b'{"months":7}')
        return slot_files(scene, name)[-1].read_bytes()
    (file,) = slot_files(scene, name)
    if how == "gone":
        file.unlink()
        return b""
    content = file.read_bytes()
    file.write_bytes(content[:-9] if how == "cut" else content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
    return file.read_bytes()


@pytest.mark.parametrize("how", ["flipped", "cut", "gone", "other content"])
def test_a_damaged_count_is_kept_and_begun_anew_and_refuses_no_capture(
    scene: Any, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    from akika_forensics.cli import main

    scene.good("capture")
    damaged = spoil(scene, how)
    before = charged(scene)
    assert main(["capture", "--vault", str(scene.vault)]) == 0
    shown = capsys.readouterr()
    assert "was damaged and begins anew: what it says is the least that was read" in shown.err
    assert counted(scene) == charged(scene) - before
    case = open_vault(scene.vault, passphrase=Secret(PASSPHRASE))
    (act,) = case.custody.acts("count_set_aside")
    assert [case.vault.get_document(path) for path in act.objects] == ([damaged] if damaged else [])
    assert scene.good("budget")["companies"][0]["at_least"] is True
    assert main(["budget", "--vault", str(scene.vault)]) == 0
    assert "Of craig at least that was read" in capsys.readouterr().out
    assert main(["capture", "--vault", str(scene.vault)]) == 0, "and the next goes on with what is counted now"
    assert len(open_vault(scene.vault, passphrase=Secret(PASSPHRASE)).custody.acts("count_set_aside")) == 1
    assert counted(scene) == charged(scene) - before
    assert scene.good("verify")["ok"] is True


def test_a_damaged_cap_is_refused_before_anything_is_read_with_the_way_out(scene: Any) -> None:
    scene.good("budget", "--cap", "500000")
    spoil(scene, "flipped", "budget/cap")
    before = charged(scene)
    with pytest.raises(VaultDamaged, match="cap on the month's reads is damaged") as raised:
        open_vault(scene.vault, passphrase=Secret(PASSPHRASE)).capture()
    assert "`akika budget --cap N`" in raised.value.do
    assert charged(scene) == before
    scene.good("budget", "--cap", "none")
    scene.good("capture")
