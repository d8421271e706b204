"""The wall's layout as a pack writes it."""

from typing import Any

import pytest

from guatu.wall.layout import LayoutError, layout_of, read_layout, usual


def panel(**changes: Any) -> dict[str, Any]:
    return {"kind": "late", "at": [1, 1], "size": [3, 3], **changes}


def test_the_usual_layout_fills_the_grid_without_overlap():
    cells = [cell for each in usual().panels for cell in each.cells]
    assert len(cells) == len(set(cells)) == 144


def test_a_layout_is_read():
    layout = read_layout(
        {
            "panels": [
                panel(id="late-things", title={"zh": "逾期", "en": "Overdue"}, limit=5),
                panel(kind="map", at=[4, 1], points=["cases"], choices=[{"indicator": "r", "sense": "good", "steps": [60, 80]}]),
            ]
        }
    )  # fmt: skip
    late, chart = layout.panels
    assert (late.id, late.title, late.limit) == ("late-things", ("逾期", "Overdue"), 5)
    assert chart.choices[0].steps == (60.0, 80.0)
    assert layout.panel("map") is chart and layout.panel("cases") is None


def test_without_one_a_campaign_has_the_usual_layout():
    assert layout_of({}) is usual()
    assert layout_of({"wall": {"panels": [panel()]}}).panels[0].kind == "late"


@pytest.mark.parametrize(
    ("panels", "said"),
    [
        ([], "no [[panels]]"),
        ([panel(kind="clock")], "kind 'clock' is not one of"),
        ([panel(colour="red")], "unknown key 'colour'"),
        ([panel(at=[11, 1])], "leaves the grid"),
        ([panel(at=[0, 1])], "leaves the grid"),
        ([panel(at="1,1")], "two whole numbers"),
        ([panel(), panel(id="other", at=[3, 3])], "lies over 'late' at column 3, row 3"),
        ([panel(), panel(at=[7, 7])], "used twice"),
        ([panel(id="a b")], "may hold only letters"),
        ([panel(points=["lamps"])], "are not among"),
        ([panel(choices=["r"])], "a choice of the map"),
        ([panel(choices=[{"indicator": "r", "sense": "red"}])], "sense 'red'"),
        ([panel(choices=[{"indicator": "r", "steps": [80, 60]}])], "must rise"),
    ],
)
def test_a_mistake_says_what_is_wrong(panels: list[dict[str, Any]], said: str):
    with pytest.raises(LayoutError, match="(?s)" + said.replace("[", r"\[").replace("]", r"\]")):
        read_layout({"panels": panels})
