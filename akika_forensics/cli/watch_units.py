"""The lines by which a system starts the watch by itself: systemd, cron, launchd, the Task Scheduler. Pure: values in, text out.

None of them holds a secret: each names a file, the system's keyring or a sealed credential.
"""

from __future__ import annotations

import plistlib
import shlex
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from akika_forensics.case.schedule import At, Every, Schedule
from akika_forensics.errors import Refused, WrongKey, WrongUse

_LONGEST_TASK: Final = 261
"""Source: schtasks /create, /tr: 262 characters."""
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_LABEL: Final = "org.akika.watch"
_TASK: Final = "Akika watch"
_CREDENTIAL: Final = "akika-passphrase"
_NOT_MENDED: Final = (WrongUse, Refused, WrongKey)
"""What ends a watch and would end it again. Of exit code 4 it ends where the vault's store does not answer at the start, which passes."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What is started: ``command`` before the verb, ``options`` of the verb that say which vault, companies and door.

    ``environment`` says how the vault is opened, without a secret. ``variable`` names the file of a passphrase, which is
    ``file``; both are empty where none is needed.
    """

    command: Sequence[str]
    options: Sequence[str]
    schedule: Schedule
    hours: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    variable: str = ""
    file: str = ""
    webhooks: bool = False

    @property
    def lasting(self) -> list[str]:
        """The command of a watch that goes on."""
        return [*self.command, "watch", *self.options, *self.hours]

    @property
    def single(self) -> list[str]:
        """The command of one round of captures, for a system that keeps the hours itself."""
        return [*self.command, "watch", "--once", *self.options]


def written(form: str, unit: Unit) -> str:
    """Raises WrongUse for a form that there is not, and for what a form cannot say."""
    make = FORMS.get(form)
    if make is None:
        raise WrongUse(f"There is no unit for {form!r}.", do=f"Choose {', '.join(FORMS)}.")
    return make(unit)


def systemd(unit: Unit) -> str:
    stored, credential, secret = [], [], []
    if unit.variable:
        # Source: systemd.exec, credentials: %d is the folder that holds those of the unit, for it alone.
        credential = [f"LoadCredentialEncrypted={_CREDENTIAL}"]
        secret = [f"Environment={unit.variable}=%d/{_CREDENTIAL}"]
        stored = [
            "# The passphrase is sealed for this machine, once:",
            f"#   systemd-ask-password -n | sudo systemd-creds encrypt --name={_CREDENTIAL} - /etc/credstore.encrypted/{_CREDENTIAL}",
        ]
    return _lines(
        "# /etc/systemd/system/akika-watch.service",
        *stored,
        "# Then: sudo systemctl daemon-reload && sudo systemctl enable --now akika-watch",
        "[Unit]",
        "Description=Captures of QuickBooks companies",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        "# The account that the vault belongs to:",
        "User=akika",
        *credential,
        *secret,
        *(f"Environment={_systemd(f'{name}={value}')}" for name, value in unit.environment.items()),
        # A dollar sign means a variable in commands alone.
        "ExecStart=" + " ".join(_systemd(word).replace("$", "$$") for word in unit.lasting),
        "Restart=on-failure",
        "RestartSec=60",
        "# What waiting does not mend: wrong use, a refusal, the wrong key. A dead sign-in ends no watch.",
        f"RestartPreventExitStatus={' '.join(str(kind.exit_code) for kind in _NOT_MENDED)}",
        "NoNewPrivileges=yes",
        "ProtectSystem=full",
        "PrivateTmp=yes",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
    )


def cron(unit: Unit) -> str:
    _single_only(unit, "cron")
    variables = {**unit.environment, **_by_file(unit)}
    words = [*(f"{name}={shlex.quote(value)}" for name, value in variables.items()), *map(shlex.quote, unit.single)]
    # A percent sign ends the command of a crontab.
    command = " ".join(words).replace("%", r"\%")
    if "\n" in command:
        raise WrongUse("A line of a crontab cannot hold a path with a line break.")
    return _lines("# crontab -e", *(f"{when} {command}" for when in _cron_times(unit.schedule)))


