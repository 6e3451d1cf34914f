"""A sitting with a sandbox company: the questions one after another, then everything made is taken away again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from akika_forensics.errors import WrongUse
from akika_forensics.model.instants import format_instant, now
from akika_forensics.twin.beliefs import BELIEFS, FORMAT, belief
from akika_forensics.twin.probing.questions import QUESTIONS, UNASKED
from akika_forensics.twin.probing.sandbox import Sandbox
from akika_forensics.twin.probing.stage import Stage, Unclear


class Probe:
    """What is to be asked of one company. ``names`` are beliefs, all when there are none.

    Raises WrongUse for an unknown belief. Questions that flood the company with requests are asked only with ``flood``.
    """

    def __init__(self, names: Iterable[str] = (), *, flood: bool = False) -> None:
        asked = {belief(name).name for name in names}
        self.names = [name for name in BELIEFS if name in asked or not asked]
        self._flood = flood

    def intentions(self) -> list[str]:
        """A sentence for each question, with what it writes: for the person who says yes."""
        told = []
        for name in self.names:
            question = QUESTIONS.get(name)
            if question is None or (question.floods and not self._flood):
                continue
            writes = f" Writes: {question.makes}." if question.makes else ""
            floods = " Sends up to 800 requests in a row." if question.floods else ""
            told.append(f"{name}: {BELIEFS[name].question}{writes}{floods}")
        return told

    def run(self, sandbox: Sandbox, tell: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
        """The profile: what was settled, what stayed open and why, what could not be taken away again.

        Raises what Sandbox raises; what was made until then is taken away all the same.
        """
        stage = Stage(sandbox, secrets.token_hex(3), sandbox.clock())
        settled: dict[str, dict[str, str]] = {}
        left_open: dict[str, str] = {}
        try:
            for name in self.names:
                why = self._ask(name, stage, settled)
                if why:
                    left_open[name] = why
                tell(f"{name}: {settled[name]['choice'] if name in settled else f'open ({why})'}")
        finally:
            remaining = stage.clear()
            for what in remaining:
                tell(f"left behind: {what}")
        return {
            "format": FORMAT,
            "host": sandbox.host,
            "at": format_instant(now()),
            "beliefs": settled,
            "open": left_open,
            "left": remaining,
        }

    def _ask(self, name: str, stage: Stage, settled: dict[str, dict[str, str]]) -> str:
        question = QUESTIONS.get(name)
        if question is None:
            return UNASKED.get(name, "The probe has no question for it.")
        if question.floods and not self._flood:
            return "It takes a flood of requests, which was not asked for."
        try:
            found = question.ask(stage)
        except Unclear as why:
            return str(why)
        settled[name] = {"choice": found.choice, "asked": found.asked, "answered": found.answered}
        return ""


def write_profile(profile: dict[str, Any], file: Path) -> None:
    """Raises WrongUse when the file is there already or cannot be written."""
    try:
        with file.open("x", encoding="utf-8") as out:
            json.dump(profile, out, indent=1, ensure_ascii=False)
            out.write("\n")
    except OSError as error:
        raise WrongUse(f"{file} cannot be written: {error.strerror}.", do="Give a new file.") from error
