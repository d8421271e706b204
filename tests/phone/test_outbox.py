"""The outbox's address: once each, whatever was lost on the way; refusals that can be mended; other people; wrong clocks."""

import datetime as dt
import io
import json
import threading
import time
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections
from django.urls import reverse
from PIL import Image

from guatu.cases.models import Case
from guatu.cases.rules.clocks import Limit
from guatu.fieldwork.models import PhoneReceipt
from guatu.files.models import Attachment
from guatu.kernel import clock, ids
from guatu.kernel.db import busy_of
from guatu.kernel.models import Act
from guatu.phone import outbox
from guatu.places.models import Place, PlaceSurvey
from guatu.units.models import Post
from tests.cast import assemble

pytestmark = pytest.mark.django_db


def picture(name: str = "a.jpg", colour: str = "red") -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(drawn, "JPEG")
    return SimpleUploadedFile(name, drawn.getvalue(), "image/jpeg")


def said(kind: str, payload: dict[str, Any], **more: Any) -> dict[str, Any]:
    at = clock.now() - dt.timedelta(minutes=10)
    return {
        "id": str(ids.new()),
        "kind": kind,
        "payload": payload,
        "at": at.isoformat(),
        "sent_at": clock.now().isoformat(),
    } | more


def survey(cast: Any, **more: Any) -> dict[str, Any]:
    return said("survey", {"place": str(cast.places["NX-002"].id), "outcome": "unchanged"}, **more)


def send(browser: Any, item: Any, files: tuple[Any, ...] = (), **headers: str) -> Any:
    text = item if isinstance(item, str) else json.dumps(item)
    return browser.post(reverse("phone:outbox"), {"item": text, "file": list(files)}, headers=headers)


def test_a_survey_is_done_and_told(cast, signed_in):
    browser = signed_in(cast.xuncha)
    spot = {"lon": 121.3205, "lat": 31.2988, "accuracy": 12}
    answer = send(browser, survey(cast, spot=spot))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    row = PlaceSurvey.objects.get()
    assert row.place == cast.places["NX-002"] and row.outcome == "unchanged" and row.accuracy == 12
    assert (
        told["number"].startswith("0916-") and told["answer"]["survey"] == str(row.id) and not told["again"]
    )
    assert "沪宜公路临时停车场" in told["sentence"]
    assert {act.via for act in Act.objects.filter(verb="placesurvey.said")} == {"phone"}


def test_the_same_again_gets_the_same_answer_and_nothing_is_done_twice(cast, signed_in):
    browser = signed_in(cast.xuncha)
    item = survey(cast)
    first = send(browser, item).json()
    before = Act.objects.count()
    # another try is sent at another moment
    again = send(browser, item | {"sent_at": (clock.now() + dt.timedelta(minutes=5)).isoformat()})
    assert again.status_code == 200 and again.json() == first | {"again": True}
    assert Act.objects.count() == before and PhoneReceipt.objects.count() == 1
    assert browser.get(reverse("phone:receipt", args=[item["id"]])).json()["number"] == first["number"]


@pytest.mark.parametrize(
    "change",
    [{"payload": {"place": str(ids.new())}}, {"at": "2021-09-16T07:00:00+08:00"}, {"kind": "case"}, {"spot": {"lon": 1, "lat": 2, "accuracy": 3}}],
)  # fmt: skip
def test_the_same_id_with_other_bytes_is_refused(cast, signed_in, change):
    browser = signed_in(cast.xuncha)
    item = survey(cast)
    assert send(browser, item).status_code == 201
    answer = send(browser, item | change)
    assert answer.status_code == 409 and answer.json()["code"] == "phone.other_bytes"


def test_other_files_under_the_same_id_are_other_bytes(cast, signed_in):
    browser = signed_in(cast.xuncha)
    item = said("case", {"campaign": "expo", "title": "垃圾", "area": "310114102"})
    one = picture()
    assert send(browser, item, (one,)).status_code == 201
    assert Attachment.objects.count() == 1
    assert send(browser, item).status_code == 409


def test_a_case_with_photos_and_a_place(cast, signed_in):
    browser = signed_in(cast.xuncha)
    spot = {"lon": 121.3120, "lat": 31.2940, "accuracy": 8}
    item = said("case", {"campaign": "expo", "title": "暴露垃圾", "description": "三包"}, spot=spot)
    answer = send(browser, item, (picture(),))
    assert answer.status_code == 201, answer.content
    row = Case.objects.get()
    assert row.finder == cast.xuncha and row.number == answer.json()["answer"]["number"]
    assert row.opened_at == clock.now() - dt.timedelta(minutes=10)


def test_a_refused_act_leaves_nothing_and_may_come_mended(cast, signed_in):
    browser = signed_in(cast.xuncha)
    item = said("survey", {"place": str(cast.places["NX-002"].id), "outcome": "changed"})
    answer = send(browser, item)
    assert answer.status_code in (400, 409, 422) and answer.json()["code"] == "place.survey_nothing"
    assert answer.json()["message"] and answer.json()["next"]
    assert not PhoneReceipt.objects.exists() and not PlaceSurvey.objects.exists()
    item["payload"]["note"] = "门口换了招牌"
    assert send(browser, item).status_code == 201


def test_a_place_that_is_not_mine_any_more(cast, signed_in):
    browser = signed_in(cast.xuncha)
    elsewhere = said("survey", {"place": str(cast.places["JQ-001"].id), "outcome": "unchanged"})
    assert send(browser, elsewhere).json()["code"] == "phone.missing"
    Post.objects.filter(person=cast.nanxiang).delete()
    mine = said("survey", {"place": str(cast.places["NX-001"].id), "outcome": "unchanged"})
    assert send(signed_in(cast.nanxiang), mine).status_code == 201  # by contract alone


