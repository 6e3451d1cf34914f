"""Every format that is stored and read back: what an earlier version wrote opens, what a newer one wrote is refused as newer."""

from __future__ import annotations

import base64
import importlib
import json
import pkgutil
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_samples import FOLDER

import akika_forensics
import akika_widgets.views
from akika_forensics.capture import asked, deletions
from akika_forensics.capture import draft as captures
from akika_forensics.case import budget, hints, spending
from akika_forensics.case.connections import sealed
from akika_forensics.case.first_hour import stored as first_hour
from akika_forensics.case.opening import open_vault
from akika_forensics.case.plans import outcomes
from akika_forensics.custody import log
from akika_forensics.errors import AkikaError, NewerFormat, WrongUse
from akika_forensics.jobs import kept
from akika_forensics.lab.working_folder import MEMORY, Shipped, place_all
from akika_forensics.model.formats import Format, OtherFormat
from akika_forensics.restore import approval, document, journal, signers
from akika_forensics.settings import state_dir
from akika_forensics.twin.beliefs import read_profile
from akika_forensics.vault import HeadStore, canonical, verify
from akika_forensics.vault.chains import attestations
from akika_forensics.vault.chains.heads import read_anchor
from akika_forensics.vault.keys import identity
from akika_forensics.vault.keys.passphrase import KdfCost
from akika_forensics.vault.layout import FORMAT_VERSION
from akika_forensics.vault.mending import losses
from akika_forensics.vault.snapshots import disclosure, draft
from akika_forensics.vault.storage import TEMPORARY
from akika_forensics.vault.upgrade import upgrade
from akika_widgets.views.reviewing import Review

VAULT = "8" * 32
OLD_NOTEBOOK, NEW_NOTEBOOK = b'{"cells":[]}', b'{"cells":[{"cell_type":"code","source":"1"}]}'


class Unread(Exception):
    """A reader said that there is nothing, which is how some say that they do not understand."""


def read_heads(data: bytes) -> Any:
    folder = state_dir() / "heads"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{VAULT}.json").write_bytes(data)
    return msgspec.to_builtins(HeadStore(folder).remembered(VAULT))


def read_places(data: bytes) -> Any:
    folder = state_dir() / "heads"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "places.json").write_bytes(data)
    known = json.loads(data)
    return {place: HeadStore(folder).vault_at(Path(place)) for place in known.get("places", known)}


def read_job(data: bytes) -> Any:
    job_id = "j20261127042831428329-105b9103"
    kept.folder().mkdir(parents=True, exist_ok=True)
    (kept.folder() / f"{job_id}.json").write_bytes(msgspec.json.encode({**decoded(data), "id": job_id}))
    job = kept.read(job_id)
    if job is None:
        raise Unread
    return {**msgspec.to_builtins(job), "id": json.loads(data)["id"]}


def read_lab(data: bytes) -> Any:
    """A notebook that nobody changed is renewed where the folder is remembered, and left alone where it is not."""
    folder = state_dir() / "lab"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "sessions").mkdir(parents=True)
    (folder / MEMORY).write_bytes(data)
    (folder / "sessions" / "one.ipynb").write_bytes(OLD_NOTEBOOK)
    (placed,) = place_all(folder, [Shipped("sessions/one.ipynb", NEW_NOTEBOOK)])
    if placed.outcome == "beside":
        raise Unread
    return placed.outcome


def read_review(data: bytes) -> Any:
    (plan,) = (FOLDER / "plan").glob("akika-plan-1.json")
    return json.loads(Review.read(document.read_plan(plan.read_bytes()), data.decode()).to_json())


def read_profile_file(data: bytes) -> Any:
    file = state_dir() / "profile.json"
    file.write_bytes(data)
    return dict(read_profile(file).chosen)


def read_approval(data: bytes) -> Any:
    read = approval.read(data)
    assert read.signed.statement in json.loads(data)["statement"]
    return msgspec.to_builtins(read.statement)


