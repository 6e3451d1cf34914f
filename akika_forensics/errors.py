"""Everything that can go wrong, by what the reader can do about it.

    AkikaError
    ├── WrongUse            2   the request itself is not sound: bad option, unknown snapshot, bad file
    │   └── NewerFormat         a newer version of this software wrote what is to be read
    ├── Found               1   the work is done and something was found that should not be
    │   └── VaultDamaged        bytes, links or the chain of a vault are not what was signed
    ├── Refused             3   a rule of this software forbids it: no approval, stale plan, locked, wrong company
    │   ├── NotApproved
    │   ├── StalePlan
    │   ├── WrongCompany
    │   ├── VaultLocked
    │   └── WriteBlocked        a capture transport was asked to send something that is not a read
    ├── ServiceError        4   QuickBooks or the network
    │   ├── NetworkFailed       no answer: the outcome of a write is unknown
    │   ├── Throttled           HTTP 429
    │   ├── SignInFailed        tokens are refused
    │   │   └── SignInUncertain     and nothing says that it is for good: it may pass
    │   └── Fault               QuickBooks refused the request and said why
    ├── StorageFailed       4   the disk or the store of a vault does not take or give the bytes (`vault.storage`)
    ├── WrongKey            5   the passphrase or key does not open it
    └── Interrupted       130   stopped by the user; what was done is kept

The number is the exit code of the command line.
"""

from __future__ import annotations

from collections.abc import Sequence


class AkikaError(Exception):
    """Base of all errors: what happened, what it means, what to do, each one plain sentence."""

    code: str = "error"
    exit_code: int = 1

    def __init__(self, what: str, *, means: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.means = means
        self.do = do

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.means, self.do) if part)


class WrongUse(AkikaError):
    code = "wrong_use"
    exit_code = 2


class NewerFormat(WrongUse):
    code = "newer_format"


class Found(AkikaError):
    code = "found"
    exit_code = 1


class VaultDamaged(Found):
    code = "vault_damaged"


class Refused(AkikaError):
    code = "refused"
    exit_code = 3


class NotApproved(Refused):
    code = "not_approved"


class StalePlan(Refused):
    code = "stale_plan"


class WrongCompany(Refused):
    code = "wrong_company"


class VaultLocked(Refused):
    code = "locked"


class WriteBlocked(Refused):
    code = "write_blocked"


class ServiceError(AkikaError):
    code = "service"
    exit_code = 4


class NetworkFailed(ServiceError):
    code = "network"


class Throttled(ServiceError):
    code = "throttled"


class SignInFailed(ServiceError):
    code = "sign_in"


class SignInUncertain(SignInFailed):
    code = "sign_in_uncertain"


class Fault(ServiceError):
    """A fault of QuickBooks: ``faults`` are its own (code, message, detail, element) rows."""

    code = "fault"

    def __init__(
        self,
        what: str,
        *,
        status: int = 400,
        faults: Sequence[tuple[str, str, str, str]] = (),
        means: str = "",
        do: str = "",
    ) -> None:
        super().__init__(what, means=means, do=do)
        self.status = status
        self.faults = tuple(faults)

    @property
    def fault_codes(self) -> frozenset[str]:
        return frozenset(row[0] for row in self.faults)


class WrongKey(AkikaError):
    code = "wrong_key"
    exit_code = 5


class Interrupted(AkikaError):
    code = "interrupted"
    exit_code = 130
