"""Visits on the phone: what it takes along, what it brings back once, and what is refused."""

import datetime as dt
import json
from typing import Any

import pytest
from django.urls import reverse

from guatu.files.models import Attachment
from guatu.inspections.acts import orders, visits
from guatu.inspections.models import Finding, Order, Visit
from guatu.kernel import clock
from guatu.kernel.models import Act
from guatu.kernel.secrets import open_many
from guatu.phone.lists import LISTS
from tests.inspections.ground import Ground, prepare
from tests.phone.test_outbox import picture, said, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(cast: Any) -> Ground:
    return prepare(cast)


def done(
    ground: Ground, visit: Visit, step: str = "finish", /, unmet: str = "", **more: Any
) -> dict[str, Any]:
    payload: dict[str, Any] = {"visit": str(visit.id), "step": step}
    if step == "finish":
        payload["findings"] = [
            {"item": str(item.id), "verdict": "not_met" if item.number == unmet else "met", "note": ""}
            for item in ground.items
        ]
    item_more = {name: more.pop(name) for name in ("at", "sent_at", "seen_at", "spot") if name in more}
    return said("visit", payload | more, **item_more)


def rows_of(person: Any) -> list[dict[str, Any]]:
    wanted = LISTS["visits"]
    return wanted.dump(person, list(wanted.rows(person).order_by("seq", "id")))


def test_the_phone_takes_the_whole_checklist_along(ground: Ground, django_assert_max_num_queries):
    ground.running("S-1", "S-2", "S-3")
    with django_assert_max_num_queries(5):  # the visits, then what is asked at all of them
        rows = rows_of(ground.cast.xuncha)
    assert {row["name"] for row in rows} == {"老街饭店", "德华超市", "夜宵排档"}
    row = next(row for row in rows if row["name"] == "老街饭店")
    assert row["hours"] == "10:00-14:00,17:00-21:30" and row["team"] == "一组" and row["lon"] == 121.31
    assert [item["number"] for item in row["items"]] == ["1", "2", "3", "4"]
    assert row["items"][1]["photo"] and row["items"][0]["remedy"] == "设专人测温验码"
    assert rows_of(ground.cast.jinbo) == []


def test_a_round_that_has_not_begun_is_on_no_phone(ground: Ground):
    from guatu.inspections.acts import rounds

    row = ground.open_round()
    team = rounds.add_team(
        by=ground.cast.jinbo, round=row, name="一组", on_day=row.starts_on, people=[ground.cast.xuncha]
    )
    rounds.add_visit(by=ground.cast.jinbo, round=row, place=ground.places["S-1"], team=team)
    assert rows_of(ground.cast.xuncha) == []


def test_a_visit_with_photo_and_signature_gives_one_order(ground: Ground, signed_in):
    _round, _team, found = ground.running("S-2")
    second = ground.items[1]
    item = done(
        ground, found["S-2"], unmet="2", took=600, spot={"lon": 121.31, "lat": 31.29, "accuracy": 9},
        signer={"name": "王店长", "capacity": "店长"}, files=[{"item": str(second.id)}, {"signature": True}],
    )  # fmt: skip
    browser = signed_in(ground.cast.xuncha)
    answer = send(browser, item, (picture("p.jpg"), picture("s.png", "blue")))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    visit, order = Visit.objects.get(id=found["S-2"].id), Order.objects.get()
    assert visit.status == "done" and visit.outcome == "rectify" and visit.accuracy == 9
    assert clock.local(visit.done_at) - clock.local(visit.started_at) == dt.timedelta(minutes=10)
    assert visit.done_at == clock.now() - dt.timedelta(minutes=10)
    assert order.signed_as == "店长" and open_many({order.id: order.sealed})[order.id]["name"] == "王店长"
    assert told["answer"]["order"] == order.number and order.number in told["sentence"]
    purposes = set(Attachment.objects.values_list("subject_type", "purpose"))
    assert purposes == {("visit", f"item:{second.id.hex}"), ("order", "signature")}
    # the answer was lost: the same again gets the same, and nothing is done twice
    before = Act.objects.count()
    again = send(browser, item, (picture("p.jpg"), picture("s.png", "blue")))
    assert again.status_code == 200 and again.json() == told | {"again": True}
    assert Act.objects.count() == before and Order.objects.count() == 1
    assert {act.via for act in Act.objects.filter(subject_type__in=("visit", "order"), verb__in=("visit.done", "order.issued"))} == {"phone"}  # fmt: skip


def test_a_clock_that_is_wrong_by_a_year_moves_nothing(ground: Ground, signed_in):
    _round, _team, found = ground.running("S-2")
    wrong = clock.now() - dt.timedelta(days=365)
    item = done(
        ground,
        found["S-2"],
        took=900,
        at=(wrong - dt.timedelta(hours=1)).isoformat(),
        sent_at=wrong.isoformat(),
    )
    answer = send(signed_in(ground.cast.xuncha), item)
    assert answer.status_code == 201, answer.content
    visit = Visit.objects.get(id=found["S-2"].id)
    assert abs(visit.done_at - (clock.now() - dt.timedelta(hours=1))) < dt.timedelta(seconds=5)
    assert visit.done_at - visit.started_at == dt.timedelta(minutes=15)


