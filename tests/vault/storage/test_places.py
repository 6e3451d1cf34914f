"""A whole vault in a folder and in a bucket: made, filled, checked, shared by processes."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest
from vault.storage import programs
from vault.storage.object_server import Environ, ObjectServer
from vault.storage.programs import FRESH, PASSPHRASE, capture

from akika_forensics.case.opening import init_vault
from akika_forensics.cli import main
from akika_forensics.errors import Refused, VaultDamaged, WrongUse
from akika_forensics.vault import HeadStore, KdfCost, create, open_vault, verify

WRITERS, TURNS = 2, 2


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "folder":
        return str(tmp_path / "vault")
    return f"s3://{request.getfixturevalue('bucket')}/amy"


def test_a_vault_with_everything_in_it(place: str, kit: ModuleType, tmp_path: Path) -> None:
    heads = HeadStore(tmp_path / "heads")
    kit.fill(create(place, PASSPHRASE, heads=heads, cost=KdfCost.CHEAP))
    opened = open_vault(place, PASSPHRASE, heads=heads)
    assert [info.id for info in opened.snapshots()] == ["s1", "s2", "s3"]
    assert {record.key: record.payload for record in opened.snapshot("first").records()} == kit.books()
    assert opened.slot("connections/Amys Landscaping and Sons").read() == b"refresh-token-0123456789abcdef"
    assert len(opened.chain("custody", "akika-custody").entries()) == 2
    for keys in (PASSPHRASE, None):
        report = verify(place, keys, heads=heads)
        assert (report.ok, report.findings) == (True, ())
    assert heads.vault_at(place) == opened.id
    with pytest.raises(WrongUse, match=r"is not (?:an )?empty"):
        create(place, PASSPHRASE, heads=heads, cost=KdfCost.CHEAP)


def test_a_place_where_another_vault_was_before(place: str, tmp_path: Path) -> None:
    heads = HeadStore(tmp_path / "heads")
    create(place, PASSPHRASE, heads=heads, cost=KdfCost.CHEAP)
    heads.settle(place, "0" * 32)
    with pytest.raises(VaultDamaged, match="Another vault was at this place before"):
        open_vault(place, PASSPHRASE, heads=heads)
    with pytest.raises(WrongUse, match="There is no vault at"):
        open_vault(f"{place}/elsewhere", PASSPHRASE, heads=heads)


def test_two_processes_that_write(place: str, tmp_path: Path) -> None:
    """All that was acknowledged to either of them is there; each remembers on a machine of its own."""
    heads = HeadStore(tmp_path / "heads")
    create(place, PASSPHRASE, heads=heads, cost=KdfCost.CHEAP)
    start, results = FRESH.Barrier(WRITERS), FRESH.Queue()
    arguments = [
        (place, tmp_path / f"heads-{number}", number, TURNS, start, results) for number in range(1, WRITERS + 1)
    ]
    with programs.running(programs.write, arguments) as writers:
        told = programs.told(results, writers)
    vault = open_vault(place, PASSPHRASE, heads=heads)
    assert sorted(one for snapshots, _, _ in told for one in snapshots) == [info.id for info in vault.snapshots()]
    assert sorted(seq for _, entries, _ in told for seq in entries) == list(range(WRITERS * TURNS))
    bodies = [entry.body for entry in vault.chain("custody", "akika-custody").entries()]
    assert len({(body["by"], body["turn"]) for body in bodies}) == WRITERS * TURNS
    assert (vault.slot("shared").read() or b"").endswith(b" 1")
    for number in range(WRITERS + 1):
        folder = HeadStore(tmp_path / (f"heads-{number}" if number else "heads"))
        report = verify(place, PASSPHRASE, heads=folder)
        assert (report.ok, report.findings) == (True, ())


def test_a_reader_while_another_writes(place: str, tmp_path: Path) -> None:
    heads = HeadStore(tmp_path / "heads")
    vault = create(place, PASSPHRASE, heads=heads, cost=KdfCost.CHEAP)
    stop, results = FRESH.Event(), FRESH.Queue()
    turn = 0
    with programs.running(programs.read, [(place, tmp_path / "of the reader", stop, results)]) as readers:
        while readers[0].is_alive() and turn < 12:
            capture(vault, {str(number): b'{"turn":%d}' % turn for number in range(turn + 1)})
            vault.slot("x").write(b"%d" % turn)
            turn += 1
        stop.set()
        [seen] = programs.told(results, readers)
    assert [found for _, found in seen if found] == []
    assert [count for count, _ in seen] == sorted(count for count, _ in seen)
    assert seen[-1][0] == turn


def test_a_store_that_ignores_conditions_is_for_reading(
    bucket: str, server: ObjectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, heads = f"s3://{bucket}/amy", HeadStore(tmp_path / "heads")
    capture(create(place, PASSPHRASE, heads=heads, cost=KdfCost.CHEAP), {"1": b"{}"})

    def deaf(method: str, path: str, environ: Environ) -> None:
        environ.pop("HTTP_IF_NONE_MATCH", None)
        environ.pop("HTTP_IF_MATCH", None)

    server.trouble = deaf
    vault = open_vault(place, PASSPHRASE, heads=heads)
    assert [info.id for info in vault.snapshots()] == ["s1"]
    assert verify(place, PASSPHRASE, heads=heads).ok
    with pytest.raises(Refused, match="overwrites what it was told only to create"):
        capture(vault, {"2": b"{}"})
    with pytest.raises(Refused, match="overwrites what it was told only to create"):
        vault.chain("custody", "akika-custody").append({})
    with pytest.raises(Refused, match="overwrites what it was told only to create"):
        create(f"s3://{bucket}/other", PASSPHRASE, heads=heads, cost=KdfCost.CHEAP)
    monkeypatch.setenv("AKIKA_SINGLE_WRITER", "1")
    assert capture(open_vault(place, PASSPHRASE, heads=heads), {"2": b"{}"}) == "s2"
    report = verify(place, PASSPHRASE, heads=heads)
    assert (report.ok, report.findings) == (True, ())


def test_what_others_do_to_a_bucket_is_found(bucket: str, server: ObjectServer, tmp_path: Path) -> None:
    place, heads = f"s3://{bucket}/amy", HeadStore(tmp_path / "heads")
    capture(create(place, PASSPHRASE, heads=heads, cost=KdfCost.CHEAP), {"1": b"{}"})
    client = server.client()
    keys = [one["Key"] for one in client.list_objects_v2(Bucket=bucket)["Contents"]]
    data = next(key for key in keys if "/data/" in key)
    kept = client.get_object(Bucket=bucket, Key=data)["Body"].read()
    client.put_object(Bucket=bucket, Key=data, Body=kept[:-1] + bytes([kept[-1] ^ 1]))
    client.put_object(Bucket=bucket, Key="amy/data/stranger", Body=b"x")
    found = {one.path for one in verify(place, None, heads=heads).findings}
    assert {data.removeprefix("amy/"), "data/stranger"} <= found
    client.delete_object(Bucket=bucket, Key=data)
    assert data.removeprefix("amy/") in {one.path for one in verify(place, None, heads=heads).findings}


def test_the_commands_take_a_bucket(
    bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AKIKA_PASSPHRASE", PASSPHRASE.reveal())
    monkeypatch.setitem(init_vault.__kwdefaults__, "cost", KdfCost.CHEAP)
    place = f"s3://{bucket}/of/amy"
    assert main(["vault", "init", "--vault", place, "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["vault"] == place
    assert (tmp_path / "amy.recovery.txt").is_file()
    monkeypatch.setenv("AKIKA_VAULT", place)
    assert main(["verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    assert main(["custody", "list", "--json"]) == 0
    assert "vault_created" in capsys.readouterr().out
    assert main(["verify", "--vault", f"s3://{bucket}/nothing"]) == 2
    assert main(["verify", "--vault", "s3://no-such-bucket/x"]) == 4
    assert main(["verify", "--vault", "s3://key:hush@vaults/x"]) == 2
    said = capsys.readouterr().err
    assert "not the address of a vault" in said
    assert "hush" not in said
