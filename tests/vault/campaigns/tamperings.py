"""What can be done to a vault by somebody who writes to its folder, one function a kind.

Each takes the scene and chance and gives a case: the content after it and where a check has to point.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from vault.campaigns.scene import BEN, MACHINE, Content, Scene, signature_of

from akika_forensics.vault import canonical, layout
from akika_forensics.vault.chains import entries, marker, sshsig


@dataclass(frozen=True)
class Case:
    """``all_of``: files that must be named. ``any_of``: one of them must be. Nothing beyond these and ``also`` may be.

    ``keys``: whether it takes the keys to see it. ``memory``: whether it takes this machine's memory. ``anchor``:
    whether it takes an anchor.
    """

    content: Content
    what: str
    all_of: frozenset[str] = frozenset()
    any_of: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    keys: bool = False
    memory: bool = False
    anchor: bool = False

    def complaint(self, found: Iterable[str], scene: Scene) -> str:
        """What is wrong with the files that a check named as damaged; empty when it is right."""
        named = set(found)
        if missed := self.all_of - named:
            return f"not named: {sorted(missed)}; named: {sorted(named)}"
        if self.any_of and not self.any_of & named:
            return f"none of {sorted(self.any_of)} named; named: {sorted(named)}"
        meant = self.all_of | self.any_of
        hidden = {path for one in meant for path in scene.hanging_on(one)}
        if wrong := named - meant - self.also - hidden:
            return f"named without reason: {sorted(wrong)}"
        return ""


type Tampering = Callable[[Scene, random.Random], Case]


def _case(content: Content, what: str, *named: str, **more: object) -> Case:
    return Case(content, what, all_of=frozenset(named), **more)  # type: ignore[arg-type]


def _beside(content: Content, path: str) -> frozenset[str]:
    """What hangs on an entry by its number: its signatures."""
    place = layout.place_of(path)
    if place.kind not in ("entry", "signature"):
        return frozenset()
    number = f"{place.chain}/{place.seq:08d}"
    return frozenset({one for one in content if one.startswith(number)} | {f"{number}.json"})


def flip(scene: Scene, chance: random.Random) -> Case:
    path = chance.choice(scene.paths())
    data = bytearray(scene.content[path])
    at = chance.choice([0, len(data) - 1, chance.randrange(len(data)), chance.randrange(len(data))])
    data[at] ^= 1 << chance.randrange(8)
    return _case({**scene.content, path: bytes(data)}, f"a bit of byte {at} of {path} flipped", path)


def overwrite_bytes(scene: Scene, chance: random.Random) -> Case:
    path = chance.choice(scene.paths())
    data = bytearray(scene.content[path])
    at = chance.randrange(len(data))
    length = min(len(data) - at, chance.choice([1, 8, 64, 4096]))
    data[at : at + length] = chance.choice([bytes(length), chance.randbytes(length)])
    if data == scene.content[path]:
        data[at] ^= 1
    return _case({**scene.content, path: bytes(data)}, f"{length} bytes of {path} from {at} written over", path)


def remove(scene: Scene, chance: random.Random) -> Case:
    path = chance.choice(scene.paths())
    content = {one: data for one, data in scene.content.items() if one != path}
    # Nothing in the vault tells of the last entry of a chain, nor of a slot.
    place = layout.place_of(path)
    is_last = place.kind == "entry" and path == scene.entries(place.chain)[-1]
    untold = place.kind == "slot" or is_last
    return _case(content, f"{path} removed", path, also=_beside(scene.content, path), memory=untold)


def truncate(scene: Scene, chance: random.Random) -> Case:
    path = chance.choice(scene.paths())
    data = scene.content[path]
    length = chance.choice([0, 1, len(data) - 1, chance.randrange(len(data))])
    return _case({**scene.content, path: data[:length]}, f"{path} cut to {length} bytes", path)


def extend(scene: Scene, chance: random.Random) -> Case:
    path = chance.choice(scene.paths())
    more = chance.choice([b"\n", b"\x00", chance.randbytes(100), scene.content[path]])
    return _case({**scene.content, path: scene.content[path] + more}, f"{path} lengthened by {len(more)}", path)


def swap(scene: Scene, chance: random.Random) -> Case:
    one = chance.choice(scene.paths())
    kind = layout.place_of(one).kind
    alike = [path for path in scene.paths(kind) if scene.content[path] != scene.content[one]]
    other = chance.choice(alike or [path for path in scene.paths() if path != one])
    content = {**scene.content, one: scene.content[other], other: scene.content[one]}
    return _case(content, f"{one} and {other} exchanged", one, other)


def copy_over(scene: Scene, chance: random.Random) -> Case:
    """One file in place of another: of this vault, of what it was, or of a copy that went its own way."""
    path = chance.choice(scene.paths())
    pool = chance.choice([scene.content, scene.other, scene.fork, *scene.older])
    source = chance.choice(sorted(pool))
    if pool[source] == scene.content[path]:
        return flip(scene, chance)
    content = {**scene.content, path: pool[source]}
    return _case(content, f"{source} of some copy in place of {path}", path, also=_beside(scene.content, path))


def splice(scene: Scene, chance: random.Random) -> Case:
    """A stretch of one Parquet file put into another, at its place or elsewhere: pages, chunks, footers."""
    one, other = chance.sample(scene.paths("parquet"), 2)
    data, source = bytearray(scene.content[one]), scene.content[other]
    length = chance.randrange(1, min(len(data), len(source)))
    at, begin = chance.randrange(len(data) - length + 1), chance.randrange(len(source) - length + 1)
    if chance.random() < 0.5:
        at = begin = min(at, begin)
    data[at : at + length] = source[begin : begin + length]
    if data == scene.content[one]:
        data[at] ^= 0x10
    return _case({**scene.content, one: bytes(data)}, f"{length} bytes of {other} put into {one} at {at}", one)


def in_the_clear(scene: Scene, chance: random.Random) -> Case:
    """The same rows as plain Parquet: what a reader takes without a word, key or no key."""
    path = chance.choice(sorted(scene.plain))
    data = scene.plain[path]
    if chance.random() < 0.5:
        return _case({**scene.content, path: data}, f"{path} in the clear", path)
    renamed = layout.parquet(layout.place_of(path).id, canonical_digest(data))
    content = {one: held for one, held in scene.content.items() if one != path} | {renamed: data}
    return _case(content, f"{path} in the clear, under a name of its own digest", path, also=frozenset({renamed}))


def canonical_digest(data: bytes) -> str:
    return entries.digest_of(data)


def edited_entry(scene: Scene, chance: random.Random) -> Case:
    """An entry with another value in it, spelled as we spell; its signature left, renamed or made anew by a stranger."""
    path = chance.choice(scene.paths("entry"))
    fields = json.loads(scene.content[path])
    name = chance.choice(sorted(fields))
    fields[name] = _another(fields[name], chance)
    data = canonical.encode(fields)
    if data == scene.content[path]:
        return flip(scene, chance)
    return _resigned(scene, chance, path, data, f"{name} of {path} edited")


def _another(value: object, chance: random.Random) -> object:
    if isinstance(value, bool) or value is None:
        return chance.choice([[], 7, "x"])
    if isinstance(value, int):
        return value + chance.choice([-1, 1, 1000])
    if isinstance(value, str):
        if not value:
            return "x"
        at = chance.randrange(len(value))
        return value[:at] + chance.choice("0123456789abcdef") + value[at + 1 :]
    if isinstance(value, list) and value:
        rows = list(value)
        if chance.random() < 0.5 or not isinstance(rows[0], dict):
            rows.pop(chance.randrange(len(rows)))
        else:
            row = dict(chance.choice(rows))
            field_name = chance.choice(sorted(row))
            rows[0] = row | {field_name: _another(row[field_name], chance)}
        return rows
    return {}


def _resigned(scene: Scene, chance: random.Random, path: str, data: bytes, what: str) -> Case:
    place = layout.place_of(path)
    before = scene.signature(path)
    content = {**scene.content, path: data}
    how = chance.choice(["left", "renamed", "by a stranger", "gone"])
    after = layout.signature(place.chain, place.seq, entries.digest_of(data))
    if how != "left":
        old = content.pop(before)
        if how == "renamed":
            content[after] = old
        elif how == "by a stranger":
            content[after] = _stranger(chance, data, path)
    return Case(content, f"{what}, its signature {how}", any_of=frozenset({path, before, after}))


def _stranger(chance: random.Random, data: bytes, path: str) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
    commits = layout.place_of(path).chain == layout.COMMITS
    namespace = layout.COMMIT_NAMESPACE if commits else json.loads(data).get("namespace") or "akika"
    return sshsig.sign(key, data, str(namespace))


def respelled_entry(scene: Scene, chance: random.Random) -> Case:
    """The same value in other bytes."""
    path = chance.choice(scene.paths("entry"))
    fields = json.loads(scene.content[path])
    spelled = {
        "with blanks": json.dumps(fields, sort_keys=True).encode(),
        "in another order": json.dumps(
            dict(sorted(fields.items(), reverse=True)), separators=(",", ":"), ensure_ascii=False
        ).encode(),
        "with a field twice": scene.content[path].replace(b"{", b'{"at":"2020-01-01T00:00:00Z",', 1),
        "with a field more": canonical.encode(fields | {"zzz": 1}),
        "with a line end": scene.content[path] + b"\n",
    }
    how = chance.choice(sorted(spelled))
    return _resigned(scene, chance, path, spelled[how], f"{path} spelled {how}")


def signature_of_another(scene: Scene, chance: random.Random) -> Case:
    one, other = chance.sample(scene.paths("signature"), 2)
    return _case({**scene.content, one: scene.content[other]}, f"{other} in place of {one}", one)


def by_a_stranger(scene: Scene, chance: random.Random) -> Case:
    """A sound signature of sound bytes, by a key of nobody."""
    path = chance.choice(scene.paths("entry"))
    mine = scene.signature(path)
    content = {**scene.content, mine: _stranger(chance, scene.content[path], path)}
    return Case(content, f"{path} signed by a stranger", any_of=frozenset({mine, path}))


def one_more_entry(scene: Scene, chance: random.Random) -> Case:
    """An entry that follows the last one as it should, signed by a stranger."""
    chain = chance.choice(scene.chains)
    last = scene.entries(chain)[-1]
    place = layout.place_of(last)
    fields = json.loads(scene.content[last])
    fields |= {"seq": place.seq + 1, "previous": entries.digest_of(scene.content[last]), "files": []}
    data = canonical.encode(fields)
    path = layout.entry(chain, place.seq + 1)
    signature = layout.signature(chain, place.seq + 1, entries.digest_of(data))
    content = {**scene.content, path: data, signature: _stranger(chance, data, path)}
    return Case(content, f"one more entry on {chain}, by a stranger", any_of=frozenset({path, signature}))


def by_a_member_who_may_not(scene: Scene, chance: random.Random) -> Case:
    """One more entry that follows as it should: by a capture member who does more than add, or by one who was removed."""
    chain = chance.choice([layout.COMMITS, layout.COMMITS, "custody"])
    last = scene.entries(chain)[-1]
    seq = layout.place_of(last).seq + 1
    fields = json.loads(scene.content[last])
    fields |= {"seq": seq, "previous": entries.digest_of(scene.content[last]), "files": [], "retired": []}
    member, what = BEN, "a member who was removed"
    if chain == layout.COMMITS and chance.random() < 0.6:
        member, what = MACHINE, "a member who may only add"
        retires = chance.random() < 0.5
        fields |= {"retired": [chance.choice(scene.paths("parquet"))]} if retires else {"signers": _signers(scene)}
    data = canonical.encode(fields)
    path = layout.entry(chain, seq)
    signature = layout.signature(chain, seq, entries.digest_of(data))
    signed = sshsig.sign(member.signer, data, fields["namespace"])
    content = {**scene.content, path: data, signature: signed}
    return Case(content, f"one more entry on {chain} by {what}", any_of=frozenset({path, signature}))


def _signers(scene: Scene) -> list[object]:
    """Of the last commit that tells who may sign, the first alone."""
    told = [json.loads(scene.content[path]).get("signers") for path in scene.entries(layout.COMMITS)]
    return [one for one in told if one][-1][:1]


def entries_exchanged(scene: Scene, chance: random.Random) -> Case:
    """Two entries of a chain, each with its signature, in each other's place."""
    chain = chance.choice([name for name in scene.chains if len(scene.entries(name)) > 1])
    one, other = chance.sample(scene.entries(chain), 2)
    content = dict(scene.content)
    for at, source in ((one, other), (other, one)):
        data = scene.content[source]
        content.pop(scene.signature(at), None)
        place = layout.place_of(at)
        content[at] = data
    for at, source in ((one, other), (other, one)):
        place = layout.place_of(at)
        content[layout.signature(chain, place.seq, entries.digest_of(content[at]))] = scene.content[
            scene.signature(source)
        ]
    also = _beside(scene.content, one) | _beside(scene.content, other) | _beside(content, one) | _beside(content, other)
    return _case(content, f"{one} and {other} exchanged with their signatures", one, other, also=also)


