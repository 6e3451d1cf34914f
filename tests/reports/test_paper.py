"""What happens to a page before it is printed: folds, controls, pictures, captions."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from akika_forensics.reports.long_tables import ON_PAPER
from akika_forensics.reports.paper import prepare

SVG = "http://www.w3.org/2000/svg"


def page(body: str, head: str = "") -> ET.Element:
    return ET.fromstring(f"<html><head>{head}</head><body>{body}</body></html>")  # noqa: S314 - our own


def text(root: ET.Element) -> str:
    return " ".join("".join(root.itertext()).split())


def test_a_part_marked_for_paper_is_open_and_others_leave_their_heading() -> None:
    root = page(
        "<details class='ak-on-paper'><summary>these</summary><p>open</p></details>"
        "<details class='ak-fields'>stray<summary>all fields</summary>tail<p>hidden</p></details>"
        "<details open='open'><summary>left open</summary><p>seen</p></details><p>after</p>"
    )
    prepare(root, "x")
    assert not list(root.iter("details"))
    assert not list(root.iter("summary"))
    assert text(root) == "theseopenall fieldsleft openseenafter"


def test_folds_within_folds() -> None:
    root = page(
        "<details class='ak-on-paper'><summary>a</summary><details><summary>b</summary><p>c</p></details></details>"
        "<details><summary>d</summary><details class='ak-on-paper'><summary>e</summary></details></details>"
    )
    prepare(root, "x")
    assert text(root) == "abd"


def test_a_record_s_own_name_gets_no_remark() -> None:
    root = page(
        "<details><summary>Bill 1 <bdi class='ak-key'>Bill:1</bdi></summary></details><details><summary>all 51 fields</summary></details>"
    )
    prepare(root, "x")
    assert [
        ("ak-named" in div.get("class", "")) for div in root.iter("div") if "ak-summary" in div.get("class", "")
    ] == [
        True,
        False,
    ]


def test_controls_and_scripts_are_not_printed() -> None:
    root = page("<p>a</p><script>run()</script><div><input value='q'/><button>press</button>b</div>")
    prepare(root, "x")
    assert text(root) == "ab"


def test_a_sheet_that_the_page_has_already_is_read_once() -> None:
    sheet = ".akika { color: red; }"
    root = page(
        f"<div><style>{sheet}</style><p>a</p></div><div><style>.other {{ }}</style></div>", f"<style>{sheet}</style>"
    )
    prepare(root, "x")
    assert [style.text for style in root.iter("style")] == [sheet, ".other { }"]


def test_a_picture_has_its_light_colours_written_out_and_fits_the_page() -> None:
    sheet = (
        "svg.k { --ak-ink: #111111; --ak-paper: #ffffff; } @media (prefers-color-scheme: dark) { svg.k { --ak-ink: #eeeeee; } } "
        "@media print { svg.k.k { --ak-ink: #000000; } } svg.k text { fill: var(--ak-ink); } .b { fill: var( --ak-none , #123456 ); }"
    )
    root = page(
        f"<svg xmlns='{SVG}' viewBox='0 0 1300 650' style='max-width:100%'><style>{sheet}</style><rect fill='var(--ak-paper)'/></svg>"
        f"<svg xmlns='{SVG}' viewBox='0 0 96 96'/><svg xmlns='{SVG}' viewBox='0 0 96 9600'/><svg xmlns='{SVG}' viewBox='odd'/>"
    )
    prepare(root, "x")
    pictures = list(root.iter(f"{{{SVG}}}svg"))
    style = pictures[0].find(f"{{{SVG}}}style")
    assert style is not None
    assert "svg.k text { fill: #111111; }" in str(style.text)
    assert ".b { fill: #123456; }" in str(style.text)
    assert "@media" not in str(style.text)
    assert "var(" not in ET.tostring(root, encoding="unicode")
    assert pictures[0].find(f"{{{SVG}}}rect").attrib == {"fill": "#ffffff"}  # type: ignore[union-attr]
    assert [picture.get("style") for picture in pictures] == [
        "width:172.00mm;height:86.00mm",
        "width:25.40mm;height:25.40mm",
        "width:2.35mm;height:235.00mm",
        None,
    ]


def test_a_caption_stands_above_its_table() -> None:
    root = page(
        "<div><table><caption>Name<span>sub</span></caption><tbody><tr><td>1</td></tr></tbody></table>after</div>"
    )
    prepare(root, "x")
    box = root.find("body/div")
    assert box is not None
    assert [child.tag for child in box] == ["div", "table"]
    assert text(root) == "Namesub1after"


def rows(number: int, inner: str = "") -> str:
    return "".join(f"<tr><th>r{n}</th><td>{inner}</td></tr>" for n in range(number))


def test_a_long_table_within_another_belongs_to_it() -> None:
    inner = f"<table><tbody>{rows(ON_PAPER + 5)}</tbody></table>"
    root = page(f"<table><caption>Outer</caption><tbody>{rows(2, inner)}</tbody></table>")
    assert prepare(root, "x") == ()


@given(st.lists(st.integers(0, 160), min_size=1, max_size=5))
def test_cut_tables_are_kept_whole_in_their_file_whatever_their_groups(groups: list[int]) -> None:
    made = "".join(f"<tbody>{rows(number)}</tbody>" for number in groups)
    root = page(f"<div><table><caption>All</caption><thead><tr><th>A</th><td>B</td></tr></thead>{made}</table></div>")
    total = sum(groups)
    cut = prepare(root, "x")
    left = [row for body in root.iter("tbody") for row in body]
    assert len(left) == min(total, ON_PAPER)
    if total > ON_PAPER:
        (table,) = cut
        assert (table.name, table.rows) == ("all", total)
        assert len(table.data.decode("utf-8-sig").splitlines()) == total + 1
        assert text(root).endswith(
            f"The first {ON_PAPER} rows; the full list of {total} rows is attached as x-all.csv."
        )
    else:
        assert cut == ()


def test_a_wide_cell_leaves_its_other_columns_empty() -> None:
    wide = "<tr><th colspan='2'>both</th><td>c</td></tr><tr><td colspan='999999999'>x</td></tr>"
    root = page(f"<table><tbody>{wide}{rows(ON_PAPER)}</tbody></table>")
    (table,) = prepare(root, "x")
    lines = table.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "both,,c"
    assert lines[1].count(",") == 99
