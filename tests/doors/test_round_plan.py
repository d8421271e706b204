"""The routes of a round at the desk: asked for, shown with what was left out, moved by hand, given back, exported."""

from typing import Any

import pytest
from django.urls import reverse

from guatu.inspections.acts import planning, rounds, teams
from guatu.inspections.models import Round, Team, Visit
from guatu.kernel import clock
from tests.inspections.ground import DAY, Ground, prepare
from tests.inspections.test_visits import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(cast: Any) -> Ground:
    return prepare(cast)


@pytest.fixture
def planned(ground: Ground) -> tuple[Round, Team]:
    row = ground.open_round()
    team = teams.add_team(
        by=ground.cast.jinbo, round=row, name="日班", on_day=DAY, people=[ground.cast.xuncha], starts_at=at(9),
        ends_at=at(17), station_lon=121.31, station_lat=31.29,
    )  # fmt: skip
    for place in ground.places.values():
        rounds.add_visit(by=ground.cast.jinbo, round=row, place=place)
    with clock.at(at(8)):
        planning.plan_round(by=ground.cast.jinbo, round=row, seconds=1)
    return row, team


@pytest.mark.parametrize(
    ("language", "why"), [("zh-hans", "开放时间不在任何一班之内"), ("en", "Its hours meet no shift")]
)
def test_the_page_shows_routes_and_what_was_left_out(
    ground: Ground, planned: Any, signed_in: Any, language: str, why: str
) -> None:
    row, team = planned
    person = ground.cast.jinbo
    person.language = language
    person.save()
    browser = signed_in(person)
    browser.cookies["django_language"] = language
    answer = browser.get(reverse("desk:round_plan", args=[row.id]))
    assert answer.status_code == 200 and "Refresh" not in answer.headers
    text = answer.content.decode()
    assert why in text and "夜宵排档" in text and team.name in text
    late = Visit.objects.get(round=row, place__name="夜宵排档")
    assert (late.left_out, late.team) == ("closed", None)


def test_asked_for_in_the_browser(ground: Ground, planned: Any, signed_in: Any) -> None:
    row, _ = planned
    browser = signed_in(ground.cast.jinbo)
    with clock.at(at(8)):
        browser.post(reverse("desk:round_plan_ask", args=[row.id]), {"seconds": "5"})
        page = browser.get(reverse("desk:round_plan", args=[row.id]))
        assert page.headers["Refresh"] == "3"
        again = browser.post(reverse("desk:round_plan_ask", args=[row.id]), {"seconds": "x"}, follow=True)
        assert "正在规划路线" in again.content.decode()
    assert Round.objects.get(pk=row.pk).plan["asked_by"] == str(ground.cast.jinbo.pk)


def test_moved_by_hand_and_given_back(ground: Ground, planned: Any, signed_in: Any) -> None:
    row, team = planned
    browser = signed_in(ground.cast.jinbo)
    before = list(Visit.objects.filter(team=team).order_by("seq").values_list("pk", flat=True))
    address = reverse("desk:team_order", args=[team.id])
    with clock.at(at(8)):
        browser.post(address, {"visit": str(before[1]), "to": "up"})
        after = list(Visit.objects.filter(team=team).order_by("seq").values_list("pk", flat=True))
        assert after == [before[1], before[0], *before[2:]]
        assert Round.objects.get(pk=row.pk).plan["frozen"] == [str(team.id)]
        browser.post(address, {"visit": str(after[0]), "to": "up"})  # it is the first already
        browser.post(address, {"visit": "nonsense", "to": "down"})
        assert list(Visit.objects.filter(team=team).order_by("seq").values_list("pk", flat=True)) == after
        browser.post(address, {"release": "1"})
    assert Round.objects.get(pk=row.pk).plan["frozen"] == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_as_a_table(ground: Ground, planned: Any, signed_in: Any, kind: str) -> None:
    row, _ = planned
    answer = signed_in(ground.cast.jinbo).get(reverse("desk:round_plan_file", args=[row.id]), {"as": kind})
    content = b"".join(answer.streaming_content)
    assert kind in answer.headers["Content-Disposition"]
    assert content[:2] == b"PK" if kind == "xlsx" else "夜宵排档".encode() in content


def test_only_who_may_edit_the_round_plans_it(ground: Ground, planned: Any, signed_in: Any) -> None:
    row, team = planned
    browser = signed_in(ground.cast.xuncha)
    assert browser.post(reverse("desk:round_plan_ask", args=[row.id])).status_code == 403
    assert browser.post(reverse("desk:team_order", args=[team.id]), {"release": "1"}).status_code == 403
    assert signed_in(ground.cast.passer_by).get(reverse("desk:round_plan", args=[row.id])).status_code == 404
