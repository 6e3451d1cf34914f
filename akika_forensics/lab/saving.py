"""What a saved notebook holds: what a person wrote, never what was shown.

Outputs show the books, and a notebook is a file that is handed on; it is run again where it is needed.
"""

from __future__ import annotations

from typing import Any, Final

from jupyter_server.services.contents.checkpoints import AsyncCheckpoints

_OF_A_RUN: Final = ("widgets", "papermill")
_OF_A_CELL: Final = ("execution", "papermill", "ExecuteTime", "collapsed", "scrolled")


def strip_outputs(*, model: dict[str, Any], path: str = "", contents_manager: Any = None, **_: Any) -> None:  # noqa: ARG001 - Jupyter's signature
    """A pre-save hook: leave outputs, widget states and times of runs out of the notebook that is written."""
    content = model.get("content")
    if model.get("type") != "notebook" or not isinstance(content, dict):
        return
    _without(content, _OF_A_RUN)
    for cell in content.get("cells", ()):
        _without(cell, _OF_A_CELL)
        if cell.get("cell_type") == "code":
            cell["outputs"] = []
            cell["execution_count"] = None


def _without(holder: dict[str, Any], names: tuple[str, ...]) -> None:
    metadata = holder.get("metadata")
    if isinstance(metadata, dict):
        for name in names:
            metadata.pop(name, None)


class NoCheckpoints(AsyncCheckpoints):
    """Nothing is kept beside a notebook: no copy in a hidden folder, and none to go back to."""

    async def create_checkpoint(self, contents_mgr: Any, path: str) -> dict[str, Any]:
        saved = await contents_mgr.get(path, content=False)
        return {"id": "none", "last_modified": saved["last_modified"]}

    async def list_checkpoints(self, path: str) -> list[dict[str, Any]]:  # noqa: ARG002 - Jupyter's signature
        return []

    async def restore_checkpoint(self, contents_mgr: Any, checkpoint_id: str, path: str) -> None:
        """There is none to restore; JupyterLab offers only those that are listed."""

    async def rename_checkpoint(self, checkpoint_id: str, old_path: str, new_path: str) -> None:
        """There is none to rename."""

    async def delete_checkpoint(self, checkpoint_id: str, path: str) -> None:
        """There is none to delete."""
