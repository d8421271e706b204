"""The rows of a table are written in Python; the HTML is, byte for byte, what the templates before it wrote.

`golden/table-*.html` were written by those templates (one include for each cell). They change only when a page is meant to
look different: `GUATU_WRITE_GOLDEN=1 pytest tests/kit/test_table_html.py`, and read the difference.
"""

import datetime as dt
import os
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from guatu.desk.case_states import due_cell
from guatu.kernel import clock
from guatu.kernel.clock import ZONE
from guatu.kit.columns import Column, Heading, Row, cell_of
from guatu.kit.states import TONES, State
from guatu.kit.writing import Pen

GOLDEN = Path(__file__).parent / "golden"
NOW = dt.datetime(2021, 9, 16, 9, 0, tzinfo=ZONE)
BAD = "<b>&\"'</b> 南翔"
UNIT = SimpleNamespace(short_name="绿<容>局", name="绿化和市容管理局")
MOMENTS = (
    None, NOW, NOW - dt.timedelta(hours=3), NOW + dt.timedelta(days=2, hours=1), NOW - dt.timedelta(seconds=20),
    dt.datetime(2020, 12, 31, 23, 59, tzinfo=dt.UTC), dt.date(2021, 9, 16), dt.date(2021, 9, 15), dt.date(2021, 10, 1),
    dt.date(2019, 1, 2),
)  # fmt: skip
VALUES = {
    "text": (None, "", BAD, SafeString("<i>好</i>"), 0, 12345, 1.5, Decimal("39.160"), True, gettext_lazy("键盘"),
             NOW, NOW.date(), ["甲", BAD], UNIT.name, State("late", BAD), 1234567),
    "code": (None, "", "AJ-2021-0001", BAD, 42),
    "number": (None, "", 0, 12345, 1.5, Decimal("39.160"), True, BAD),
    "date": tuple(value for value in MOMENTS),
    "datetime": tuple(value for value in MOMENTS if value is None or isinstance(value, dt.datetime)),
    "moment": MOMENTS,
    "deadline": MOMENTS,
    "state": (None, "", "某状态", BAD, *(State(tone, BAD) for tone in TONES), State("done", gettext_lazy("关闭"))),
    "percent": (None, "", 0, 55, 55.6, 120, Decimal("7"), "x"),
    "yes": (True, False, None, 1),
    "person": (None, "", "王<某>", SimpleNamespace(name="李&四", unit=UNIT), SimpleNamespace(name="赵", unit=None)),
}  # fmt: skip


def tables():
    """One table for each kind, with links and without."""
    for kind, values in VALUES.items():
        columns = [
            Column("one", BAD, value="value", kind=kind, link=lambda row: row.href),
            Column("two", gettext_lazy("键盘"), value="value", kind=kind, wide=True),
            Column("three", "丙", value=lambda row: row.value, kind=kind, align="right", link=lambda row: ""),
        ]
        rows = [
            SimpleNamespace(id=f"{n}<", value=value, href=f"/x/{n}/?a=1&b={n}")
            for n, value in enumerate(values)
        ]
        yield SimpleNamespace(
            title=BAD, prefix="",
            headings=[Heading(column, direction, "/x/?sort=a&b=c" if direction else "")
                      for column, direction in zip(columns, ("asc", "desc", ""), strict=True)],
            rows=[Row(row, row.id, [cell_of(column, row) for column in columns]) for row in rows],
        )  # fmt: skip


def written():
    template = get_template("kit/parts/table.html")
    with clock.at(NOW):
        return "".join(
            template.render({"listing": one, "bulk": bulk}) for bulk in ("", "x") for one in tables()
        )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_table_is_written_as_the_templates_wrote_it(language):
    with translation.override(language):
        found = written()
    path = GOLDEN / f"table-{language}.html"
    if os.environ.get("GUATU_WRITE_GOLDEN"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")
    assert "<b>&" not in found  # what people type is never HTML


DUE = (
    "{% load kit i18n %}{% if row.due_at %}{% deadline row.due_at row.handled_at %}{% if row.due_provisional %}"
    """ <span class="tag" title="{% translate '工作日历还没有公布到那一天，按周一至周五推定。' %}">{% translate "暂定" %}</span>"""
    "{% endif %}{% else %}—{% endif %}"
)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("due", [None, NOW + dt.timedelta(hours=30), NOW - dt.timedelta(hours=2)])
@pytest.mark.parametrize("done", [None, NOW - dt.timedelta(hours=1)])
@pytest.mark.parametrize("provisional", [False, True])
def test_the_limit_of_a_case_is_written_as_its_template_wrote_it(language, due, done, provisional):
    row = SimpleNamespace(due_at=due, handled_at=done, due_provisional=provisional)
    with translation.override(language), clock.at(NOW):
        assert due_cell(Pen(), row) == Template(DUE).render(Context({"row": row}))


def test_a_column_may_bring_its_own_writer_or_template():
    columns = [
        Column("own", "甲", write=lambda pen, row: row.value),
        Column("escaped", "乙", write=lambda pen, row: pen.chip(row.value)),
    ]
    row = SimpleNamespace(id="1", own="", escaped="", value=BAD)
    listing = SimpleNamespace(
        title="x", headings=[], rows=[Row(row, "1", [cell_of(one, row) for one in columns])]
    )
    found = get_template("kit/parts/table.html").render({"listing": listing, "bulk": ""})
    assert "&lt;b&gt;" in found
    assert "<b>" not in found
