"""A disk that loses what was not synced and reorders what was not ordered.

How it is used::

    disk = Recorder(tmp_path)                 # everything below one folder: vault and remembered heads side by side
    with disk.recording():                    # for real, on real files, in any number of threads
        vault = open_vault(tmp_path / "vault", ...)
        take(vault, ...)
        disk.acknowledge("s1")                # what was promised to somebody at this moment
    for at in range(disk.length + 1):         # after so many calls the machine stops
        crash = disk.crash(at, seed=7)        # what is found afterwards; a function of ``at`` and ``seed`` only
        crash.write(elsewhere)                # or crash.files, {path below the folder: bytes}
        ... open elsewhere / "vault": whole, and all of crash.acknowledged is there

The act runs once; every crash point is worked out from the notes. So nothing that runs on the way out of a dying program
can help it, and thousands of points cost no more than their own examination.

What survives of a call that no sync followed: of new, removed and exchanged names in a folder any subset, whatever their
order was; of bytes written to a file none, all, any prefix, or zeros in place of a lost tail. A sync of a file keeps its
bytes, not its name; a sync of a folder keeps its names, not the bytes, and not the folder's own name.
"""

from __future__ import annotations

import os
import random
import shutil
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

SYNC_FILE = "sync file"
SYNC_FOLDER = "sync folder"


class Call(NamedTuple):
    """``path`` and ``other`` are relative to the recorded folder; ``node`` numbers files in the order they were met."""

    name: str
    path: str = ""
    other: str = ""
    node: int = -1
    offset: int = 0
    data: bytes = b""


@dataclass
class _File:
    """``kept``: on the medium. ``pending``: (offset, bytes), or (length, None) where it was cut."""

    number: int
    kept: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def content(self, pending: list[tuple[int, bytes | None]]) -> bytes:
        data = bytearray(self.kept)
        for offset, piece in pending:
            if piece is None:
                del data[offset:]
                data.extend(bytes(offset - len(data)))
            else:
                data.extend(bytes(max(0, offset - len(data))))
                data[offset : offset + len(piece)] = piece
        return bytes(data)

    def torn(self, chance: random.Random) -> bytes:
        how = chance.choice(("none", "all", "prefix", "zeros"))
        if how == "none" or not self.pending:
            return self.kept
        whole = self.content(self.pending)
        if how == "all":
            return whole
        last = chance.randrange(len(self.pending))
        offset, piece = self.pending[last]
        cut = (offset, None if piece is None else piece[: chance.randrange(len(piece) + 1)])
        found = self.content([*self.pending[:last], cut])
        return found if how == "prefix" else found + bytes(max(0, len(whole) - len(found)))


@dataclass
class _Folder:
    """``pending``: changes of names, {name: what it names from now on, None for nothing} each whole or not at all."""

    kept: dict[str, _File | _Folder] = field(default_factory=dict)
    seen: dict[str, _File | _Folder] = field(default_factory=dict)
    pending: list[dict[str, _File | _Folder | None]] = field(default_factory=list)

    def change(self, names: dict[str, _File | _Folder | None]) -> None:
        self.pending.append(names)
        _apply(self.seen, names)

    def sync(self) -> None:
        for names in self.pending:
            _apply(self.kept, names)
        self.pending.clear()

    def survivors(self, chance: random.Random) -> dict[str, _File | _Folder]:
        likely = chance.choice((0.0, 0.5, 1.0))
        found = dict(self.kept)
        for names in self.pending:
            if chance.random() < likely:
                _apply(found, names)
        return found


def _apply(held: dict[str, _File | _Folder], names: dict[str, _File | _Folder | None]) -> None:
    for name, node in names.items():
        if node is None:
            held.pop(name, None)
        else:
            held[name] = node