@pytest.mark.parametrize("wrong", [dt.timedelta(days=365), dt.timedelta(days=-365)])
def test_a_clock_wrong_by_a_year(cast, signed_in, wrong):
    there = clock.now() + wrong
    item = survey(cast, at=(there - dt.timedelta(hours=1)).isoformat(), sent_at=there.isoformat())
    told = send(signed_in(cast.xuncha), item).json()
    row = PlaceSurvey.objects.get()
    assert row.at == clock.now() - dt.timedelta(hours=1)
    assert told["skew"] == -wrong.total_seconds() == PhoneReceipt.objects.get().skew
    assert told["happened_at"].startswith("2021-09-16T08:00")


@pytest.mark.parametrize(
    ("item", "what"),
    [
        ("", "JSON"),
        ("[]", "JSON"),
        ({"id": "x"}, "id"),
        ({"payload": []}, "payload"),
        ({"at": "gestern"}, "at"),
        ({"at": "2021-09-16T08:00:00"}, "at"),
        ({"at": "0001-01-01T00:00:00+00:00"}, "at"),
        ({"sent_at": 5}, "sent_at"),
        ({"payload": {"place": "x"}}, "place"),
        ({"payload": {"place": str(ids.new()), "opened": "x"}}, ""),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(cast, signed_in, item, what):
    given = item if isinstance(item, str) else survey(cast) | item
    answer = send(signed_in(cast.xuncha), given)
    assert answer.status_code in (400, 404)
    assert answer.json()["code"] in ("phone.bad_item", "phone.missing")
    assert not what or what in answer.json()["message"]


def test_an_unknown_kind_is_kept_by_the_phone(cast, signed_in):
    answer = send(signed_in(cast.xuncha), said("dance", {}))
    assert answer.status_code == 400 and answer.json()["code"] == "phone.unknown_kind"


def test_nobody_and_somebody_else_send_nothing(cast, signed_in, client):
    item = survey(cast)
    assert send(client, item).json()["code"] == "phone.sign_in"
    answer = send(signed_in(cast.nanxiang), item, **{"X-Guatu-Person": str(cast.xuncha.id)})
    assert answer.status_code == 409 and answer.json()["code"] == "phone.other_person"
    # and an id that another person has used tells nothing of its answer
    assert send(signed_in(cast.xuncha), item).status_code == 201
    assert send(signed_in(cast.nanxiang), item).json()["code"] == "phone.other_bytes"
    assert signed_in(cast.nanxiang).get(reverse("phone:receipt", args=[item["id"]])).status_code == 404
    assert PlaceSurvey.objects.count() == 1


def test_without_the_token_of_the_page_nothing_is_sent(cast, signed_in):
    browser = signed_in(cast.xuncha, enforce_csrf_checks=True)
    assert send(browser, survey(cast)).status_code == 403
    assert not PhoneReceipt.objects.exists()


def test_a_case_is_taken_and_reported_as_handled(cast, signed_in):
    from guatu.cases import acts

    draft = acts.Draft(title="路灯不亮", area="310114102")
    row = acts.report_case(by=cast.chengyun, campaign=cast.campaign, draft=draft)
    row = acts.file_case(by=cast.chengyun, case=row)
    limit = Limit(Decimal(4), "natural_day")
    row = acts.dispatch_case(by=cast.chengyun, case=row, unit=cast.units["cgzf"], limit=limit)
    browser = signed_in(cast.xuncha)
    taken = send(
        browser, said("case_step", {"case": str(row.id), "step": "accept"}, at=clock.now().isoformat())
    )
    assert taken.status_code == 201, taken.content
    done = said(
        "case_step", {"case": str(row.id), "step": "handle", "note": "已更换灯泡"}, at=clock.now().isoformat()
    )
    answer = send(browser, done, (picture("b.jpg", "blue"),))
    assert answer.status_code == 201, answer.content
    row.refresh_from_db()
    assert row.handler == cast.xuncha
    assert send(browser, said("case_step", {"case": str(row.id), "step": "close"})).status_code == 400


def until_it_is_through(person: Any, item: outbox.Item) -> outbox.Answer:
    """What a phone does with 503: it sends the same once more."""
    for _ in range(200):
        try:
            return outbox.take(by=person, item=item)
        except OperationalError as error:
            if busy_of(error) is None:
                raise
            time.sleep(0.02)
    raise AssertionError("the store stays busy")


@pytest.mark.django_db(transaction=True)
def test_many_at_once_with_one_id_do_it_once():
    """Two tabs, an impatient finger, and a worker in the background send the same thing at the same moment."""
    people = assemble()
    payload = {
        "place": str(people.places["NX-002"].id),
        "outcome": "changed",
        "opened": [{"name": "新店", "kind": "shop"}],
    }
    text = json.dumps(said("survey", payload))
    begin, told, failed = threading.Barrier(5), [], []

    def one() -> None:
        try:
            with clock.at(dt.datetime(2021, 9, 16, 9, 0, tzinfo=clock.ZONE)):
                item = outbox.read_item(text, [])
                begin.wait()
                told.append(until_it_is_through(people.xuncha, item))
        except Exception as error:  # told below
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    assert sum(answer.fresh for answer in told) == 1
    assert len({json.dumps(answer.as_json() | {"again": 0}, sort_keys=True) for answer in told}) == 1
    assert PlaceSurvey.objects.count() == 1 and Place.objects.filter(name="新店").count() == 1
    assert connection.vendor in ("sqlite", "postgresql")
