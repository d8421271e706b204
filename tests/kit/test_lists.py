"""The list every list page is: filters, counts, pages, columns, export and print."""

import csv
import datetime as dt
import io
from types import SimpleNamespace

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from guatu.kernel import ids
from guatu.kernel.access import EVERYTHING, NOBODY
from guatu.kernel.clock import ZONE
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.kit import export, lists
from guatu.kit.lists import (
    AreaFilter,
    BooleanFilter,
    ChoiceFilter,
    Column,
    DateFilter,
    Listing,
    SearchFilter,
    UnitFilter,
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kit.urls")]

START = dt.datetime(2021, 9, 16, 0, 0, tzinfo=ZONE)
VERBS = [("open", "在办"), ("case.closed", "办结")]
LEDGER = Listing(
    name="ledger",
    title="流水",
    columns=[
        Column("position", "序号", kind="number", sort="position", link=lambda act: f"/acts/{act.id}/"),
        Column("verb", "动作", sort="verb"),
        Column("via", "来路", sort="via"),
        Column("recorded_at", "时间", kind="datetime", sort="recorded_at"),
        Column("area", "区域", kind="code", shown=False),
    ],
    filters=[
        ChoiceFilter(
            "verb", "动作", choices=VERBS, counts=True, expand={"open": ["case.opened", "case.filed"]}
        ),
        ChoiceFilter("via", "来路", choices=lambda request: [("web", "网页"), ("api", "接口")], many=True),
        DateFilter("day", "日期", field="recorded_at"),
        AreaFilter("area", choices=[("310114", "嘉定区")]),
        UnitFilter("unit", "单位", field="subject_id", choices=[("jd/lrj/", "绿容局")]),
        BooleanFilter(
            "placed", "已定位", apply=lambda rows, yes: rows.exclude(area="") if yes else rows.filter(area="")
        ),
        SearchFilter("q", fields=("via", "subject_type")),
    ],
    sort="-recorded_at",
    per_page=10,
)


@pytest.fixture
def ledger():
    verbs = ["case.opened", "case.filed", "case.closed"]
    Act.objects.bulk_create(
        Act(home="310114102", position=n, recorded_at=START + dt.timedelta(hours=12 * n), effective_at=START,
            verb=verbs[n % 3], subject_type="案件", subject_id="jd/lrj/a" if n % 2 else "jd/jtw/b",
            via="=cmd()" if n == 7 else "web" if n % 2 else "api", area="310114102" if n < 20 else "")
        for n in range(25)
    )  # fmt: skip
    return Act.objects.all()


def ask(address="/x/", *, user=None, cookies=None):
    request = RequestFactory().get(address)
    request.user = user or AnonymousUser()
    request.COOKIES.update(cookies or {})
    return request


def page(address, rows):
    return lists.build(ask(address), LEDGER, rows)


def positions(found):
    return [row.object.position for row in found.rows]


def test_it_lists_the_newest_first_and_pages(ledger):
    first = page("/x/", ledger)
    assert positions(first) == list(range(24, 14, -1))
    assert first.total == "25"
    assert first.previous_url == ""
    second = page(first.next_url, ledger)
    assert positions(second) == list(range(14, 4, -1))
    assert positions(page(second.previous_url, ledger)) == positions(first)
    assert first.rows[0].href == f"/acts/{first.rows[0].object.id}/"
    assert [cell.value for cell in first.rows[0].cells][:2] == [24, "case.opened"]


def test_a_page_costs_at_most_three_queries(ledger, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        found = page("/x/?day_from=2021-09-16", ledger)
        assert found.rows
        assert found.counted == 25
        assert len(found.tabs) == 3


def test_a_list_that_fits_is_not_counted_again(ledger, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = page("/x/?q=cmd", ledger)
        assert found.total == "1"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("verb=open", 17),
        ("verb=case.closed", 8),
        ("via=web&via=api", 24),
        ("day_from=2021-09-17&day_to=2021-09-17", 2),
        ("day_to=2021-09-16", 2),
        ("area=310114", 20),
        ("area=310114103", 0),
        ("unit=jd/lrj/", 12),
        ("placed=0", 5),
        ("placed=1", 20),
        ("q=cmd 案件", 1),
        ("q=  ", 25),
    ],
)
def test_filters(ledger, query, expected):
    assert page(f"/x/?{query}", ledger).counted == expected


@pytest.mark.parametrize(
    "query",
    [
        "verb=nonsense",
        "day_from=2021-09-31",
        "day_from=0001-01-01",
        "day_from=2021-09-17&day_to=2021-09-16",
        "area=abc",
        "placed=maybe",
        "q=%00",
        "q=" + "长" * 101,
    ],
)
def test_a_filter_that_cannot_be_understood_gives_a_sentence(ledger, query):
    found = page(f"/x/?{query}", ledger)
    assert len(found.errors) == 1
    assert found.errors[0].endswith("。")
    assert found.counted == 25  # and says so instead of failing
    with pytest.raises(Problem) as refused:
        lists.respond(ask(f"/x/?{query}&export=csv"), LEDGER, ledger, "kit/list.html")
    assert refused.value.code == "kit.bad_filter"


def test_a_broken_cursor_begins_again_and_says_so(ledger):
    found = page("/x/?after=broken", ledger)
    assert positions(found)[0] == 24
    assert "第一页" in found.errors[0]


def test_tabs_count_what_the_other_filters_leave(ledger):
    tabs = page("/x/?area=310114&verb=case.closed", ledger).tabs
    assert [(str(tab.title), tab.count, tab.current) for tab in tabs] == [
        ("全部", 20, False),
        ("在办", 14, False),
        ("办结", 6, True),
    ]
    assert tabs[0].href == "/x/?area=310114"


def test_sorting_by_a_column_and_not_by_anything_else(ledger):
    assert positions(page("/x/?sort=position", ledger))[:3] == [0, 1, 2]
    assert positions(page("/x/?sort=-position", ledger))[:3] == [24, 23, 22]
    for asked in ("details", "--position", "area", "password"):
        assert positions(page(f"/x/?sort={asked}", ledger))[:2] == [24, 23]
    headings = {one.column.key: one for one in page("/x/?sort=position&after=x", ledger).headings}
    assert headings["position"].direction == "asc"
    assert headings["position"].href == "/x/?sort=-position"


def test_filters_in_force_can_be_dropped_one_by_one(ledger):
    found = page("/x/?area=310114&q=cmd&verb=open", ledger)
    assert [(one.key, one.words, address) for one, address in found.in_force] == [
        ("q", "cmd", "/x/?area=310114&verb=open"),
        ("area", "嘉定区", "/x/?q=cmd&verb=open"),
    ]
    assert ("verb", "open") in found.hidden
    assert not [name for name, _value in found.hidden if name == "q"]


def test_the_words_of_each_filter(ledger):
    found = page("/x/?via=web&via=api&day_from=2021-09-17&unit=jd/lrj/&placed=0&verb=open", ledger)
    words = {one.key: one.words for one in found.used}
    assert words == {
        "verb": "在办",
        "via": "网页、接口",
        "day": "2021-09-17 – …",
        "unit": "绿容局",
        "placed": "否",
    }


def test_more_than_ten_thousand_are_not_counted(ledger, monkeypatch):
    monkeypatch.setattr(lists, "EXACT_TO", 20)
    assert page("/x/", ledger).total == "20+"


def test_chosen_columns_are_remembered_for_the_person(ledger):
    user = SimpleNamespace(pk=ids.new(), scope=EVERYTHING, is_authenticated=True)
    answer = lists.respond(
        ask("/x/?column=verb&column=area&columns=keep&q=web", user=user), LEDGER, ledger, "kit/list.html"
    )
    assert answer.url == "/x/?q=web"
    cookie = next(iter(answer.cookies.values()))
    assert cookie["httponly"]
    found = lists.build(ask("/x/", user=user, cookies={cookie.key: cookie.value}), LEDGER, ledger)
    assert [one.column.key for one in found.headings] == ["verb", "area"]
    forgotten = lists.respond(
        ask("/x/?column=verb&columns=reset", user=user), LEDGER, ledger, "kit/list.html"
    )
    assert next(iter(forgotten.cookies.values())).value == ""
    crooked = lists.build(ask("/x/", user=user, cookies={cookie.key: "x.y"}), LEDGER, ledger)
    assert [one.column.key for one in crooked.headings] == ["position", "verb", "via", "recorded_at"]


def body(answer):
    return b"".join(answer.streaming_content)


def test_csv_holds_every_row_in_order_and_no_formula(ledger):
    answer = lists.respond(ask("/x/?export=csv&after=x&sort=position"), LEDGER, ledger, "kit/list.html")
    text = body(answer).decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[0] == ["序号", "动作", "来路", "时间"]
    assert [row[0] for row in rows[1:]] == [str(n) for n in range(25)]
    assert rows[8][2] == "'=cmd()"
    assert rows[1][3] == "2021-09-16 00:00"
    assert "no-store" in answer["Cache-Control"]
    assert "20210916.csv" in answer["Content-Disposition"]


def test_xlsx_keeps_types_and_no_formula(ledger):
    answer = lists.respond(ask("/x/?export=xlsx&sort=position"), LEDGER, ledger, "kit/list.html")
    sheet = openpyxl.load_workbook(io.BytesIO(body(answer))).active
    rows = list(sheet.iter_rows())
    assert len(rows) == 26
    assert [cell.value for cell in rows[0]] == ["序号", "动作", "来路", "时间"]
    assert rows[1][3].value == dt.datetime(2021, 9, 16, 0, 0)
    assert rows[8][2].value == "=cmd()"
    assert rows[8][2].data_type == "s"
    assert rows[8][2].quotePrefix
    assert not [cell for row in rows for cell in row if cell.data_type == "f"]


def test_an_export_needs_its_right_and_is_told(ledger):
    listing = Listing("x", "x", LEDGER.columns, sort="-position", export_right="case.export")
    told = []
    allowed = SimpleNamespace(pk=1, scope=EVERYTHING, is_authenticated=True)
    refused = SimpleNamespace(pk=2, scope=NOBODY, is_authenticated=True)
    with pytest.raises(Problem) as denied:
        lists.respond(ask("/x/?export=csv", user=refused), listing, ledger, "kit/list.html")
    assert denied.value.code == "access.denied"
    assert not lists.build(ask(user=refused), listing, ledger).may_export
    lists.respond(
        ask("/x/?export=csv", user=allowed), listing, ledger, "kit/list.html",
        exported=lambda request, asked: told.append(asked),
    )  # fmt: skip
    assert told == ["csv"]


def test_an_unknown_format_and_a_sheet_too_long_are_refused(ledger, monkeypatch):
    with pytest.raises(Problem) as unknown:
        lists.respond(ask("/x/?export=exe"), LEDGER, ledger, "kit/list.html")
    assert unknown.value.code == "kit.bad_filter"
    monkeypatch.setattr(export, "XLSX_MOST", 24)
    with pytest.raises(Problem) as long:
        lists.respond(ask("/x/?export=xlsx"), LEDGER, ledger, "kit/list.html")
    assert long.value.code == "kit.export_too_long"


def test_print_shows_all_rows_or_refuses(ledger, monkeypatch):
    answer = lists.respond(ask("/x/?print=1"), LEDGER, ledger, "kit/list.html")
    text = answer.content.decode()
    assert text.count('role="row"') == 26
    assert 'name="q"' not in text
    monkeypatch.setattr(lists, "PRINT_MOST", 24)
    with pytest.raises(Problem) as long:
        lists.respond(ask("/x/?print=1"), LEDGER, ledger, "kit/list.html")
    assert long.value.code == "kit.print_too_long"


def test_the_page_itself(ledger):
    text = lists.respond(ask("/x/?q=web"), LEDGER, ledger, "kit/list.html").content.decode()
    assert "流水" in text
    assert 'value="web"' in text
    assert "export=xlsx" in text
    assert 'aria-sort="descending"' in text
    empty = lists.respond(ask("/x/?q=none"), LEDGER, ledger, "kit/list.html").content.decode()
    assert "没有符合这些条件的记录。" in empty
    nothing = lists.respond(ask("/x/"), LEDGER, ledger.none(), "kit/list.html").content.decode()
    assert "这里还没有记录。" in nothing
    assert "export=xlsx" not in nothing  # nothing here, nothing asked for: the page only teaches
    assert 'name="q"' not in nothing


def test_rows_can_be_prepared_in_one_go(ledger):
    def words(acts):
        return [SimpleNamespace(id=act.id, position=act.position, verb=act.verb.upper(), via="", recorded_at=None, area="")
                for act in acts]  # fmt: skip

    listing = Listing("x", "x", LEDGER.columns[:2], sort="position", prepare=words)
    found = lists.build(ask("/x/"), listing, ledger)
    assert found.rows[0].cells[1].value == "CASE.OPENED"
    text = body(lists.respond(ask("/x/?export=csv"), listing, ledger, "kit/list.html")).decode()
    assert "CASE.FILED" in text


def test_two_lists_on_one_page_keep_apart(ledger):
    left = Listing("l", "l", LEDGER.columns, LEDGER.filters, sort="position", prefix="l-")
    request = ask("/x/?l-q=cmd&q=none")
    assert lists.build(request, left, ledger).counted == 1
    assert lists.build(request, LEDGER, ledger).counted == 0