class _Disk:
    """Files and folders as a program sees them and as the medium has them."""

    def __init__(self, files: dict[str, bytes], folders: Collection[str]) -> None:
        self.root = _Folder()
        self.nodes: list[_File] = []
        for path in sorted(folders):
            self._enter(path, _Folder())
        for path in sorted(files):
            self._enter(path, self.new(files[path]))

    def new(self, content: bytes = b"") -> _File:
        self.nodes.append(_File(len(self.nodes), content))
        return self.nodes[-1]

    def at(self, path: str) -> _File | _Folder:
        node: _File | _Folder = self.root
        for part in _parts(path):
            assert isinstance(node, _Folder), path
            node = node.seen[part]
        return node

    def has(self, path: str) -> bool:
        try:
            self.at(path)
        except KeyError:
            return False
        return True

    def play(self, call: Call) -> None:
        match call.name:
            case "create":
                self._change(call.path, self.new())
            case "folder":
                self._change(call.path, _Folder())
            case "write":
                self.nodes[call.node].pending.append((call.offset, call.data))
            case "cut":
                self.nodes[call.node].pending.append((call.offset, None))
            case "link":
                self._change(call.other, self.at(call.path))
            case "unlink":
                self._change(call.path, None)
            case "rename":
                (folder, source), (into, target) = _split(call.path), _split(call.other)
                assert folder == into, "a rename from one folder to another is not modelled"
                self._folder(folder).change({target: self.at(call.path), source: None})
            case "sync file":
                node = self.nodes[call.node]
                node.kept = node.content(node.pending)
                node.pending.clear()
            case "sync folder":
                self._folder(call.path).sync()
            case _:
                raise AssertionError(call)

    def files(self, chance: random.Random | None) -> dict[str, bytes]:
        """What is found: by chance after a crash, or all that is visible (None). A folder ends in ``/``."""
        found: dict[str, bytes] = {}
        contents: dict[int, bytes] = {}

        def walk(folder: _Folder, prefix: str) -> None:
            held = folder.seen if chance is None else folder.survivors(chance)
            for name in sorted(held):
                node = held[name]
                if isinstance(node, _Folder):
                    found[f"{prefix}{name}/"] = b""
                    walk(node, f"{prefix}{name}/")
                else:
                    if id(node) not in contents:
                        contents[id(node)] = node.content(node.pending) if chance is None else node.torn(chance)
                    found[prefix + name] = contents[id(node)]

        walk(self.root, "")
        return found

    def _enter(self, path: str, node: _File | _Folder) -> None:
        parent, name = _split(path)
        folder = self._folder(parent)
        folder.change({name: node})
        folder.sync()

    def _folder(self, path: str) -> _Folder:
        folder = self.at(path)
        assert isinstance(folder, _Folder)
        return folder

    def _change(self, path: str, node: _File | _Folder | None) -> None:
        parent, name = _split(path)
        self._folder(parent).change({name: node})


def _parts(path: str) -> list[str]:
    """The names on the way to a place below the folder, which is ``.`` itself."""
    return [] if path in {"", "."} else path.split("/")


def _split(path: str) -> tuple[str, str]:
    parent, _, name = path.rpartition("/")
    return parent, name


@dataclass(frozen=True)
class Crash:
    """What is found after a crash, and what had been acknowledged before it. ``last``: the call it came after."""

    at: int
    seed: int
    last: Call | None
    acknowledged: tuple[Any, ...]
    files: dict[str, bytes]
    folders: tuple[str, ...]

    def below(self, folder: str) -> dict[str, bytes]:
        """The files of one folder, such as the vault, by their paths in it."""
        prefix = f"{folder}/"
        return {path.removeprefix(prefix): data for path, data in self.files.items() if path.startswith(prefix)}

    def write(self, into: Path, *, only: str = "") -> None:
        """Put it all into a folder, in place of what was there; ``only`` what lies in one folder, such as ``heads``."""
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir(parents=True)
        for path in sorted(self.folders):
            if path.startswith(only):
                (into / path).mkdir(mode=0o700)
        for path, data in self.files.items():
            if path.startswith(only):
                (into / path).write_bytes(data)

    def __str__(self) -> str:
        return f"after {self.at} calls, the last {self.last and self.last[:3]}, seed {self.seed}"