def gap(scene: Scene, chance: random.Random) -> Case:
    """An entry that is not the last one removed with its signature, and perhaps with its files."""
    chain = chance.choice([name for name in scene.chains if len(scene.entries(name)) > 1])
    path = chance.choice(scene.entries(chain)[:-1])
    content = dict(scene.content)
    del content[scene.signature(path)], content[path]
    also: set[str] = set()
    if chance.random() < 0.5:
        for file in json.loads(scene.content[path])["files"]:
            content.pop(file["path"], None)
            also.add(file["path"])
    return _case(content, f"{path} removed with its signature", path, also=frozenset(also))


def tail(scene: Scene, chance: random.Random) -> Case:
    """The last entries of a chain removed, with their signatures and files. Only memory outside tells."""
    chain = chance.choice(scene.chains)
    path = chance.choice(scene.entries(chain)[1:] or scene.entries(chain))
    seq = layout.place_of(path).seq
    content = dict(scene.content)
    for entry in scene.entries(chain)[seq:]:
        for file in json.loads(content[entry])["files"]:
            content.pop(file["path"], None)
        del content[signature_of(content, entry)], content[entry]
    last = scene.entries(chain)[-1]
    return Case(content, f"{chain} cut before {path}", any_of=frozenset({path, last}), also=scene.ever, memory=True)