def each(read: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    return lambda data: [read(body) for body in decoded(data)]


def one(read: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    return lambda data: read(decoded(data))


def decoded(data: bytes) -> Any:
    """What is sealed is decoded before it is looked at; what cannot be decoded never gets there."""
    try:
        return json.loads(data)
    except ValueError as error:
        raise Unread from error


READERS: Mapping[str, Callable[[bytes], Any]] = {
    "plan": lambda data: document.read_plan(data).digest,
    "approval": read_approval,
    "rehearsal": one(outcomes.read_rehearsal),
    "verification": one(outcomes.read_verification),
    "journal": each(journal.read_entry),
    "custody": each(log.read_body),
    "attestation": each(attestations.read_body),
    "losses": each(losses.read),
    "disclosure": one(lambda value: str(disclosure.prove(canonical.encode(value)).key)),
    "identity": lambda data: {"seeds": base64.b64encode(identity.read_stored(data).to_bytes()).decode()},
    "signer": lambda data: msgspec.to_builtins(signers.read_stored(data)),
    "company": lambda data: msgspec.to_builtins(sealed.read_company(data)),
    "draft": lambda data: msgspec.to_builtins(draft.read_outer(data)),
    "capture": lambda data: json.loads(msgspec.json.encode(captures.read_state(data))),
    "deletions": lambda data: json.loads(msgspec.json.encode({"deletions": deletions.read(data)})),
    "requests": lambda data: json.loads(msgspec.json.encode({"requests": asked.read(data)})),
    "tokens": lambda data: msgspec.to_builtins(sealed.read_tokens(data)),
    "budget": lambda data: msgspec.to_builtins(spending.read_stored(data)),
    "cap": lambda data: msgspec.to_builtins(budget.read_cap(data)),
    "hints": lambda data: msgspec.to_builtins(hints.read_hints(data)),
    "first-hour": lambda data: msgspec.to_builtins(first_hour.read_stored(data)),
    "verifier": lambda data: msgspec.to_builtins(hints.read_verifier(data)),
    "review": read_review,
    "anchor": one(lambda anchor: msgspec.to_builtins(read_anchor(anchor))),
    "heads": read_heads,
    "places": read_places,
    "job": read_job,
    "lab": read_lab,
    "profile": read_profile_file,
}
SAMPLES = sorted(FOLDER.glob("*/*.json"))
SAMPLES = [sample for sample in SAMPLES if not sample.parent.name.startswith("vault-")]
IDS = [f"{sample.parent.name}/{sample.stem}" for sample in SAMPLES]


def expected(kind: str, value: Any) -> Any:
    """What the reader has to find in a sample, by an eye of its own."""
    if kind == "plan":
        return value["digest"]
    if kind == "approval":
        return json.loads(value["statement"])
    if kind == "lab":
        return "renewed"
    if kind == "profile":
        return {name: row["choice"] for name, row in value["beliefs"].items()}
    if kind == "disclosure":
        return f"{value['entity']}:{value['id']}"
    if kind == "places":
        return value.get("places", value)
    if kind == "tokens":
        return {"hard_expires_at": "", **value}
    if kind == "budget":
        return {"anew": [], **value}
    if kind == "capture":
        versions = {name: {"answers": "", **one} for name, one in value["held"]["versions"].items()}
        return {"gone": [], "answered": [], **value, "held": {**value["held"], "versions": versions}}
    if kind == "anchor":
        return {"vault": value["vault"], "signer": "", "chains": value["chains"], "slots": {}}
    return value


def without_format(value: Any) -> Any:
    if isinstance(value, list):
        return [without_format(row) for row in value]
    return {name: held for name, held in value.items() if name != "format"} if isinstance(value, dict) else value


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_what_an_earlier_version_wrote_opens(sample: Path) -> None:
    kind = sample.parent.name
    found = READERS[kind](sample.read_bytes())
    assert without_format(found) == without_format(expected(kind, json.loads(sample.read_bytes())))


def with_format(value: Any, label: str) -> Any:
    if isinstance(value, list):
        return [*value[:-1], {**value[-1], "format": label}]
    if "statement" in value:
        return {**value, "statement": json.dumps({**json.loads(value["statement"]), "format": label})}
    return {**value, "format": label}


def form_of(kind: str) -> Format:
    (found,) = [
        form
        for form in FORMATS
        if form.name.strip("-/").removeprefix("akika-") == {"profile": "beliefs"}.get(kind, kind)
    ]
    return found


def every_format() -> Iterator[Format]:
    for package in (akika_forensics, akika_widgets.views):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                for held in vars(importlib.import_module(module.name)).values():
                    if isinstance(held, Format):
                        yield held


FORMATS = list({form.name: form for form in every_format()}.values())


@pytest.mark.parametrize("further", [1, 2, 40])
@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_what_a_newer_version_wrote_is_refused_as_newer_and_left_alone(sample: Path, further: int) -> None:
    kind = sample.parent.name
    form = form_of(kind)
    label = f"{form.name}{form.version + further}"
    newer = json.dumps(with_format(json.loads(sample.read_bytes()), label)).encode()
    with pytest.raises(NewerFormat) as raised:
        READERS[kind](newer)
    assert label in raised.value.what
    assert form.label in raised.value.what
    assert raised.value.means == "A newer version of the software made it."
    assert raised.value.do == "Install that version or a newer one."
    assert raised.value.exit_code == 2
    files = [path for path in state_dir().rglob("*") if path.is_file() and path.suffix in {".json", ".ipynb"}]
    assert all(path.read_bytes() in {newer, OLD_NOTEBOOK} or kind == "job" for path in files)
    assert not [path for path in files if TEMPORARY in path.name]


@pytest.mark.parametrize("label", ["akika-other-1", "akika-", "", 7, None])
@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_what_is_something_else_is_not_taken_for_newer(sample: Path, label: Any) -> None:
    value = with_format(json.loads(sample.read_bytes()), label)
    with pytest.raises((AkikaError, ValueError, Unread)) as raised:
        READERS[sample.parent.name](json.dumps(value).encode())
    assert not isinstance(raised.value, NewerFormat)


@pytest.mark.parametrize("number", ["0", "01", "-1", "1.0", "1 ", "¹", "9999999999999"])
def test_a_number_has_one_spelling(number: str) -> None:
    form = Format("akika-x-", 2, "x")
    with pytest.raises(OtherFormat):
        form.current({"format": f"akika-x-{number}"})


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_a_field_that_this_version_does_not_know_is_refused(sample: Path) -> None:
    kind = sample.parent.name
    value = json.loads(sample.read_bytes())
    if isinstance(value, list):
        value[-1]["unheard_of"] = 1
    elif kind == "approval":
        value["statement"] = json.dumps({**json.loads(value["statement"]), "unheard_of": 1})
    elif kind == "places" and "format" not in value:
        value = {"format": form_of(kind).label, "places": value, "unheard_of": 1}
    elif kind == "lab" and "format" not in value:
        value = {"format": form_of(kind).label, "files": value, "unheard_of": 1}
    else:
        value["unheard_of"] = 1
    with pytest.raises((AkikaError, ValueError, Unread)) as raised:
        READERS[kind](json.dumps(value).encode())
    assert not isinstance(raised.value, NewerFormat)


@given(st.sampled_from(SAMPLES), st.floats(0, 1, exclude_max=True))
def test_what_was_cut_short_is_damage(sample: Path, part: float) -> None:
    data = sample.read_bytes().rstrip()
    with pytest.raises((AkikaError, ValueError, Unread)) as raised:
        READERS[sample.parent.name](data[: int(part * len(data))])
    assert not isinstance(raised.value, NewerFormat)


@given(st.sampled_from([sample for sample in SAMPLES if sample.parent.name == "plan"]), st.data())
def test_a_plan_that_was_changed_is_refused(sample: Path, data: st.DataObject) -> None:
    whole = sample.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 127))]) + whole[at + 1 :]
    try:
        # Blanks between the tokens, and another spelling of a sign, are the same plan.
        same = json.loads(changed) == json.loads(whole)
    except ValueError:
        same = False
    if not same:
        with pytest.raises(AkikaError):
            document.read_plan(changed)


