"""The evaluation: every number is exactly its records, on the page, in the list, in the file and for machines."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from guatu.cases import acts
from guatu.cases.models import Case
from guatu.kernel import clock
from tests.cases.conftest import approved, case_at, classes, photo, work_calendar  # noqa: F401 - fixtures
from tests.cast import DISTRICT, JIANGQIAO, NANXIANG, Cast

Signed = Callable[..., Client]
Make = Callable[..., Case]
PAGE, RECORDS = "/cases/evaluation/", "/cases/evaluation/records/"
MONTH = {"period": "month", "on": "2021-09-16"}


@pytest.fixture
def worked(classes: Cast, case_at: Make) -> Cast:  # noqa: F811
    """Three cases of 南翔镇 (closed, sent back and done again, still open), one of 江桥镇, one void."""
    case_at("closed")
    again = case_at("handled")
    acts.verify_case(by=classes.hecha, case=again, passed=False, note="还有垃圾")
    with clock.at(clock.now() + dt.timedelta(minutes=5)):
        acts.handle_case(by=classes.nanxiang, case=again, photos=[photo()])
    case_at("accepted")
    other = acts.report_case(
        by=classes.jiangqiao,
        campaign=classes.campaign,
        draft=acts.Draft(title="占道", area=JIANGQIAO, class_code="0402"),
    )
    other = acts.file_case(by=classes.chengyun, case=other)
    acts.dispatch_case(by=classes.chengyun, case=other, unit=classes.units["jqz"])
    approved("void", case_at("accepted"), classes.chengyun, "登记错了", classes.zhihui)
    return classes


def number_links(page: str) -> list[tuple[int, str]]:
    """Every number of the table with the address of its records."""
    found = re.findall(r'<a href="(/cases/evaluation/records/[^"]+)">([0-9]+)</a>', page)
    return [(int(number), unescape(href)) for href, number in found]


def listed(client: Client, href: str) -> int:
    match = re.search(r'class="list-count"><b class="number">([\d,]+)', client.get(href).content.decode())
    return int(match[1]) if match else 0


def exported(client: Client, href: str) -> list[list[str]]:
    answer = client.get(href)
    assert answer.status_code == 200, href
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(content)))


@pytest.mark.parametrize("by", ["unit", "area", "person", "class"])
def test_every_number_is_exactly_its_records(worked: Cast, signed_in: Signed, by: str) -> None:
    client = signed_in(worked.chengyun)
    page = client.get(PAGE, {**MONTH, "by": by, "cols": "handle"}).content.decode()
    links = number_links(page)
    assert any(number > 1 for number, _href in links)
    for number, href in links:
        assert listed(client, href) == number, href
    for number, href in links[:12]:
        assert len(exported(client, f"{href}&export=csv")) - 1 == number, href


def cell(client: Client, key: str, **query: str) -> int:
    return listed(
        client, f"{RECORDS}?key={key}&" + "&".join(f"{k}={v}" for k, v in {**MONTH, **query}.items())
    )


def test_what_the_columns_say(worked: Cast, signed_in: Signed) -> None:
    client = signed_in(worked.chengyun)
    said = {key: cell(client, f"case.{key}") for key in (
        "report.all", "report.void", "file.filed", "dispatch.done", "dispatch.accurate", "handle.due", "handle.done",
        "handle.rework", "check.done", "whole.done",
    )}  # fmt: skip
    assert said == {
        "report.all": 4, "report.void": 1, "file.filed": 4, "dispatch.done": 4, "dispatch.accurate": 4,
        "handle.due": 5, "handle.done": 3, "handle.rework": 1, "check.done": 2, "whole.done": 1,
    }  # fmt: skip


def test_counts_do_not_leak(worked: Cast, signed_in: Signed) -> None:
    """A street counts its own and nothing of its neighbour, whatever the address asks for."""
    client = signed_in(worked.jiangqiao)
    assert cell(client, "case.report.all") == 1
    assert cell(client, "case.report.all", area=NANXIANG) == 0
    assert cell(client, "case.handle.due", unit="jd/nxz/") == 0
    page = client.get(PAGE, MONTH).content.decode()
    assert "江桥镇" in page
    rows = page[page.index("<tbody>") : page.index("</tbody>")]
    assert "南翔镇" not in rows
    unit = signed_in(worked.lvrong)
    assert cell(unit, "case.report.all") == 0


def test_who_may_count_nothing_is_told_so(worked: Cast, signed_in: Signed, client: Client) -> None:
    assert signed_in(worked.passer_by).get(PAGE).status_code in (403, 404)
    assert signed_in(worked.passer_by).get(RECORDS, {"key": "case.report.all"}).status_code in (403, 404)
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"period": "year"}, 400), ({"by": "moon"}, 400), ({"on": "yesterday"}, 400), ({"scheme": "none"}, 400),
        ({"period": "custom", "from": "2021-09-30", "to": "2021-09-01"}, 400), ({"as_of": "x"}, 400),
        ({"period": "day", "on": "0001-01-01"}, 400), ({"area": "x' OR 1=1"}, 200), ({"sort": "-nonsense"}, 200),
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_told_why(
    worked: Cast, signed_in: Signed, query: dict[str, str], status: int
) -> None:
    assert signed_in(worked.chengyun).get(PAGE, query).status_code == status


def test_records_of_an_unknown_figure(worked: Cast, signed_in: Signed) -> None:
    assert signed_in(worked.chengyun).get(RECORDS, {**MONTH, "key": "case.moon"}).status_code == 404


@pytest.mark.parametrize("period", ["day", "week", "month", "quarter", "custom"])
@pytest.mark.parametrize("cols", ["", "all", "feedback"])
def test_every_period_and_group_has_a_page(worked: Cast, signed_in: Signed, period: str, cols: str) -> None:
    page = signed_in(worked.chengyun).get(
        PAGE, {"period": period, "on": "2021-09-16", "from": "2021-09-01", "to": "2021-09-30", "cols": cols}
    )
    assert page.status_code == 200
    assert "每一栏的口径" in page.content.decode()


def test_it_is_english_too(worked: Cast, signed_in: Signed) -> None:
    client = signed_in(worked.chengyun)
    client.cookies["django_language"] = "en"
    page = client.get(PAGE, MONTH).content.decode()
    assert "Handling: due" in page
    for words in ("综合评价", "名次", "口径", "时段", "合计"):
        assert words not in page


def test_an_empty_period_teaches(classes: Cast, signed_in: Signed) -> None:  # noqa: F811
    page = signed_in(classes.chengyun).get(PAGE, {"period": "day", "on": "2020-01-01"}).content.decode()
    assert "还没有可以统计的案件" in page


def test_the_whole_table_as_a_file(worked: Cast, signed_in: Signed) -> None:
    client = signed_in(worked.chengyun)
    lines = exported(client, f"{PAGE}?period=month&on=2021-09-16&export=csv")
    heads = lines[0]
    by_name = {line[0]: dict(zip(heads, line, strict=True)) for line in lines[1:]}
    assert by_name["南翔镇"]["处置数"] == "3"
    assert by_name["合计"]["上报数"] == "4"
    assert by_name["江桥镇"]["结案率"] == "0.00"
    answer = client.get(f"{PAGE}?period=month&on=2021-09-16&export=xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert book.active is not None and book.active.max_row == len(lines)


def test_a_name_that_is_a_formula_stays_text(worked: Cast, signed_in: Signed) -> None:
    unit = worked.units["nxz"]
    unit.short_name = "=1+1"
    unit.save()
    lines = exported(signed_in(worked.chengyun), f"{PAGE}?period=month&on=2021-09-16&export=csv")
    assert "=1+1" not in [line[0] for line in lines]


def test_a_score_is_explained(worked: Cast, signed_in: Signed) -> None:
    page = signed_in(worked.chengyun).get(PAGE, {**MONTH, "scheme": "thresholds"}).content.decode()
    assert "-0.2 × 1" in page


def test_a_figure_as_it_stood(worked: Cast, signed_in: Signed) -> None:
    case = Case.objects.get(status="handled")
    with clock.at(clock.now() + dt.timedelta(hours=2)):
        acts.verify_case(by=worked.hecha, case=case, passed=True)
        client = signed_in(worked.chengyun)
        assert cell(client, "case.check.done") == 3
        assert cell(client, "case.check.done", as_of="2021-09-16T10:00") == 2


def test_how_often_the_store_is_asked(
    worked: Cast, signed_in: Signed, count_queries: Callable[[str], Any]
) -> None:
    client = signed_in(worked.chengyun)
    client.get(PAGE, MONTH)
    with count_queries("evaluation of cases"):
        client.get(PAGE, {**MONTH, "cols": "all"})
    with count_queries("records of an evaluation"):
        client.get(RECORDS, {**MONTH, "key": "case.handle.due"})


def test_for_machines(worked: Cast, signed_in: Signed) -> None:
    client = signed_in(worked.chengyun)
    base = f"/api/{worked.campaign.code}/case-evaluation"
    answer = client.get(base, {**MONTH, "by": "unit"})
    assert answer.status_code == 200, answer.content
    said = answer.json()
    row = next(each for each in said["rows"] if each["key"] == "jd/nxz/")
    assert row["name"] == "南翔镇"
    assert row["values"]["case.handle.done"] == {"value": "3.000000", "text": "3", "parts": {"of": 3}} or (
        row["values"]["case.handle.done"]["text"] == "3"
    )
    assert said["total"]["values"]["case.report.all"]["text"] == "4"
    assert {line["indicator"] for line in row["score"]["lines"]} >= {"case.whole.rate"}
    page = client.get(f"{base}/records", {**MONTH, "key": "case.handle.done", "row": "jd/nxz/"})
    assert len(page.json()["items"]) == 3
    assert client.get(base, {"by": "moon"}).status_code == 400
    neighbour = signed_in(worked.jiangqiao).get(
        f"{base}/records", {**MONTH, "key": "case.report.all", "area": DISTRICT}
    )
    assert len(neighbour.json()["items"]) == 1