class Recorder:
    """Notes every call that changes something below ``root`` while it is done for real."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.calls: list[Call] = []
        self._marks: list[tuple[int, Any]] = []
        self._guard = threading.RLock()
        self._open: dict[int, tuple[_File | str, int]] = {}
        self._start = _read(self.root)
        self._live = self._fresh()
        self._replayed: dict[frozenset[str], tuple[int, _Disk]] = {}

    @property
    def length(self) -> int:
        """How many calls were noted; a crash can come after 0 to so many."""
        return len(self.calls)

    def acknowledge(self, what: Any) -> None:
        """Somebody was told so: it has to be there after every later crash."""
        with self._guard:
            self._marks.append((len(self.calls), what))

    def crash(self, at: int, seed: int, *, without: Collection[str] = (), then: Sequence[Call] = ()) -> Crash:
        """The machine stops after ``at`` calls, and after those that another process made ``then``.

        ``without``: names of calls, such as SYNC_FILE, that are taken not to have been made: tests that find nothing
        then have no teeth.
        """
        return self._state(at, seed, random.Random(f"{at} {seed}"), without, then)

    def problems(
        self, points: Collection[tuple[int, int]], judge: Callable[[Crash], str], **more: Any
    ) -> dict[str, str]:
        """What is wrong after each crash at (call, seed), where anything is; ``judge`` says it in words."""
        crashes = (self.crash(at, seed, **more) for at, seed in points)
        return {str(crash): wrong for crash in crashes if (wrong := judge(crash))}

    def visible(self, at: int) -> Crash:
        """What another process sees after ``at`` calls, while nothing crashes."""
        return self._state(at, -1, None, (), ())

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Raises AssertionError at the end when something was changed in a way that was not noted."""
        wrapped = {name: getattr(os, name) for name in _WRAPPERS}
        for name, wrapper in _WRAPPERS.items():
            setattr(os, name, self._guarded(wrapper, wrapped[name]))
        try:
            yield
        finally:
            for name, plain in wrapped.items():
                setattr(os, name, plain)
        real, noted = _read(self.root), self._live.files(None)
        unnoted = {path for path in real.keys() | noted.keys() if real.get(path) != noted.get(path)}
        assert not unnoted, f"files were changed past the recorder: {sorted(unnoted)}"

    def _fresh(self) -> _Disk:
        folders = [path.rstrip("/") for path in self._start if path.endswith("/")]
        return _Disk({path: data for path, data in self._start.items() if not path.endswith("/")}, folders)

    def _state(
        self, at: int, seed: int, chance: random.Random | None, without: Collection[str], then: Sequence[Call]
    ) -> Crash:
        found = self._disk(at, frozenset(without), then).files(chance)
        return Crash(
            at,
            seed,
            self.calls[at - 1] if at else None,
            tuple(what for made, what in self._marks if made <= at),
            {path: data for path, data in found.items() if not path.endswith("/")},
            tuple(path.rstrip("/") for path in found if path.endswith("/")),
        )

    def _disk(self, at: int, without: frozenset[str], then: Sequence[Call]) -> _Disk:
        """After so many calls. One disk is kept and played on, so that points in order cost one run of the calls."""
        made, disk = self._replayed.get(without, (0, self._fresh())) if not then else (0, self._fresh())
        if made > at:
            made, disk = 0, self._fresh()
        for call in (*self.calls[made:at], *then):
            if call.name not in without:
                disk.play(call)
        if not then:
            self._replayed[without] = at, disk
        return disk

    def _guarded(self, wrapper: Callable[..., Any], plain: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            with self._guard:
                return wrapper(self, plain, *arguments, **more)

        return call

    def _inside(self, path: Any) -> str | None:
        """The path below the root; None for a place elsewhere."""
        if isinstance(path, int):
            return None
        absolute = Path(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100 -- a link is not to be followed
        return absolute.relative_to(self.root).as_posix() if absolute.is_relative_to(self.root) else None

    def _note(self, call: Call) -> None:
        self.calls.append(call)
        self._live.play(call)

    def _call_open(self, plain: Any, path: Any, flags: int, *arguments: Any, **more: Any) -> int:
        descriptor: int = plain(path, flags, *arguments, **more)
        inside = self._inside(path)
        if inside is not None:
            if flags & os.O_CREAT and not self._live.has(inside):
                self._note(Call("create", inside))
            node = self._live.at(inside)
            self._open[descriptor] = (inside if isinstance(node, _Folder) else node, 0)
            assert not flags & (os.O_APPEND | os.O_TRUNC), "opened in a way that is not modelled"
        return descriptor

    def _call_close(self, plain: Any, descriptor: int) -> None:
        self._open.pop(descriptor, None)
        plain(descriptor)

    def _call_write(self, plain: Any, descriptor: int, data: Any) -> int:
        written: int = plain(descriptor, data)
        node, offset = self._open.get(descriptor, ("", 0))
        if isinstance(node, _File):
            self._note(Call("write", node=node.number, offset=offset, data=bytes(data[:written])))
            self._open[descriptor] = (node, offset + written)
        return written

    def _call_ftruncate(self, plain: Any, descriptor: int, length: int) -> None:
        plain(descriptor, length)
        node, _ = self._open.get(descriptor, ("", 0))
        if isinstance(node, _File):
            self._note(Call("cut", node=node.number, offset=length))

    def _call_fsync(self, plain: Any, descriptor: int) -> None:
        # A test's own disk keeps nothing over a crash anyway: noting the promise is enough.
        known = self._open.get(descriptor)
        if known is None:
            plain(descriptor)
        elif isinstance(known[0], _File):
            self._note(Call(SYNC_FILE, node=known[0].number))
        else:
            self._note(Call(SYNC_FOLDER, known[0]))

    def _call_link(self, plain: Any, source: Any, target: Any, **more: Any) -> None:
        plain(source, target, **more)
        old, new = self._inside(source), self._inside(target)
        if old is not None and new is not None:
            self._note(Call("link", old, new))

    def _call_rename(self, plain: Any, source: Any, target: Any, **more: Any) -> None:
        plain(source, target, **more)
        old, new = self._inside(source), self._inside(target)
        if old is not None and new is not None:
            self._note(Call("rename", old, new))

    def _call_unlink(self, plain: Any, path: Any, **more: Any) -> None:
        plain(path, **more)
        inside = self._inside(path)
        if inside is not None:
            self._note(Call("unlink", inside))

    def _call_mkdir(self, plain: Any, path: Any, *arguments: Any, **more: Any) -> None:
        plain(path, *arguments, **more)
        inside = self._inside(path)
        if inside is not None:
            self._note(Call("folder", inside))


_WRAPPERS: dict[str, Any] = {
    "open": Recorder._call_open,
    "close": Recorder._call_close,
    "write": Recorder._call_write,
    "ftruncate": Recorder._call_ftruncate,
    "fsync": Recorder._call_fsync,
    "link": Recorder._call_link,
    "rename": Recorder._call_rename,
    "replace": Recorder._call_rename,
    "unlink": Recorder._call_unlink,
    "remove": Recorder._call_unlink,
    "rmdir": Recorder._call_unlink,
    "mkdir": Recorder._call_mkdir,
}


def _read(root: Path) -> dict[str, bytes]:
    """Every file below a folder; a folder itself ends in ``/``."""
    found: dict[str, bytes] = {}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        found |= {f"{name}/": b""} if path.is_dir() else {name: path.read_bytes()}
    return found