def test_of_two_phones_the_second_is_told_who_and_when(ground: Ground, signed_in):
    _round, _team, found = ground.running("S-2", people=[ground.cast.xuncha, ground.cast.nanxiang])
    assert send(signed_in(ground.cast.xuncha), done(ground, found["S-2"])).status_code == 201
    item = done(ground, found["S-2"], unmet="1")
    answer = send(signed_in(ground.cast.nanxiang), item)
    assert answer.status_code == 409 and answer.json()["code"] == "visit.done_already"
    assert ground.cast.xuncha.name in answer.json()["message"] and "2021-09-16" in answer.json()["message"]
    assert Order.objects.count() == 0 and not Finding.objects.filter(verdict="not_met").exists()


def test_a_visit_of_other_people_is_refused(ground: Ground, signed_in):
    _round, _team, found = ground.running("S-2")
    answer = send(signed_in(ground.cast.jiangqiao), done(ground, found["S-2"]))
    assert answer.status_code in (403, 404), answer.content
    assert Visit.objects.get(id=found["S-2"].id).status == "planned"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"step": "dance"}, "phone.bad_item"),
        ({"findings": "all met"}, "phone.bad_item"),
        ({"findings": [{"item": "x", "verdict": "met"}]}, "phone.bad_item"),
        ({"findings": []}, "visit.findings"),
        ({"outcome": "perfect"}, "phone.bad_item"),
        ({"files": [{"signature": True}]}, "phone.bad_item"),
        ({"outcome": "shut"}, "visit.milder"),
        ({"signer": ["x"]}, "phone.bad_item"),
        ({"visit": "11111111-1111-4111-8111-111111111111"}, "phone.missing"),
    ],
)
def test_what_cannot_stand_is_refused_and_leaves_nothing(ground: Ground, signed_in, more, code):
    _round, _team, found = ground.running("S-2")
    answer = send(signed_in(ground.cast.xuncha), done(ground, found["S-2"], took=300, **more))
    assert 400 <= answer.status_code < 500 and answer.json()["code"] == code, answer.content
    visit = Visit.objects.get(id=found["S-2"].id)
    assert visit.status == "planned" and visit.started_at is None


def test_a_photo_that_is_demanded_and_missing(ground: Ground, signed_in):
    _round, _team, found = ground.running("S-2")
    answer = send(signed_in(ground.cast.xuncha), done(ground, found["S-2"], unmet="2"))
    assert answer.json()["code"] == "visit.photo_needed"


@pytest.mark.parametrize("step", ["not_open", "gone"])
def test_nobody_there(ground: Ground, signed_in, step):
    _round, _team, found = ground.running("S-2")
    browser = signed_in(ground.cast.xuncha)
    assert send(browser, done(ground, found["S-2"], step)).json()["code"] == "visit.reason_needed"
    assert send(browser, done(ground, found["S-2"], step, note="门关着，电话没人接")).status_code == 201
    assert Visit.objects.get(id=found["S-2"].id).outcome == step


def test_begun_then_finished(ground: Ground, signed_in):
    _round, _team, found = ground.running("S-2")
    browser = signed_in(ground.cast.xuncha)
    assert send(browser, done(ground, found["S-2"], "start")).status_code == 201
    (row,) = rows_of(ground.cast.xuncha)
    assert row["status"] == "started" and len(row["items"]) == 4
    assert send(browser, done(ground, found["S-2"], at=clock.now().isoformat())).status_code == 201
    assert rows_of(ground.cast.xuncha) == []


def test_a_look_back_asks_what_was_not_met(ground: Ground, signed_in):
    _round, team, found = ground.running("S-2")
    visits.finish_visit(
        by=ground.cast.xuncha, visit=found["S-2"],
        findings=[*ground.said(i1="not_met")[:1], *ground.said()[1:]], note="无人测温",
    )  # fmt: skip
    orders.comply(by=ground.cast.xuncha, order=Order.objects.get())
    back = Visit.objects.get(kind="look_back")
    Visit.objects.filter(id=back.id).update(team=team)
    (row,) = rows_of(ground.cast.xuncha)
    assert row["kind"] == "look_back" and [item["number"] for item in row["items"]] == ["1"]
    assert row["before"]["number"] == Order.objects.get().number and row["before"]["kind"] == "rectify"
    assert row["due_at"] and json.dumps(row)


def test_a_norm_put_in_force_reaches_the_phone(ground: Ground, signed_in):
    from guatu.inspections.acts import norms
    from guatu.inspections.rules.norms import ItemDraft

    ground.running("S-2")
    browser = signed_in(ground.cast.xuncha)
    first = browser.get(reverse("phone:sync"), {"list": "visits"}).json()
    assert len(first["rows"][0]["items"]) == 4
    norm = norms.add_norm(by=ground.cast.jinbo, number="沪防〔2021〕2号", title="补充要求")
    edition = norms.add_edition(
        by=ground.cast.jinbo, norm=norm, edition="1", in_force_from=dt.date(2021, 1, 1), items=[ItemDraft("9", "备口罩", "", "rectify")]
    )  # fmt: skip
    norms.put_in_force(by=ground.cast.jinbo, edition=edition)
    then = browser.get(reverse("phone:sync"), {"list": "visits", "cursor": first["cursor"]}).json()
    assert then["reset"] and len(then["rows"][0]["items"]) == 5
