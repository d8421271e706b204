"""What the phone's pages do another way is told with sheet, row and column; what they do is not spoken of."""

import pytest

from guatu.fieldwork.rules.phone_support import FUNCTIONS, unsupported
from guatu.fieldwork.xlsform import compile_form
from guatu.kernel import xml

HEAD = """
| survey | | | | | | | |
| | type | name | label | appearance | calculation | relevant | choice_filter |
"""
TAIL = """
| choices | | | |
| | list_name | name | label |
| | yn | y | Yes |
| settings | | |
| | form_id | version |
| | f | 1 |
"""


def told(*rows: str) -> list[dict[str, str]]:
    text = HEAD + "".join(f"| | {row} |\n" for row in rows) + TAIL
    return [said for said in compile_form(text.encode(), "f.md").phone if "手机页面" in said["zh"]]


def test_a_form_the_phone_does_whole_is_not_spoken_of() -> None:
    rows = [
        "text | a | A | multiline | | |",
        "select_one yn | b | B | minimal | | |",
        "image | c | C | signature | | |",
        "barcode | d | D | | | |",
        "geotrace | e | E | | | |",
        "calculate | g | | | concat('search(', pulldata('l', 'x', 'name', ${a})) | |",
    ]
    assert told(*rows) == []


@pytest.mark.parametrize(
    ("row", "place", "words"),
    [
        ("geopoint | a | A | placement-map | | |", "survey 表 第 2 行 appearance 列", "没有地图"),
        ("text | a | A | ex:org.example.scan(x='1') | | |", "appearance 列", "手工填写"),
        ("select_one yn | a | A | minimal search('yn') | | |", "appearance 列", "select_one_from_file"),
        ("date | a | A | bikram-sambat | | |", "appearance 列", "公历"),
        ("audit | audit | | | | |", "survey 表 第 2 行 type 列", "audit"),
        ("background-audio | a | | | | |", "type 列", "后台录音"),
        ("calculate | a | | | base64-encode('x') | |", "survey 表 第 2 行 calculation 列", "打不开"),
        ("text | a | A | | | version() = '1' |", "survey 表 第 2 行 relevant 列", "打不开"),
    ],
)
def test_what_it_cannot_do_is_told_with_the_cell(row: str, place: str, words: str) -> None:
    found = told(row, "note | last | Last | | | |")
    assert len(found) == 1, found
    assert place in found[0]["zh"]
    assert words in found[0]["zh"]
    assert found[0]["en"].startswith("sheet survey, row 2, column")


def test_each_cell_is_told_once_and_an_xform_without_a_workbook_names_the_question() -> None:
    found = told("calculate | a | | | concat(version(), version()) | |", "note | last | Last | | | |")
    assert len(found) == 1
    root = xml.parse(
        b'<h:html xmlns:h="http://www.w3.org/1999/xhtml" xmlns="http://www.w3.org/2002/xforms"><h:head><model>'
        b'<bind nodeset="/data/a" calculate="thousands-sep(1)"/></model></h:head><h:body/></h:html>',
        "f.xml",
    )
    (fault,) = unsupported(root, None)
    assert fault.sheet == ""
    assert "thousands-sep" in fault.zh
    assert "thousands-sep" in FUNCTIONS
