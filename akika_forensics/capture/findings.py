"""What a capture noticed, collected under one sentence for each kind."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

Severity = Literal["note", "warning", "problem"]
"""``problem``: the snapshot is not whole. ``warning``: look at it. ``note``: worth knowing."""

_MOST_RECORDS: Final = 20


class _Finding:
    def __init__(self, code: str, what: str, severity: Severity) -> None:
        self.code, self.what, self.severity = code, what, severity
        self.records: dict[str, None] = {}
        self.times = 0
        self.lasting = False


class Findings:
    """Findings by (code, sentence); each counts its records and lists the first twenty. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[tuple[str, str], _Finding] = {}

    def add(
        self,
        code: str,
        what: str,
        *,
        severity: Severity,
        record: object = None,
        records: Iterable[object] = (),
        lasting: bool = False,
    ) -> None:
        """``records``: more than one that it is about; each counts. ``lasting``: it tells of what is not looked at again
        when an interrupted capture goes on.
        """
        about = [*records] if record is None else [record, *records]
        with self._lock:
            row = self._rows.setdefault((code, what), _Finding(code, what, severity))
            row.lasting |= lasting
            row.times += max(1, len(about))
            for one in about[: _MOST_RECORDS - len(row.records)] if len(row.records) < _MOST_RECORDS else ():
                row.records[str(one)] = None

    def as_state(self) -> list[dict[str, Any]]:
        """Those that last, for `take_up` in another process."""
        lasting = {(row.code, row.what) for row in self._rows.values() if row.lasting}
        return [row for row in self.as_dicts() if (row["code"], row["what"]) in lasting]

    def take_up(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Findings that an earlier capture had."""
        for told in rows:
            row = _Finding(told["code"], told["what"], told["severity"])
            row.records, row.times, row.lasting = dict.fromkeys(told["records"]), told["times"], True
            self._rows[row.code, row.what] = row

    @property
    def whole(self) -> bool:
        return not any(row.severity == "problem" for row in self._rows.values())

    def as_dicts(self) -> list[dict[str, Any]]:
        """``{"code", "what", "severity", "records", "times"}`` each, problems first."""
        rank: dict[Severity, int] = {"problem": 0, "warning": 1, "note": 2}
        return [
            {
                "code": row.code,
                "what": row.what,
                "severity": row.severity,
                "records": list(row.records),
                "times": row.times,
            }
            for row in sorted(self._rows.values(), key=lambda row: (rank[row.severity], row.code, row.what))
        ]
