"""JupyterLab in this process, on this machine only, under our configuration and nobody else's.

Everything that must not outlast it (configuration, connection files, the kernels' sockets) lies in one private folder that goes with it.
What a person sets in JupyterLab itself, such as shortcuts, stays in the state folder.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from akika_forensics.errors import WrongUse
from akika_forensics.jobs.private_folder import private_folder
from akika_forensics.settings import state_dir

ADDRESS: Final = "127.0.0.1"
_CONFIG: Final = "config"
_LONGEST: Final = 32
"""Characters of a folder's path for temporary files. The system cuts the path of a socket at about a hundred, and the rest of it takes sixty."""
_OTHERS: Final = ("JUPYTER_", "JUPYTERLAB_", "JPY_")
"""Variables of others by which a server would be changed; none of them is handed on."""


def serve(
    folder: Path,
    start: str,
    *,
    port: int = 0,
    browser: bool = True,
    environment: Mapping[str, str] | None = None,
    on_ready: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve ``folder`` until Ctrl-C or SIGTERM; the kernels end with it.

    ``start``: the page it opens on, below the folder. ``environment``: what kernels get besides this process's own. ``on_ready`` is given
    the address with its token as soon as it answers. Raises WrongUse when JupyterLab is not installed or the port is taken.
    """
    require()
    with _environment(environment or {}) as private:
        server = _made(private, folder, start, port, browser=browser)
        try:
            # Jupyter listens from within its loop, in the turn before this one: an address that is told earlier may answer
            # nobody yet, or lead to whoever took the port meanwhile.
            server.io_loop.add_callback(lambda: on_ready(_address(server, start)))
            server.start()
        finally:
            type(server).clear_instance()


def require() -> None:
    """Raises WrongUse, naming what to install, where JupyterLab or Panel is absent."""
    from importlib.util import find_spec  # noqa: PLC0415 - asked when a lab is wanted, not on import

    absent = [name for name in ("jupyterlab", "panel", "anywidget") if find_spec(name) is None]
    if absent:
        raise WrongUse(
            f"JupyterLab cannot be started: {', '.join(absent)} is not installed.",
            do="Install the extra `workbench`: pip install 'akika-forensics[workbench]'.",
        )


def _made(private: Path, folder: Path, start: str, port: int, *, browser: bool) -> Any:
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415 - an extra, loaded when a lab is started
    from traitlets.config import Config  # noqa: PLC0415

    from akika_forensics.lab.saving import strip_outputs  # noqa: PLC0415

    kept = state_dir() / "lab"
    own = Config()
    own.ServerApp.root_dir = str(folder)
    own.ServerApp.port = port
    own.ServerApp.open_browser = browser
    own.ServerApp.default_url = f"/lab/tree/{quote(start)}"
    own.IdentityProvider.token = secrets.token_urlsafe(32)
    own.LabApp.default_url = own.ServerApp.default_url
    own.LabApp.user_settings_dir = str(kept / "settings")
    own.LabApp.workspaces_dir = str(private / "workspaces")
    own.LabApp.labextensions_path = [str(place) for place in _labextensions()]
    try:
        server = LabApp.initialize_server(argv=[], config=own)
    except SystemExit as stop:
        # Jupyter has only one way to say that a port is taken.
        raise WrongUse(f"Port {port} of this machine cannot be used.", do="Name another one, or 0 for any.") from stop
    server.contents_manager.register_pre_save_hook(strip_outputs)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: server.stop(from_signal=True))
    return server


def _address(server: Any, start: str) -> str:
    return f"http://{ADDRESS}:{server.port}/lab/tree/{quote(start)}?token={server.identity_provider.token}"


def _labextensions() -> Iterator[Path]:
    """Where the parts of JupyterLab in the browser lie that were installed with it; not those of a user's own folder."""
    import sysconfig  # noqa: PLC0415

    yield Path(sysconfig.get_path("data")) / "share" / "jupyter" / "labextensions"


@contextmanager
def _environment(extra: Mapping[str, str]) -> Iterator[Path]:
    """A private folder, and an environment in which Jupyter reads and writes there alone; both as before afterwards."""
    before = dict(os.environ)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with private_folder(_short_folder()) as private:
        try:
            for name in [name for name in os.environ if name.startswith(_OTHERS)]:
                del os.environ[name]
            os.environ.update(
                extra,
                JUPYTER_NO_CONFIG="1",
                JUPYTER_RUNTIME_DIR=str(private / "r"),
                JUPYTER_DATA_DIR=str(private / "data"),
                IPYTHONDIR=str(private / "ipython"),
                # Modules frozen into Python cannot be debugged, which the debugger says on every start.
                PYDEVD_DISABLE_FILE_VALIDATION="1",
            )
            _lay_out_configuration()
            yield private
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            _remove_configuration()
            os.environ.clear()
            os.environ.update(before)


def _short_folder() -> str | None:
    usual = tempfile.gettempdir()
    return "/tmp" if len(usual) > _LONGEST and Path("/tmp").is_dir() else usual  # noqa: S108 - a folder of our own is made in it


def _lay_out_configuration() -> None:
    """Put our configuration where Jupyter, told to read nobody's, reads it: a folder it makes for this process."""
    from jupyter_core.paths import jupyter_config_dir  # noqa: PLC0415

    with resources.as_file(resources.files("akika_forensics.lab").joinpath(_CONFIG)) as shipped:
        shutil.copytree(shipped, jupyter_config_dir(), dirs_exist_ok=True)


def _remove_configuration() -> None:
    from jupyter_core.paths import jupyter_config_dir  # noqa: PLC0415

    shutil.rmtree(jupyter_config_dir(), ignore_errors=True)
