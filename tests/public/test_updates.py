"""servicerequestupdates: what happened is told in order, and a peer's word is taken once and moves nothing."""

import base64
import datetime as dt
import json
from typing import Any

import pytest

from guatu.cases import acts
from guatu.cases.models import Case, Comment, PeerUpdate, Step
from guatu.cases.reads import photos
from guatu.kernel import clock
from guatu.kernel.models import Act
from guatu.public.open311.words import STATES
from guatu.units.acts import make_token
from tests.cases.conftest import photo
from tests.cast import Cast
from tests.conftest import CAMPAIGN_DAY
from tests.public.conftest import City, errors, patrolled, tree

pytestmark = pytest.mark.django_db
PATH = "servicerequestupdates"


def word(case: Case, **more: Any) -> dict[str, Any]:
    return {
        "service_request_id": case.number, "update_id": "fms-1", "updated_datetime": "2021-09-16T08:30:00+08:00",
        "status": "IN_PROGRESS", "description": "市民补充：<b>还在</b> 老地方", **more,
    }  # fmt: skip


@pytest.fixture
def case(open_to_all: Cast) -> Case:
    return patrolled(open_to_all)


# --- told --------------------------------------------------------------------------------------------------------


def test_what_happened_is_told_in_its_order_in_both_formats(city: City, case: Case, walk: Any):
    walk(case, "accept")
    told = city.json(PATH)
    assert [row["status"] for row in told] == ["investigating", "action_scheduled", "in_progress"]
    assert [row["external_status_code"] for row in told] == ["filed", "dispatched", "accepted"]
    assert {row["service_request_id"] for row in told} == {case.number}
    assert len({row["update_id"] for row in told}) == 3
    assert all(row["status"] in STATES and row["description"] for row in told)
    assert told[0]["updated_datetime"] == "2021-09-16T09:00:00+08:00"
    assert told[0]["extras"]["category"] == "暴露生活垃圾"
    xml = city.xml(PATH)
    assert xml.tag == "service_request_updates" and {each.tag for each in xml} == {"request_update"}
    assert [each.text for each in xml.iter("update_id")] == [row["update_id"] for row in told]


def test_what_is_said_at_the_end_is_the_public_note(city: City, case: Case, open_to_all: Cast):
    acts.reject_case(by=open_to_all.chengyun, case=case, reason="内部意见")
    [told] = city.json(PATH)
    assert told["status"] == "not_councils_responsibility"
    assert "内部意见" not in str(told)
    Case.objects.update(public_note="请联系物业")
    assert city.json(PATH)[0]["description"] == "请联系物业"


def test_a_repair_is_fixed_and_an_explanation_is_not(city: City, case: Case, walk: Any, open_to_all: Cast):
    walk(case, "accept")
    first = Step.objects.order_by("at", "id").last()
    assert first is not None
    first.to_status = "closed"
    first.save()
    Case.objects.update(status="closed")
    assert city.json(PATH)[-1]["status"] == "fixed"
    Case.objects.update(result="explained")
    assert city.json(PATH)[-1]["status"] == "no_further_action"


def test_the_window_is_read_in_any_zone(city: City, case: Case, open_to_all: Cast):
    at = CAMPAIGN_DAY + dt.timedelta(minutes=30)
    with clock.at(at):
        acts.file_case(by=open_to_all.chengyun, case=case)
        for start, end, count in (
            ("2021-09-16T09:30:00+08:00", "2021-09-16T09:30:00+08:00", 1),
            ("2021-09-16T01:30:00Z", "2021-09-16T01:30:00Z", 1),
            ("2021-09-15T21:30:00-04:00", "2021-09-15T21:30:00-04:00", 1),
            ("2021-09-16T01:31:00Z", "2021-09-16T09:00:00Z", 0),
            ("2021-09-16T09:00:00", "2021-09-16T09:29:00", 0),
        ):
            assert len(city.json(PATH, start_date=start, end_date=end)) == count, start
    for given in ({"start_date": "x"}, {"start_date": "2021-01-01", "end_date": "2021-09-16"}):
        assert city.get(PATH, **given).status_code == 400


def test_pages_and_single_cases(city: City, case: Case, walk: Any, open_to_all: Cast):
    walk(case, "accept")
    walk(patrolled(open_to_all), "file")
    whole = city.json(PATH)
    assert len(whole) == 4
    assert city.json(PATH, page=2, page_size=3) == whole[3:]
    assert city.json(PATH, page=3, page_size=3) == []
    assert len(city.json(PATH, service_request_id=case.number)) == 3


def test_comments_meant_for_everybody_are_told_with_the_state_of_then(city: City, case: Case, walk: Any):
    with clock.at(CAMPAIGN_DAY + dt.timedelta(minutes=1)):
        walk(case, "file")
    with clock.at(CAMPAIGN_DAY + dt.timedelta(minutes=2)):
        rows = [
            Comment(home=case.home, case=case, at=clock.now(), text=text, public=public, withdrawn=withdrawn)
            for text, public, withdrawn in (
                ("内部", False, False),
                ("请放心", True, False),
                ("写错了", True, True),
            )
        ]
        Comment.objects.bulk_create(rows)
    with clock.at(CAMPAIGN_DAY + dt.timedelta(minutes=3)):
        acts.dispatch_case(by=case.finder, case=case, unit=case.finder.unit)  # type: ignore[union-attr,arg-type]
        told = city.json(PATH)
    assert [row["status"] for row in told] == ["investigating", "investigating", "action_scheduled"]
    assert told[1]["description"] == "请放心"
    assert "内部" not in str(told) and "写错了" not in str(told)


def test_updates_cost_few_queries(city: City, case: Case, walk: Any, count_queries: Any):
    walk(case, "accept")
    with count_queries("open311 updates"):
        city.json(PATH)


