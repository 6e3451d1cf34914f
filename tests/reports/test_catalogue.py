"""Which reports there are and what their parameters may be; nothing of a notebook is run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from akika_forensics.errors import WrongUse
from akika_forensics.reports import Parameter, catalogue, find
from akika_forensics.settings import Secret


def test_a_notebook_says_its_title_purpose_and_parameters(folder: Path) -> None:
    report = find("tiny", [folder])
    assert report.title == "A tiny report"
    assert report.purpose == "It shows that the machinery works, in two lines."
    assert report.parameters == (
        Parameter("count", 3, "how many lines"),
        Parameter("who", "", "required: whose it is"),
        Parameter("exact", False, ""),
        Parameter("title", "", "what stands at the head"),
    )
    assert [parameter.required for parameter in report.parameters] == [False, True, False, False]


def test_only_reports_are_listed(folder: Path) -> None:
    assert [report.name for report in catalogue([folder])] == ["tiny"]


def test_the_reports_of_this_software_are_found_and_declare_what_they_take() -> None:
    report = find("restore-verification")
    assert report.title == "Restore verification"
    assert report.purpose
    assert [parameter.name for parameter in report.parameters] == [
        "vault",
        "company",
        "before",
        "after",
        "final",
        "plan",
        "title",
    ]
    assert [parameter.name for parameter in report.parameters if parameter.required] == ["vault", "after", "plan"]
    for report in catalogue():
        assert "## Limits" in report.path.read_text(encoding="utf-8").replace("# ## Limits", "## Limits")
        assert all(parameter.meaning for parameter in report.parameters), report.name


def test_an_unknown_report_names_those_there_are(folder: Path) -> None:
    with pytest.raises(WrongUse, match="The reports are: tiny"):
        find("tidy", [folder])
    with pytest.raises(WrongUse, match="no notebook"):
        find(str(folder / "absent.py"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"who": "a", "whom": "b"}, "no parameter 'whom'. It takes: count, who, exact, title"),
        ({}, "needs the parameter 'who'. whose it is"),
        ({"who": ""}, "needs the parameter 'who'"),
        ({"who": "a", "count": "many"}, "count is a whole number, not 'many'"),
        ({"who": "a", "exact": "perhaps"}, "exact is yes or no"),
        ({"who": "a", "passphrase": "x"}, "looks like a secret"),
        ({"who": "a", "api_key": "x"}, "looks like a secret"),
        ({"who": Secret("x")}, "looks like a secret"),
    ],
)
def test_parameters_are_checked_before_anything_runs(folder: Path, given: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongUse) as caught:
        find("tiny", [folder]).values(given)
    assert said in str(caught.value)


def test_texts_of_the_command_line_take_the_type_of_the_default(folder: Path) -> None:
    given = {"who": "5", "count": "4", "exact": "yes", "title": Path("a/b")}
    assert find("tiny", [folder]).values(given) == {"who": "5", "count": 4, "exact": True, "title": "a/b"}


def test_a_notebook_whose_parameters_are_no_plain_values_is_refused(folder: Path) -> None:
    (folder / "odd.py").write_text('# %% tags=["parameters"]\nx = open("/etc/passwd")\n', encoding="utf-8")
    with pytest.raises(WrongUse, match="no plain value"):
        find("odd", [folder])
    (folder / "odd.py").write_text('# %% tags=["parameters"]\nx = (\n', encoding="utf-8")
    with pytest.raises(WrongUse, match="cannot be read"):
        find("odd", [folder])


def test_listing_reports_loads_neither_papermill_nor_a_kernel() -> None:
    code = "import sys; from akika_forensics import reports; reports.catalogue(); print([n for n in ('papermill', 'nbconvert', 'IPython', 'pandas') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
