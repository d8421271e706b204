"""Tables from files: it works; then every way a file can be wrong or hostile."""

import io
import json
import zipfile

import openpyxl
import pytest

from guatu.files import tables
from guatu.files.tables import read_table
from guatu.kernel.problems import Problem


def workbook(*lines, sheets=()):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refusal(content, name="a.xlsx", **options):
    with pytest.raises(Problem) as caught:
        read_table(content, name, **options)
    return caught.value


def test_a_workbook_with_a_title_line():
    found = read_table(
        workbook(["点位表"], [], ["编号", "名称"], [1, "国展"], [None, None], [2, "虹桥"]),
        "a.xlsx",
        names=["编号"],
    )
    assert found.headings == ["编号", "名称"]
    assert [(row.line, row.cells) for row in found.rows] == [(4, (1.0, "国展")), (6, (2.0, "虹桥"))]
    assert (found.sheet, found.heading_line) == ("Sheet", 3)


def test_another_sheet_and_heading_line():
    content = workbook([], sheets=[("名单", [["说明"], ["a", "b"], ["1", "2"]])])
    assert read_table(content, "a.xlsx").sheet == "名单"
    assert read_table(content, "a.xlsx", sheet="名单", heading=2).headings == ["a", "b"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_text_in_any_usual_encoding(encoding, sign):
    text = f'名称{sign}数\n"南翔{sign}\n镇"{sign}2\n江桥{sign}3\n'
    found = read_table(text.encode(encoding), "a.csv")
    assert found.headings == ["名称", "数"]
    assert [(row.line, row.cells) for row in found.rows] == [
        (3, (f"南翔{sign}\n镇", "2")),
        (4, ("江桥", "3")),
    ]


def test_geojson():
    features = [
        {"type": "Feature", "properties": {"name": "a", "tags": [1]}, "geometry": {"type": "Point", "coordinates": [121, 31]}},
        {"type": "Feature", "properties": None, "geometry": {"type": "Polygon", "coordinates": []}},
        {"type": "Feature", "properties": {"name": None}, "geometry": None},
    ]  # fmt: skip
    found = read_table(json.dumps({"type": "FeatureCollection", "features": features}).encode(), "a.geojson")
    assert found.headings == ["name", "tags", "lon", "lat", "geometry"]
    assert found.rows[0].cells == ("a", "[1]", 121, 31, "")
    assert '"Polygon"' in found.rows[1].cells[-1]
    assert read_table(json.dumps(features[0]).encode(), "b.json").rows[0].line == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"  \n", "file.empty"),
        (b"\x89PNG\x00\x01", "import.unreadable"),
        (b"\xff\xff\xff\xfe\x81", "import.unreadable"),
        (b"PK\x03\x04broken", "import.unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "import.unreadable"),
        (b"{", "import.unreadable"),
        (b"[1]", "import.unreadable"),
        (b'{"type": "FeatureCollection", "features": [1]}', "import.unreadable"),
        (b'{"type": "FeatureCollection", "features": []}', "import.unreadable"),
        (b'{"type": "Feature", "properties": {"a": NaN}}', "import.unreadable"),
        (b"[" * 100_000, "import.unreadable"),
        (b"\n" + b"," * 10 + b"\n", "import.unreadable"),
        (b'a,b\n"' + b"x" * 200_000, "import.unreadable"),
    ],
)
def test_what_is_no_table(content, code):
    assert refusal(content, "x").code == code


def test_limits(monkeypatch):
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    assert refusal(b"a,b\n" + b"1,2\n" * 4).code == "import.too_many"
    assert refusal(b"a,b\n" + b"1,2\n" * 40).code == "import.too_many"
    many = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}}] * 4}
    assert refusal(json.dumps(many).encode()).code == "import.too_many"
    monkeypatch.setattr(tables, "MOST_COLUMNS", 4)
    assert refusal(b"a,b,c,d,e\n1,2,3,4,5").code == "import.too_many"
    wide = {"type": "Feature", "properties": {"a": 1, "b": 2}}
    assert refusal(json.dumps(wide).encode()).code == "import.too_many"
    monkeypatch.setattr(tables, "MOST_BYTES", 5)
    assert refusal(b"a,b,c,d").code == "kernel.too_large"


def test_a_sheet_with_one_far_away_cell():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "a", "b"
    out = io.BytesIO()
    book.save(out)
    assert refusal(out.getvalue()).code == "import.too_many"


def rezipped(content, changes):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
        for name in set(changes) - set(old.namelist()):
            new.writestr(name, changes[name])
    return out.getvalue()


def test_workbooks_that_would_hurt(monkeypatch):
    good = workbook(["a", "b"], [1, 2])
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
    assert refusal(rezipped(good, {"xl/worksheets/sheet1.xml": entity})).code == "import.unreadable"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as other:
        other.writestr("word/document.xml", "<a/>")
    assert refusal(out.getvalue()).code == "import.unreadable"
    assert refusal(rezipped(good, {"xl/workbook.xml": b"<broken"})).code == "import.unreadable"
    assert refusal(workbook([])).code == "import.unreadable"
    monkeypatch.setattr(tables, "MOST_UNPACKED", 1000)
    assert refusal(good).code == "import.too_many"
    monkeypatch.setattr(tables, "MOST_PARTS", 2)
    assert refusal(good).code == "import.too_many"
