"""The wheel carries the notebooks inside the package; an editable install must not.

A folder ``akika_forensics`` in site-packages, even one that holds only notebooks, would hide the checkout's package
as a namespace package of the same name.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NotebooksInWheel(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"]["notebooks"] = "akika_forensics/notebooks"
