"""The working list for machines: filters, tabs, pages, views, giving a case to a person; rights and query counts."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guatu.cases import acts
from guatu.cases.models import Case
from guatu.units.acts.views import save_view
from tests.cases.conftest import case_at, classes, work_calendar  # noqa: F401
from tests.cast import JIANGQIAO, NANXIANG, Cast

Signed = Callable[..., Client]


def asked(client: Client, cast: Cast, what: str = "list", **query: Any) -> Any:
    answer = client.get(f"/api/{cast.campaign.code}/cases/{what}", query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


@pytest.fixture
def some(classes: Cast, case_at: Callable[..., Case]) -> list[Case]:  # noqa: F811
    rows = [case_at("dispatched"), case_at("filed"), case_at("accepted")]
    draft = acts.Draft(title="江桥积水", area=JIANGQIAO, class_code="0402")
    return [*rows, acts.report_case(by=classes.chengyun, campaign=classes.campaign, draft=draft)]


@pytest.mark.parametrize(
    ("query", "found"),
    [({}, 4), ({"view": "unassigned"}, 2), ({"view": "unit"}, 0), ({"status": "dispatched,accepted"}, 2), ({"q": "积水"}, 1),
     ({"area": JIANGQIAO}, 1), ({"area": "310114"}, 4), ({"unit": "nxz"}, 2), ({"unit": "jd"}, 2), ({"class_code": "0402"}, 1),
     ({"opened_from": "2021-09-16", "opened_to": "2021-09-16"}, 4), ({"opened_to": "2021-09-15"}, 0), ({"source": "hotline"}, 0)],
)  # fmt: skip
def test_the_list_is_narrowed_as_on_the_desk(
    classes: Cast,  # noqa: F811
    some: list[Case],
    signed_in: Signed,
    query: dict[str, str],
    found: int,
) -> None:
    assert len(asked(signed_in(classes.chengyun), classes, **query)["items"]) == found


@pytest.mark.parametrize("sort", ["-opened_at", "opened_at", "number", "-number"])
def test_pages_follow_each_other_without_gap_or_repeat(
    classes: Cast,  # noqa: F811
    some: list[Case],
    signed_in: Signed,
    sort: str,
) -> None:
    client, seen, after = signed_in(classes.chengyun), [], ""
    for _ in range(10):
        page = asked(client, classes, sort=sort, limit=1, after=after)
        seen += [each["number"] for each in page["items"]]
        if not (after := page["next"]):
            break
    whole = [each["number"] for each in asked(client, classes, sort=sort)["items"]]
    assert seen == whole and len(set(seen)) == 4
    if sort.endswith("number"):
        assert whole == sorted(whole, reverse=sort.startswith("-"))


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [({"view": "nonsense"}, 422, "api.invalid"), ({"status": "flying"}, 422, "api.invalid"), ({"sort": "title"}, 422, "api.invalid"),
     ({"after": "!!"}, 400, "api.bad_cursor"), ({"bbox": "1,2"}, 422, "api.invalid"), ({"unit": "nowhere"}, 422, "api.invalid"),
     ({"after": "WzEsMl0"}, 400, "api.bad_cursor")],
)  # fmt: skip
def test_what_cannot_be_understood_is_said(
    classes: Cast,  # noqa: F811
    signed_in: Signed,
    query: dict[str, str],
    status: int,
    code: str,
) -> None:
    answer = signed_in(classes.chengyun).get(f"/api/{classes.campaign.code}/cases/list", query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_rights_hold(classes: Cast, some: list[Case], signed_in: Signed) -> None:  # noqa: F811
    street = asked(signed_in(classes.nanxiang), classes)["items"]
    assert {each["area"][:9] for each in street} == {NANXIANG}
    stranger = signed_in(classes.passer_by).get(f"/api/{classes.campaign.code}/cases/list")
    assert stranger.status_code in (403, 404)
    assert Client().get(f"/api/{classes.campaign.code}/cases/list").status_code == 401


def test_tabs_count_what_the_list_shows(
    classes: Cast,  # noqa: F811
    some: list[Case],
    signed_in: Signed,
    count_queries: Any,
) -> None:
    client = signed_in(classes.chengyun)
    asked(client, classes)
    with count_queries("case list for machines"):
        asked(client, classes)
    for each in asked(client, classes, "tabs"):
        assert each["count"] == len(asked(client, classes, view=each["view"])["items"]), each
        assert not each["more"]


def test_views_are_listed_with_their_query(classes: Cast, signed_in: Signed) -> None:  # noqa: F811
    unit = classes.chengyun.unit
    save_view(
        by=classes.chengyun, list_name="cases", name="逾期的", query="view=late&after=x", shared_with=unit
    )
    (view,) = asked(signed_in(classes.chengyun), classes, "views")
    assert (view["name"], view["query"], view["by"]) == ("逾期的", "view=late", classes.chengyun.name)
    assert asked(signed_in(classes.nanxiang), classes, "views") == []


def test_a_case_is_given_to_a_person(classes: Cast, some: list[Case], signed_in: Signed) -> None:  # noqa: F811
    client, case = signed_in(classes.chengyun), some[0]
    said = {"person": classes.nanxiang.username, "version": case.version}
    answer = client.post(f"/api/cases/{case.id}/assign", json.dumps(said), content_type="application/json")
    assert answer.status_code == 200, answer.content.decode()
    assert Case.objects.get(pk=case.pk).taker == classes.nanxiang
    wrong = client.post(
        f"/api/cases/{case.id}/assign", json.dumps({"person": "nobody"}), content_type="application/json"
    )
    assert wrong.status_code == 422
    foreign = client.post(
        f"/api/cases/{case.id}/assign",
        json.dumps({"person": classes.jiangqiao.username}),
        content_type="application/json",
    )
    assert (foreign.status_code, foreign.json()["code"]) == (409, "case.not_in_unit")


def test_a_day_is_of_our_time_zone(classes: Cast, some: list[Case], signed_in: Signed) -> None:  # noqa: F811
    from guatu.kernel import clock

    Case.objects.filter(pk=some[0].pk).update(opened_at=dt.datetime(2021, 9, 15, 0, 5, tzinfo=clock.ZONE))
    rows = asked(signed_in(classes.chengyun), classes, opened_from="2021-09-15", opened_to="2021-09-15")[
        "items"
    ]
    assert [each["id"] for each in rows] == [str(some[0].id)]
