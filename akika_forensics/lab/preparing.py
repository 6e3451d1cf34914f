"""What a notebook calls first: views that answer, one theme, errors in sentences, and the case at hand."""

from __future__ import annotations

import os
import sys
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from akika_forensics.errors import WrongUse
from akika_forensics.lab import plain_errors
from akika_forensics.settings import VERSION

if TYPE_CHECKING:
    from akika_forensics.case import Case

_THEME: Final = ("akika_widgets.views", "theme.css")


def notebook(
    vault: str | os.PathLike[str] | None = None, company: str | None = None, *, debug: bool = False
) -> Case | None:
    """Prepare this notebook and open its case; says in one line what is at hand.

    ``vault`` and ``company``: else ``AKIKA_VAULT`` and ``AKIKA_COMPANY``; None comes back where no vault is named. Views answer from now on, and
    errors of this software are said in sentences; ``debug`` shows their tracebacks. Outside Jupyter only the case is opened.
    Raises WrongUse where Panel is absent, and what `open_vault` raises.
    """
    shell = jupyter_shell()
    if shell is None:
        print("Not in Jupyter: nothing to prepare.")  # noqa: T201 - what a person reads below the cell or in the terminal
    else:
        prepare(debug=debug)
    case = _case(vault, company)
    print(_line(case))  # noqa: T201
    return case


def jupyter_shell() -> Any:
    """The running kernel's shell, None outside one. IPython is only looked at where it runs already."""
    running = sys.modules.get("IPython")
    shell = running.get_ipython() if running is not None else None
    return shell if shell is not None and hasattr(shell, "kernel") else None


def prepare(*, debug: bool = False) -> None:
    """Load Panel's part in the page, make views answer, give the page our theme, and say errors in sentences. Raises WrongUse."""
    try:
        import panel as pn  # noqa: PLC0415 - an extra that takes a second: loaded by whoever works in a notebook
        from IPython.display import HTML, display  # noqa: PLC0415
    except ImportError as error:
        raise WrongUse(
            f"Notebooks cannot show views that answer: {error.name} is not installed.",
            do="Install the extra `workbench`: pip install 'akika-forensics[workbench]'.",
        ) from error
    from akika_forensics import jobs  # noqa: PLC0415
    from akika_widgets.views.job import JobView  # noqa: PLC0415
    from akika_widgets.views.view import enliven, live_widget  # noqa: PLC0415

    pn.extension()
    enliven(live_widget)
    jobs.shown_by(JobView)
    package, name = _THEME
    display(HTML(f"<style>{resources.files(package).joinpath(name).read_text(encoding='utf-8')}</style>"))  # type: ignore[no-untyped-call]  # IPython's
    (plain_errors.remove if debug else plain_errors.install)()


def _case(vault: str | os.PathLike[str] | None, company: str | None) -> Case | None:
    place = str(vault or "") or os.environ.get("AKIKA_VAULT", "")
    if not place:
        return None
    from akika_forensics.case import open_vault  # noqa: PLC0415 - on first use only

    return open_vault(place, company=company or os.environ.get("AKIKA_COMPANY") or None)


def _line(case: Case | None) -> str:
    from akika_widgets.views.markup import readable  # noqa: PLC0415

    said = f"Akika Forensics {VERSION}"
    if case is None:
        return f"{said} · no vault: ak.notebook('FOLDER') opens one"
    snapshots = case.snapshots()
    named = _company(case, sorted({info.company.name for info in snapshots}))
    which = f"{len(snapshots)} snapshot{'' if len(snapshots) == 1 else 's'}"
    if snapshots:
        which += f" ({snapshots[0].id} to {snapshots[-1].id})" if len(snapshots) > 1 else f" ({snapshots[0].id})"
    return readable(" ".join(f"{said} · {case.vault.location} · {named} · {which}".split()))


def _company(case: Case, captured: list[str]) -> str:
    """The company that is worked on; of several none is guessed. ``captured``: those that there are snapshots of."""
    from akika_forensics.errors import WrongUse  # noqa: PLC0415 - on first use only

    try:
        return case.companies.company(case.company_name).name
    except WrongUse:
        names = case.companies.names()
    if names:
        return f"several companies ({', '.join(names)}): ak.notebook(company='NAME') chooses one"
    return ", ".join(captured) or "no company yet"