def launchd(unit: Unit) -> str:
    """A property list for ``~/Library/LaunchAgents``: the keyring of the account opens the vault, or a file."""
    told = {
        "Label": _LABEL,
        "ProgramArguments": unit.lasting,
        "EnvironmentVariables": {**unit.environment, **_by_file(unit)},
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 60,
        "ProcessType": "Background",
    }
    return plistlib.dumps(told, sort_keys=False).decode()


def windows(unit: Unit) -> str:
    _single_only(unit, "the Task Scheduler")
    words = list(unit.single)
    named = {"AKIKA_OPEN_WITH": "--open-with", "AKIKA_PASSPHRASE_FILE": "--passphrase-file"}
    for name, value in {**unit.environment, **_by_file(unit)}.items():
        if name not in named:
            raise WrongUse(
                f"A task cannot be given {name}.", do="Set it for the account, or open the vault by its keyring."
            )
        words += [named[name], value]
    task = subprocess.list2cmdline(words)
    if len(task) > _LONGEST_TASK:
        raise WrongUse(
            f"The command of the task has {len(task)} characters; the Task Scheduler takes {_LONGEST_TASK}.",
            do="Put the vault at a shorter path, or the command into a .cmd file.",
        )
    return _lines(
        *(
            subprocess.list2cmdline(["schtasks", "/Create", "/TN", name, "/TR", task, *when])
            for name, when in _tasks(unit.schedule)
        )
    )


FORMS: Final[dict[str, Callable[[Unit], str]]] = {
    "systemd": systemd,
    "cron": cron,
    "launchd": launchd,
    "windows": windows,
}


def _systemd(word: str) -> str:
    """One quoted word. Source: systemd.syntax, quoting; systemd.unit, specifiers."""
    if any(letter < " " for letter in word):
        raise WrongUse("A unit cannot hold a path with a line break.")
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'


def _by_file(unit: Unit) -> dict[str, str]:
    return {unit.variable: unit.file} if unit.variable else {}


def _single_only(unit: Unit, name: str) -> None:
    if unit.webhooks:
        raise WrongUse(
            f"With {name} nothing runs between two captures that could receive notifications.",
            do="Use systemd or launchd, or leave --webhooks out.",
        )
    if isinstance(unit.schedule, At) and unit.schedule.zone is not None:
        raise WrongUse(
            f"{name} knows the hours of this machine alone.".capitalize(), do="Leave --zone out, or use systemd."
        )


def _minutes(period: timedelta) -> int:
    return int(period.total_seconds()) // 60


def _cron_times(schedule: Schedule) -> list[str]:
    if isinstance(schedule, At):
        return [f"{hour.minute} {hour.hour} * * *" for hour in schedule.times]
    minutes = _minutes(schedule.period)
    if minutes < _HOUR and _HOUR % minutes == 0:
        return [f"*/{minutes} * * * *"]
    if minutes < _DAY and _DAY % minutes == 0 and minutes % _HOUR == 0:
        return [f"0 */{minutes // _HOUR} * * *"]
    if minutes == _DAY:
        return ["0 2 * * *"]
    raise _uneven(schedule, "cron")


def _tasks(schedule: Schedule) -> list[tuple[str, list[str]]]:
    if isinstance(schedule, At):
        many = len(schedule.times) > 1
        return [
            (f"{_TASK} {hour:%H%M}" if many else _TASK, ["/SC", "DAILY", "/ST", f"{hour:%H:%M}"])
            for hour in schedule.times
        ]
    minutes = _minutes(schedule.period)
    if minutes % _DAY == 0:
        return [(_TASK, ["/SC", "DAILY", "/MO", str(minutes // _DAY), "/ST", "02:00"])]
    if minutes % _HOUR == 0 and minutes < _DAY:
        return [(_TASK, ["/SC", "HOURLY", "/MO", str(minutes // _HOUR)])]
    if minutes < _DAY:
        return [(_TASK, ["/SC", "MINUTE", "/MO", str(minutes)])]
    raise _uneven(schedule, "the Task Scheduler")


def _uneven(schedule: Every, name: str) -> WrongUse:
    return WrongUse(
        f"{name} cannot say {schedule}.".capitalize(),
        do="Choose a part of a day such as 6h, or hours with --at; or use systemd.",
    )


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)
