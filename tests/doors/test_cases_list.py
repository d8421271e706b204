"""The working lists: who sees what, tabs with capped counts, search on both stores, squares on the map, jumps and sizes."""

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guatu.cases import acts, reads
from guatu.cases.models import Case, CaseUnit, HandOver, JointPart, Request
from guatu.kernel import calendar, clock
from guatu.kernel.acts import SYSTEM
from tests.cases.conftest import CLASSES
from tests.cast import JIANGQIAO, NANXIANG, Cast

Signed = Callable[..., Client]


@pytest.fixture
def ground(cast: Cast) -> Iterator[Cast]:
    calendar.load_shipped()
    acts.set_classes(by=SYSTEM, campaign=cast.campaign, classes=CLASSES)
    yield cast
    calendar.forget()


def opened(ground: Cast, title: str = "沪宜公路暴露垃圾", area: str = NANXIANG, **more: Any) -> Case:
    draft = acts.Draft(title=title, area=area, class_code="0101", **more)
    return acts.report_case(by=ground.chengyun, campaign=ground.campaign, draft=draft)


def dispatched(ground: Cast, unit: str = "nxz", **more: Any) -> Case:
    row = acts.file_case(by=ground.chengyun, case=opened(ground, **more))
    return acts.dispatch_case(by=ground.chengyun, case=row, unit=ground.units[unit])


def numbers(client: Client, query: str = "") -> set[str]:
    page = client.get(reverse("desk:cases") + query)
    assert page.status_code == 200
    return {row.object.number for row in page.context["listing"].rows}


# --- who sees what -----------------------------------------------------------------------------------------------


def test_a_supporting_unit_sees_the_case_and_a_stranger_does_not(ground: Cast, signed_in: Signed) -> None:
    row = dispatched(ground, "cgzf")
    lead_unit = signed_in(ground.lvrong)
    assert numbers(lead_unit) == set()
    CaseUnit.objects.create(case=row, unit=ground.units["lrj"], role="support", home=row.home)
    assert numbers(lead_unit) == {row.number}
    assert lead_unit.get(reverse("desk:case", args=[row.id])).status_code == 200
    for stranger in (ground.jiangqiao, ground.passer_by):
        assert not reads.cases(stranger.scope).exists()
        assert reads.view_counts(reads.cases(stranger.scope), stranger)["all"] == 0


def test_what_is_shared_may_be_read_and_no_more(ground: Cast) -> None:
    row = dispatched(ground, "cgzf")
    CaseUnit.objects.create(case=row, unit=ground.units["lrj"], role="support", home=row.home)
    for right in ("case.accept", "case.handle", "case.export"):
        assert not reads.cases(ground.lvrong.scope, right=right).exists()


def test_many_shared_cases_are_seen_too(ground: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["guatu.cases.reads.sight"], "_LITERAL", 1)
    rows = [dispatched(ground, "cgzf") for _ in range(3)]
    for row in rows:
        for role in ("support", "offered"):
            CaseUnit.objects.create(case=row, unit=ground.units["lrj"], role=role, home=row.home)
    found = reads.cases(ground.lvrong.scope)
    assert sorted(found.values_list("pk", flat=True)) == sorted(row.pk for row in rows)  # and none twice


# --- tabs --------------------------------------------------------------------------------------------------------


def test_every_tab_counts_what_it_shows(ground: Cast, signed_in: Signed) -> None:
    row = dispatched(ground)
    acts.accept_case(by=ground.nanxiang, case=row)
    opened(ground)
    other = dispatched(ground, "cgzf")
    given = {"home": row.home, "case": other}
    JointPart.objects.create(unit=ground.units["nxz"], what="清运", given_at=clock.now(), **given)
    HandOver.objects.create(to_unit=ground.units["nxz"], reason="x", offered_at=clock.now(), **given)
    Request.objects.create(kind="void", reason="x", asked_by=ground.nanxiang, asked_at=clock.now(), **given)
    for person in (ground.nanxiang, ground.chengyun, ground.hecha, ground.jinbo, ground.jiangqiao):
        rows = reads.cases(person.scope, ground.campaign)
        counts = reads.view_counts(rows, person)
        assert counts == {name: reads.view(rows, name, person).count() for name in reads.VIEWS}
    counts = reads.view_counts(reads.cases(ground.nanxiang.scope), ground.nanxiang)
    assert (counts["open"], counts["mine"], counts["parts"], counts["offered"]) == (3, 1, 1, 1)
    assert reads.view_counts(reads.cases(ground.jiangqiao.scope), ground.jiangqiao)["parts"] == 0
    browser = signed_in(ground.nanxiang)
    assert numbers(browser, "?view=parts") == numbers(browser, "?view=offered") == {other.number}


def test_what_i_asked_for_does_not_wait_for_me(ground: Cast) -> None:
    row = dispatched(ground)
    Request.objects.create(
        case=row, home=row.home, kind="void", reason="x", asked_by=ground.chengyun, asked_at=clock.now()
    )
    rows = reads.cases(ground.chengyun.scope)
    assert reads.view_counts(rows, ground.chengyun)["approval"] == 0


def test_counts_stop_at_their_cap(ground: Cast) -> None:
    for _ in range(4):
        opened(ground)
    counts = reads.view_counts(reads.cases(ground.chengyun.scope), ground.chengyun, most=2)
    assert counts["all"] == counts["open"] == 3  # more than two: nobody counts on