def chain_removed(scene: Scene, chance: random.Random) -> Case:
    chain = chance.choice([name for name in scene.chains if name != layout.COMMITS])
    content = {path: data for path, data in scene.content.items() if layout.place_of(path).chain != chain}
    named = frozenset(scene.entries(chain))
    return Case(content, f"the chain {chain} removed", any_of=named, memory=chance.random() < 0.5, keys=True)


def rolled_back(scene: Scene, chance: random.Random) -> Case:
    """All of an older state put back."""
    usable = [content for content in scene.older if "VAULT.json" in content]
    at = chance.randrange(len(usable) - 1)
    content = usable[at]
    gone = frozenset(path for path in scene.content if path not in content)
    entries_gone = frozenset(path for path in gone if layout.place_of(path).kind in ("entry", "slot"))
    has_entry = any(layout.place_of(path).kind == "entry" for path in gone)
    anchor = chance.random() < 0.5 and has_entry
    also = frozenset(set(content) | gone)
    return Case(content, f"the state after act {at}", any_of=entries_gone, also=also, memory=not anchor, anchor=anchor)


def slots_put_back(scene: Scene, chance: random.Random) -> Case:
    usable = [
        {path: data for path, data in content.items() if layout.place_of(path).kind == "slot"}
        for content in scene.older
    ]
    now = {path: data for path, data in scene.content.items() if layout.place_of(path).kind == "slot"}
    before = chance.choice([one for one in usable if _newest(one) != _newest(now)])
    content = {path: data for path, data in scene.content.items() if path not in now} | before
    return Case(content, "older slots put back", any_of=frozenset(now), also=frozenset(before), memory=True)