def test_an_old_value_is_brought_forward_step_by_step_and_stays_as_it_was() -> None:
    form = Format("akika-x-", 3, "x", {1: lambda v: {**v, "b": v["a"]}, 2: lambda v: {"c": v["b"] + 1}})
    old = {"format": "akika-x-1", "a": 4}
    assert form.current(old) == {"format": "akika-x-3", "c": 5}
    assert form.current({"format": "akika-x-2", "b": 7}) == {"format": "akika-x-3", "c": 8}
    assert old == {"format": "akika-x-1", "a": 4}
    with pytest.raises(OtherFormat):
        form.current({"a": 4})


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_sample_of_what_is_written_today_is_kept(form: Format) -> None:
    """`python tests/formats/make_samples.py` makes what is missing."""
    assert [sample for sample in SAMPLES if sample.stem == form.label.replace("/", "-")], form.label
    assert form.version == 1 or form.version - 1 in form.steps or form.name == "akika-plan/"


def test_every_sample_has_a_reader_and_every_format_a_sample() -> None:
    assert {sample.parent.name for sample in SAMPLES} == set(READERS)
    assert len(FORMATS) == len(READERS)


@pytest.mark.parametrize("folder", sorted(FOLDER.glob("vault-*")), ids=lambda folder: folder.name)
def test_a_vault_of_an_earlier_version_tells_what_it_told(folder: Path, tmp_path: Path) -> None:
    told = json.loads((folder / "told.json").read_bytes())
    root = shutil.copytree(folder / "vault", tmp_path / "vault")
    if json.loads((root / "VAULT.json").read_bytes())["version"] < FORMAT_VERSION:
        assert verify(root, None, heads=HeadStore(tmp_path / "heads")).ok
        with pytest.raises(WrongUse, match="akika vault upgrade"):
            open_vault(root, passphrase=told["passphrase"], heads=HeadStore(tmp_path / "heads"))
        upgrade(root, case_secret(told), heads=HeadStore(tmp_path / "heads"), cost=KdfCost.CHEAP)
    case = open_vault(root, passphrase=told["passphrase"], heads=HeadStore(tmp_path / "heads"))
    assert case.verify_vault(case_secret(told)).ok
    assert {info.id: info.digest for info in case.vault.snapshots()} == told["snapshots"]
    assert {info.id: info.records for info in case.vault.snapshots()} == told["records"]
    assert [act.act for act in case.custody.acts()][: len(told["acts"])] == told["acts"]
    assert [signer.name for signer in case.signers.all()] == told["signers"]
    assert list(case.companies.names()) == told["companies"]
    assert case.companies.tokens("craig").load().refresh_token
    file = shutil.copy(folder / "plan.sealed", tmp_path / "restore.plan")
    held = case.plans.load(Path(file))
    assert {"id": held.plan.id, "digest": held.plan.digest, "state": held.state} == told["plan"]
    assert held.rehearsal is not None
    assert held.rehearsal["ok"] is True
    assert held.verification is not None
    assert held.verification["residual"] == "0.00"
    assert [a.reading for a in held.tally.valid] + [a.reading for a, _ in held.tally.ignored] == ["approved by Dana"]
    assert all(result.state == "verified" for result in held.run.results.values())
    assert Review.read(held.plan, case.plans.review(Path(file)) or "").counts.approved == len(held.plan.steps)
    assert "removed" in {change.kind for change in case.diff("s1", "s2").changes}


def case_secret(told: dict[str, Any]) -> Any:
    from akika_forensics.settings import Secret

    return Secret(told["passphrase"])