# --- taken -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_peers_word_becomes_a_comment_and_is_told_back_under_the_same_id(
    city: City, case: Case, open_to_all: Cast, form: str
):
    answer = city.post(PATH, form, **word(case))
    assert answer.status_code == 200
    if form == "json":
        [told] = json.loads(answer.content)
    else:
        root = tree(answer)
        assert root.tag == "service_request_updates"
        told = {each.tag: each.text for each in root[0]}
    assert list(told) == ["update_id"]
    comment = Comment.objects.get()
    assert (comment.text, comment.public, comment.by) == (
        "市民补充：<b>还在</b> 老地方",
        True,
        open_to_all.chengyun,
    )
    kept = PeerUpdate.objects.get()
    assert (kept.comment, kept.status, kept.client) == (comment, "in_progress", "市民随手拍")
    [back] = city.json(PATH)
    assert (back["update_id"], back["description"]) == (told["update_id"], comment.text)
    act = Act.objects.get(verb="case.peer_update")
    assert "市民补充" not in json.dumps(act.details, ensure_ascii=False)


def test_the_case_does_not_move_whatever_the_peer_sees(city: City, case: Case, walk: Any):
    case = walk(case, "accept")
    steps = Step.objects.count()
    for count, status in enumerate(("OPEN", "CLOSED", "FIXED", "REOPEN", "unchanged", "investigating")):
        # older than our last step, and newer
        at = f"2021-09-{14 + count}T08:00:00Z"
        given = word(case, update_id=f"u{count}", status=status, updated_datetime=at)
        assert city.post(PATH, **given).status_code == 200
    case.refresh_from_db()
    assert case.status == "accepted"
    assert Step.objects.count() == steps
    assert Comment.objects.count() == 6
    assert city.json(f"requests/{case.number}")[0]["status"] == "open"


def test_the_same_word_again_is_the_same_answer(city: City, case: Case):
    first = city.post(PATH, **word(case))
    again = city.post(PATH, **word(case))
    assert (again.status_code, again.content) == (200, first.content)
    # the same moment in another zone is the same word
    zone = city.post(PATH, **word(case, updated_datetime="2021-09-16T00:30:00Z"))
    assert zone.content == first.content
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    "other", [{"description": "别的话"}, {"status": "CLOSED"}, {"updated_datetime": "2021-09-16T09:31:00Z"}]
)
def test_other_words_under_the_same_id_are_refused(city: City, case: Case, other: dict[str, str]):
    city.post(PATH, **word(case))
    answer = city.post(PATH, **word(case, **other))
    assert answer.status_code == 400
    assert "fms-1" in errors(answer)[0][1]
    assert Comment.objects.count() == 1


def test_the_same_id_for_another_case_is_refused_and_of_another_peer_taken(
    city: City, case: Case, open_to_all: Cast
):
    other = patrolled(open_to_all)
    city.post(PATH, **word(case))
    assert city.post(PATH, **word(other)).status_code == 400
    _token, text = make_token(by=open_to_all.jinbo, person=open_to_all.jinbo, name="另一个平台")
    assert city.post(PATH, api_key=text, **word(other)).status_code == 200


@pytest.mark.parametrize(
    "name", ["service_request_id", "update_id", "updated_datetime", "status", "description"]
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_each_thing_that_is_missing_is_named(city: City, case: Case, name: str, form: str):
    for value in (None, "", " "):
        answer = city.post(PATH, form, **{**word(case), name: value})
        assert answer.status_code == 400
        [(code, told)] = errors(answer)
        assert code == "400" and name in told
    assert not Comment.objects.exists()


def test_everything_missing_is_named_at_once(city: City):
    assert len(errors(city.post(PATH))) == 5


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"api_key": ""}, 403),
        ({"api_key": "gt_x"}, 403),
        ({"service_request_id": "AJ-2021-999999"}, 404),
        ({"status": "mended"}, 400),
        ({"updated_datetime": "yesterday"}, 400),
        ({"description": "字" * 4001}, 400),
        ({"update_id": "x" * 121}, 400),
        ({"jurisdiction_id": "没有"}, 404),
    ],
)
def test_a_word_that_is_wrong_is_refused(city: City, case: Case, given: dict[str, str], status: int):
    assert city.post(PATH, **word(case, **given)).status_code == status
    assert not Comment.objects.exists()


def test_a_case_that_is_not_public_takes_no_word(city: City, case: Case):
    Case.objects.update(private=True)
    assert city.post(PATH, **word(case)).status_code == 404


def test_a_key_of_another_street_has_no_say(city: City, open_to_all: Cast, case: Case):
    _token, text = make_token(by=open_to_all.jiangqiao, person=open_to_all.jiangqiao, name="江桥")
    assert city.post(PATH, api_key=text, **word(case)).status_code == 403
    assert not Comment.objects.exists()


def test_media_of_a_word(city: City, case: Case):
    data = "data:image/jpeg;base64," + base64.b64encode(photo().read()).decode()
    given = word(
        case, **{"media_url[]": ["https://a.example/1.jpg", data, "javascript:x"], "photo1": photo()}
    )
    assert city.post(PATH, **given).status_code == 200
    assert PeerUpdate.objects.get().media == ["https://a.example/1.jpg"]
    assert len(photos(case)["update"]) == 2
    assert city.json(PATH)[0]["media_url"] == "https://a.example/1.jpg"


def test_nothing_of_who_sent_it_goes_out(city: City, case: Case):
    given = word(case, email="a@b.example", first_name="小明", last_name="王", phone="13812345678")
    assert city.post(PATH, **given).status_code == 200
    for form in ("json", "xml"):
        body = city.get(PATH, form).content.decode()
        assert "a@b.example" not in body and "小明" not in body and "138123" not in body