def _newest(slots: Content) -> dict[str, int]:
    """An older value beside a newer one is a left-over, and says nothing."""
    places = sorted(layout.place_of(path) for path in slots)
    return {place.id: place.seq for place in places}


def forked(scene: Scene, chance: random.Random) -> Case:
    """Entries of a copy that somebody with the keys wrote on, in place of ours: each soundly signed."""
    chain = chance.choice(["custody", layout.COMMITS])
    differing = [
        path for path in scene.entries(chain) if path in scene.fork and scene.fork[path] != scene.content[path]
    ]
    first = chance.choice(differing)
    content = dict(scene.content)
    moved = differing[differing.index(first) :] if chance.random() < 0.5 else [first]
    for path in moved:
        del content[scene.signature(path)]
        theirs = signature_of(scene.fork, path)
        content |= {path: scene.fork[path], theirs: scene.fork[theirs]}
        for file in json.loads(scene.fork[path])["files"]:
            content[file["path"]] = scene.fork[file["path"]]
    number = layout.place_of(first).seq
    named = {layout.entry(chain, seq) for seq in range(number, number + 3)}
    ours = {file["path"] for path in moved for file in json.loads(scene.content[path])["files"]}
    return Case(
        content,
        f"{moved} of a copy that went its own way",
        any_of=frozenset(named),
        also=frozenset(ours) | scene.ever | frozenset(scene.fork),  # what hangs on entries that are another's
        memory=True,
    )


