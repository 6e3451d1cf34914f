"""The snapshots of a vault: what each keeps, held against every index, every digest and every record root."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pyarrow.parquet.encryption import create_decryption_properties

from .opened import Opened
from .plain import open_stream, require, unwrapped
from .records import Row, canonical_form, leaf, record_root
from .signed import Entry


@dataclass
class Snapshot:
    id: str
    digest: str
    told: dict[str, Any]
    records: dict[tuple[str, str], bytes] = field(default_factory=dict)
    digests: dict[tuple[str, str], bytes] = field(default_factory=dict)
    controls: dict[str, bytes] = field(default_factory=dict)
    attached: dict[tuple[str, str], bytes] = field(default_factory=dict)


class Vault(Opened):
    """A vault in a folder, read whole by one of its members.

    ``chains``: name → entries. ``snapshots``: id → what is kept. ``documents``: path → (kind, data). ``slots``: name → value.
    ``listed``: files that entries vouch for now. ``left``: files that nobody vouches for.
    """

    def __init__(self, root: Path, passphrase: str, *, ask_openssh: bool = True) -> None:
        super().__init__(root, passphrase, ask_openssh=ask_openssh)
        self.snapshots = self._read_snapshots()
        own = {entry.path for chain in self.chains.values() for entry in chain}
        own |= {self._signature(entry) for chain in self.chains.values() for entry in chain}
        self.left = [
            path for path in self.files if path not in own | self.listed.keys() and not path.startswith("slots/")
        ]

    def _table(
        self, company: str, half: str, path: str, columns: tuple[str, ...], *, since_2: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """``since_2``: columns that a file of version 1 has not, and what stands in their place."""
        data = self.read(path)
        require(path in self.listed, f"nobody vouches for {path}")
        require(data[:4] == data[-4:] == b"PARE", f"{path} is no encrypted Parquet")
        file_id = path[5:37]
        properties = create_decryption_properties(
            self.tables[company][half][file_id], aad_prefix=f"akika/1|{company}|{file_id}".encode()
        )
        table = pq.read_table(io.BytesIO(data), decryption_properties=properties)
        names, added = tuple(table.column_names), since_2 or {}
        old = tuple(name for name in columns if name not in added)
        require(names in {columns, old}, f"{path} has the columns {names}")
        return [added | row for row in table.to_pylist()] if names == old else list(table.to_pylist())

    def _read_snapshots(self) -> dict[str, Snapshot]:
        kept, parts, manifests, removed_leaves = self._fold()
        versions = {
            company: self._read_parts(company, mine, removed_leaves.get(company, [])) for company, mine in parts.items()
        }
        found: dict[str, Snapshot] = {}
        states: dict[int, dict[tuple[str, str], int]] = {}
        commits = self.chains["commits"]
        for seq, entry in kept.items():
            told, company = entry.body, entry.body["pseudonym"]
            old = entry.plain["generation"] == 0
            kind = (
                "production" if told["company"]["base_url"].startswith("https://quickbooks.api.intuit.com") else "other"
            )
            require(
                self.pseudonym("company", kind, told["company"]["realm_id"]) == company,
                f"{entry.path}: another company",
            )
            state, held = {}, Snapshot(told["snapshot"], entry.digest, told)
            moved = manifests.get(seq)
            told = {"attachments": "", "removed": None, "roll": ""} | told
            base, path = (moved["base"], moved["path"]) if moved else (told["base"], told["manifest"])
            if base is not None:
                require(commits[base].body["pseudonym"] == company, f"{entry.path} follows another company")
                require(base in states, f"{entry.path} follows a snapshot that is not kept")
                state = dict(states[base])
            before = dict(state)
            own = [int(number) for part in told.get("parts", ()) for number in part["segments"]]
            own += [one["number"] for one in told.get("segments", ())]
            seen = (
                self._apply(state, before, company, path, versions[company], own, moved=moved, old=old)
                if path
                else set()
            )
            for number in own:
                for key, version in versions[company][number].items():
                    if old and not moved:
                        require(state.get(key) == number, f"{path} does not list a row of segment {number}")
                        continue
                    require(key not in seen, f"{entry.path} holds a record twice")
                    seen.add(key)
                    was = versions[company][before[key]][key].digest if key in before else None
                    require(moved or version.was == was, f"segment {number} tells otherwise what a row replaces")
                    state[key] = number
            gone = len(before.keys() - state.keys())
            require(moved or old or gone == told["removed"], f"{entry.path} tells another number of removed records")
            states[seq] = state
            require(len(state) == told["records"], f"{entry.path} tells another number of records")
            if told["roll"]:
                roll = self._table(company, "index", told["roll"], ("entity", "id", "segment"))
                listed = [((row["entity"], row["id"]), row["segment"]) for row in roll]
                require(listed == sorted(state.items()), f"{told['roll']} lists other records")
            for key, segment in sorted(state.items()):
                row = versions[company][segment][key]
                held.records[key], held.digests[key] = row.payload, row.digest
            for name, path in told["controls"].items():
                document = self._document(path) if self.role == "full" else None
                if document is not None:
                    require(document[0] == f"control {name}", f"{path} is another control")
                    held.controls[name] = document[1]
            if told["attachments"]:
                columns = ("entity", "id", "sha256", "length", "blob")
                for row in self._table(company, "index", told["attachments"], columns):
                    data = self._blob(company, row["blob"]) if self.role == "full" else b""
                    held.attached[row["entity"], row["id"]] = data
                    same = (hashlib.sha256(data).digest(), len(data)) == (row["sha256"], row["length"])
                    require(same or self.role != "full", f"{told['attachments']} tells of another file")
            found[held.id] = held
        return found

    def _blob(self, company: str, name: str) -> bytes:
        path = f"blobs/{name}.sealed"
        require(path in self.listed, f"nobody vouches for {path}")
        body = unwrapped(b"BLOB", self.read(path), path)
        require(body[:16].hex() == name, f"{path} is another file")
        return open_stream(self.tables[company]["payload"][name], body[16:], "blob", self.id, name, packed=False)

    def _fold(
        self,
    ) -> tuple[dict[int, Entry], dict[str, dict[str, dict[str, Any]]], dict[int, dict[str, Any]], dict[str, list[str]]]:
        """The commits of kept snapshots; of each company its parts by their index's path; manifests; leaves."""
        kept: dict[int, Entry] = {}
        parts: dict[str, dict[str, dict[str, Any]]] = {}
        manifests: dict[int, dict[str, Any]] = {}
        leaves: dict[str, list[str]] = {}
        snapshots = 0
        for seq, entry in enumerate(self.chains["commits"]):
            told = entry.body
            if told is None:
                snapshots += 1
                continue
            kind = told["kind"]
            if kind == "snapshot":
                snapshots += 1
                require(told["snapshot"] == f"s{snapshots}", f"{entry.path} counts otherwise")
                kept[seq] = entry
            if kind in {"snapshot", "compaction", "retention"}:
                mine = parts.setdefault(told["pseudonym"], {})
                for path in entry.plain["retired"]:
                    mine.pop(path, None)
                one_each = [{**one, "segments": {str(one["number"]): one["rows"]}} for one in told.get("segments", ())]
                mine |= {part["index"]: part for part in told.get("parts", one_each)}
                if kind != "snapshot" and told["leaves"]:
                    leaves.setdefault(told["pseudonym"], []).append(told["leaves"])
            if kind == "retention":
                manifests |= {int(one): moved for one, moved in told["manifests"].items()}
                for one in told["dropped"]:
                    kept.pop(one)
            if kind == "erasure":
                for one in told["commits"]:
                    kept.pop(one, None)
                parts.pop(told["pseudonym"], None)
                leaves.pop(told["pseudonym"], None)
        live = {company: [path for path in paths if path in self.listed] for company, paths in leaves.items()}
        return kept, parts, manifests, live

    def _apply(
        self,
        state: dict[tuple[str, str], int],
        before: dict[tuple[str, str], int],
        company: str,
        path: str,
        versions: dict[int, Any],
        own: list[int],
        *,
        moved: object,
        old: bool,
    ) -> set[tuple[str, str]]:
        """What a manifest lists; its keys."""
        seen = set()
        columns = ("entity", "id", "digest", "segment", "length", "removed", "was")
        for row in self._table(company, "index", path, columns, since_2={"was": "not told"}):
            key = (row["entity"], row["id"])
            require(key not in seen, f"{path} lists a record twice")
            seen.add(key)
            was = versions[before[key]][key].digest if key in before else None
            require(row["was"] in {was, "not told"}, f"{path} tells otherwise what a row replaces")
            if row["removed"]:
                require(
                    (row["digest"], row["segment"], row["length"]) == (None, None, None), f"{path}: removed, and there"
                )
                del state[key]
                continue
            require(moved or old, f"{path} lists more than what was removed")
            require(old or row["segment"] not in own, f"{path} lists a row of its own segments")
            state[key] = row["segment"]
            version = versions[row["segment"]][key]
            require(
                (version.digest, len(version.payload)) == (row["digest"], row["length"]) or self.role != "full",
                f"{path}: other versions",
            )
        return seen

    def _read_parts(
        self, company: str, parts: dict[str, dict[str, Any]], leaves: list[str]
    ) -> dict[int, dict[tuple[str, str], Row]]:
        """Segment → key → version; every payload is held against its index, every segment against its record root."""
        found: dict[int, dict[tuple[str, str], Row]] = {}
        for part in parts.values():
            number = {"segment": int(min(part["segments"], key=int))}
            facts = dict.fromkeys(("sync_token", "created_at", "updated_at", "txn_date", "was"))
            if part.get("rest"):
                hot = self._table(company, "index", part["index"], ("entity", "id", "digest", "length", "segment"))
                rest = self._table(company, "index", part["rest"], ("payload_sha256", *facts))
                index = [one | other for one, other in zip(hot, rest, strict=True)]
            else:
                index = self._table(
                    company, "index", part["index"],
                    ("entity", "id", "digest", "payload_sha256", "length", "segment", *facts), since_2=number | facts,
                )  # fmt: skip
            order = [(row["entity"], row["id"], row["segment"]) for row in index]
            require(
                order == sorted(order, key=lambda key: (key[0].encode(), key[1].encode(), key[2])),
                f"{part['index']} is in no order",
            )
            payloads = [dict(row, payload=b"") for row in index]
            if self.role == "full":
                columns = ("entity", "id", "segment", "payload")
                payloads = self._table(company, "payload", part["payload"], columns, since_2=number)
            require(
                [(row["entity"], row["id"], row["segment"]) for row in payloads] == order,
                "the two files of a part differ",
            )
            counts: dict[str, int] = {}
            for row, other in zip(index, payloads, strict=True):
                payload = other["payload"]
                if self.role == "full":
                    require(
                        hashlib.sha256(payload).digest() == row["payload_sha256"], f"{part['payload']}: another payload"
                    )
                    require(len(payload) == row["length"], f"{part['index']}: another length")
                    require(
                        hashlib.sha256(canonical_form(payload)).digest() == row["digest"],
                        f"{part['index']}: another digest",
                    )
                version = Row(row["payload_sha256"], row["digest"], payload, row["was"])
                found.setdefault(row["segment"], {})[row["entity"], row["id"]] = version
                counts[str(row["segment"])] = counts.get(str(row["segment"]), 0) + 1
            require(counts == part["segments"], f"{part['index']} holds other numbers of rows")
        if self.role == "full":
            self._check_roots(company, parts, found, leaves)
        return found

    def _check_roots(
        self,
        company: str,
        parts: dict[str, dict[str, Any]],
        versions: dict[int, dict[tuple[str, str], Row]],
        leaves: list[str],
    ) -> None:
        gone: dict[int, dict[int, bytes]] = {}
        for path in leaves:
            for row in self._table(company, "index", path, ("segment", "position", "leaf")):
                gone.setdefault(row["segment"], {})[row["position"]] = row["leaf"]
        for path in parts:
            signed = self.listed[path]["root"]
            if not signed and all(
                f"salt/{one}" not in self.tables[company]["payload"] for one in parts[path]["segments"]
            ):
                continue  # of version 1
            require(signed.keys() == parts[path]["segments"].keys(), f"{path} is signed for other segments")
            for number, root in signed.items():
                rows = sorted(
                    versions[int(number)].items(), key=lambda item: (item[0][0].encode(), item[0][1].encode())
                )
                salt = self.tables[company]["payload"][f"salt/{number}"]
                left = iter([leaf(salt, key, row) for key, row in rows])
                out = gone.get(int(number), {})
                all_leaves = [out[at] if at in out else next(left) for at in range(len(rows) + len(out))]
                require(record_root(all_leaves).hex() == root, f"segment {number} is not what was signed")
