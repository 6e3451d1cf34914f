"""How far back time stamps vouch: each is held against the commits, and against its authority where that is given."""

from __future__ import annotations

from datetime import datetime

from akika_forensics.model.instants import format_instant
from akika_forensics.vault import layout
from akika_forensics.vault.chains import stamps
from akika_forensics.vault.chains.stamps import StampAuthority, StampForeign, StampRejected
from akika_forensics.vault.checks.findings import Vouched
from akika_forensics.vault.checks.inspection import Inspection


def inspect(inspection: Inspection, authority: StampAuthority | None, now: datetime) -> tuple[Vouched, ...]:
    """What holds, by commit and time, and, not ``checked``, what is by others than ``authority``; adds a finding for each
    stamp that does not hold or is by others. Needs no key of the vault.
    """
    commits = {digest: seq for (chain, seq), digest in inspection.digests.items() if chain == layout.COMMITS}
    found: list[tuple[Vouched, datetime | None]] = []
    for path in sorted(inspection.listed):
        if layout.place_of(path).kind != "stamp" or inspection.is_damaged(path):
            continue
        try:
            token = inspection.backend.read(path)
            stamp = stamps.read(token)
            seq = commits.get(stamp.digest.hex())
            if seq is None:
                inspection.damage(path, "It is a time stamp on something that is no commit of this vault.")
                continue
            checked = authority is not None
            if authority is not None:
                try:
                    stamp = stamps.check(token, stamp.digest, authority)
                except StampForeign as error:
                    checked = False
                    inspection.notice(path, f"This time stamp was not checked, and vouches for nothing. {error.what}")
        except FileNotFoundError:
            continue  # it went while the check was running
        except StampRejected as error:
            inspection.damage(path, f"The time stamp does not hold. {error.what}")
            continue
        found.append((Vouched(seq, stamp.at, stamp.authority or "", path, checked), stamp.until))
    found.sort(key=lambda one: (one[0].commit, one[0].at))
    # What nobody checked does not put off what those that hold have to say.
    lasting = [one for one in found if one[0].checked or authority is None]
    if lasting and all(until is not None and until < now for _, until in lasting):
        last, until = lasting[-1]
        if until is not None:
            inspection.notice(
                last.path,
                f"The certificate of its authority ran out at {format_instant(until)}: have the head stamped again.",
            )
    return tuple(one for one, _ in found)