def marker_edited(scene: Scene, chance: random.Random) -> Case:
    """Another value in the marker, with a right check sum."""
    fields = json.loads(scene.content[layout.MARKER])
    name = chance.choice(["created", "signer", "vault"])
    other = json.loads(scene.other[layout.MARKER])
    fields[name] = "2020-01-01T00:00:00Z" if name == "created" else other[name]
    fields["checksum"] = marker.checksum(fields)
    content = {**scene.content, layout.MARKER: canonical.encode(fields)}
    also = frozenset(scene.content) if name != "created" else frozenset()
    return _case(content, f"{name} of the marker edited", layout.MARKER, also=also)


def another_vault(scene: Scene, chance: random.Random) -> Case:
    """Parts of another vault that the same passphrase opens: its keyring, its marker, all of a kind."""
    kind = chance.choice(["keyring", "marker", "keytable", "slot"])
    theirs = {path: data for path, data in scene.other.items() if layout.place_of(path).kind == kind}
    ours = scene.paths(kind)
    content = dict(scene.content)
    if kind in ("keyring", "marker"):
        for path in ours:
            content[path] = chance.choice(sorted(theirs.values()))
        named = ours
    else:
        path = chance.choice(ours)
        content[path] = chance.choice(sorted(theirs.values()))
        named = [path]
    also = frozenset(scene.content) if kind == "marker" else frozenset()
    return Case(content, f"the {kind} of another vault", any_of=frozenset(named), also=also)


def stranger(scene: Scene, chance: random.Random) -> Case:
    """A file that was not there: of any name, or a copy of one of ours under another name of its kind."""
    hexadecimal = chance.randbytes(16).hex()
    if chance.random() < 0.5:
        path = chance.choice(
            [
                f"{hexadecimal}.txt",
                f"data/{hexadecimal}.sealed",
                f"data/{hexadecimal}-{hexadecimal[:16]}.parquet",
                f"documents/{hexadecimal}.sealed",
                f"keytables/{hexadecimal}.sealed",
                f"slots/{hexadecimal}/00000000.sealed",
                f"commits/{chance.randrange(50, 99):08d}.json",
                "custody/readme",
                f"keys/{hexadecimal}",
            ]
        )
        gap_named = frozenset(layout.entry(layout.COMMITS, number) for number in range(50))
        also = gap_named if path.startswith("commits/") else frozenset()
        return _case({**scene.content, path: chance.randbytes(200)}, f"{path} added", path, also=also)
    source = chance.choice(scene.paths("sealed", "keytable"))
    folder, _, name = source.rpartition("/")
    path = f"{folder}/{hexadecimal}{name[32:]}"
    return _case({**scene.content, path: scene.content[source]}, f"a copy of {source} as {path}", path)


TAMPERINGS: dict[str, Tampering] = {
    tampering.__name__: tampering
    for tampering in (
        flip,
        overwrite_bytes,
        remove,
        truncate,
        extend,
        swap,
        copy_over,
        splice,
        in_the_clear,
        edited_entry,
        respelled_entry,
        signature_of_another,
        by_a_stranger,
        one_more_entry,
        by_a_member_who_may_not,
        entries_exchanged,
        gap,
        tail,
        chain_removed,
        rolled_back,
        slots_put_back,
        forked,
        marker_edited,
        another_vault,
        stranger,
    )
}