# --- search ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [("暴露", 1), ("垃圾 古猗园", 1), ("垃圾 沪宜", 0), ("100%", 1), ("0_0", 0), ("SZ-77", 1), ("sz-77", 0), ("长期堆放", 1),
     ("AJ-2021-000001", 1), ("aj-2021-0000", 2), ("2", 1), ("000002", 1), ("2021-2", 1), ("Road", 1), ("road", 1), ("x' OR 1=1 --", 0),
     ("\\\\", 0), ("路", 2)],
)  # fmt: skip
def test_search(ground: Cast, text: str, found: int) -> None:
    opened(
        ground, "古猗园路暴露垃圾100%", description="长期堆放", upper_number="SZ-77", source="city_platform"
    )
    opened(ground, "沪宜公路占道经营 Old Road", address="沪宜公路1号")
    rows = reads.cases(ground.chengyun.scope)
    if text == "sz-77":
        assert reads.search(rows, text).count() in (0, 1)  # as a number exactly, as a word in any case
    else:
        assert reads.search(rows, text).count() == found
    assert not reads.search(reads.cases(ground.jiangqiao.scope), text).exists()


def test_search_follows_a_correction(ground: Cast) -> None:
    row = opened(ground)
    acts.correct_case(by=SYSTEM, case=row, changes={"title": "德华路积水"})
    rows = reads.cases(ground.chengyun.scope)
    assert reads.search(rows, "积水").count() == 1
    assert reads.search(rows, "暴露").count() == 0


def test_so_many_hits_that_nobody_counts(
    ground: Cast, signed_in: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        opened(ground)
    opened(ground, "江桥路面破损", JIANGQIAO)
    monkeypatch.setattr(sys.modules["guatu.cases.reads.search"], "_LITERAL", 2)
    rows = reads.cases(ground.chengyun.scope)
    assert reads.plan("垃圾").broad
    assert reads.search(rows, "垃圾").count() == 4
    page = signed_in(ground.chengyun).get(reverse("desk:cases") + "?q=垃圾&size=20")
    assert all(tab.count == "" for tab in page.context["view_tabs"])


# --- the map -----------------------------------------------------------------------------------------------------


def test_many_points_become_squares_that_lead_to_their_cases(
    ground: Cast, signed_in: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        opened(ground, lon=121.30 + 0.02 * (number % 2), lat=31.29)
    monkeypatch.setattr(reads, "MOST_POINTS", 3)
    centre = signed_in(ground.chengyun)
    answer = centre.get(reverse("desk:cases_map")).json()
    points = [one["properties"] for one in answer["features"] if one["properties"]["role"] == "point"]
    assert sorted(point["count"] for point in points) == [3, 3]
    for point in points:
        assert len(numbers(centre, "?" + point["href"].split("?")[1])) == 3


@pytest.mark.parametrize("text", ["1,2,3", "a,b,c,d", "122,31,121,32", "121,31,122,320", "nan,nan,nan,nan"])
def test_a_box_that_is_none_is_told(ground: Cast, signed_in: Signed, text: str) -> None:
    page = signed_in(ground.chengyun).get(reverse("desk:cases") + f"?bbox={text}")
    assert page.status_code == 200
    assert "看不懂" in page.content.decode()


# --- paging ------------------------------------------------------------------------------------------------------


def test_a_day_is_jumped_to_and_a_page_has_the_size_asked_for(ground: Cast, signed_in: Signed) -> None:
    days = [dt.datetime(2021, 9, day, 10, tzinfo=clock.ZONE) for day in (6, 7, 8)]
    made = [opened(ground, opened_at=day) for day in days]
    centre = signed_in(ground.chengyun)
    assert numbers(centre, "?on=2021-09-07") == {made[0].number, made[1].number}
    assert numbers(centre, "?sort=opened_at&on=2021-09-07") == {made[1].number, made[2].number}
    assert numbers(centre, "?on=nonsense") == {row.number for row in made}
    page = centre.get(reverse("desk:cases") + "?size=20")
    assert page.context["listing"].per_page == 20
    assert centre.get(reverse("desk:cases") + "?size=7").context["listing"].per_page == 50


def test_an_order_no_index_serves_is_refused_for_long_lists(
    ground: Cast, signed_in: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        opened(ground)
    centre = signed_in(ground.chengyun)
    assert "不能按这一列排序" not in centre.get(reverse("desk:cases") + "?sort=title").content.decode()
    monkeypatch.setattr("guatu.kit.lists.EXACT_TO", 2)
    page = centre.get(reverse("desk:cases") + "?sort=title")
    assert "不能按这一列排序" in page.content.decode()
    assert page.context["listing"].order.key == "-opened_at"


def test_all_columns_leave_when_asked_for(ground: Cast, signed_in: Signed) -> None:
    opened(ground)
    centre = signed_in(ground.chengyun)
    few = b"".join(centre.get(reverse("desk:cases") + "?export=csv").streaming_content).decode()
    answer = centre.get(reverse("desk:cases") + "?export=csv&all_columns=1&view=open")
    every = b"".join(answer.streaming_content).decode()
    assert "上级编号" not in few.splitlines()[0]
    assert "上级编号" in every.splitlines()[0]
    assert "20210916.csv" in answer["Content-Disposition"]
