"""GET requests: which are told, in which window, in what words; and what is never told."""

import datetime as dt
from typing import Any

import pytest

from guatu.cases import acts
from guatu.cases.models import Case, CaseClass
from guatu.cases.rules import OPEN, STATUSES
from guatu.kernel import clock
from guatu.public.open311 import words
from tests.cast import NANXIANG, Cast
from tests.conftest import CAMPAIGN_DAY
from tests.public.conftest import City, errors, patrolled

pytestmark = pytest.mark.django_db

_ORDER = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
]  # fmt: skip


def numbers(answer: list[dict[str, Any]]) -> list[str]:
    return [row["service_request_id"] for row in answer]


def days_ago(count: float) -> dt.datetime:
    return CAMPAIGN_DAY - dt.timedelta(days=count)


@pytest.fixture
def several(open_to_all: Cast) -> dict[str, Case]:
    """Cases of 1, 30, 89 and 100 days ago, and one that is closed."""
    made = {
        name: patrolled(open_to_all, opened_at=days_ago(days), class_code=code)
        for name, days, code in (("day", 1, "0110"), ("month", 30, "0113"), ("quarter", 89, "0110"), ("old", 100, "0110"))
    }  # fmt: skip
    made["refused"] = acts.reject_case(
        by=open_to_all.chengyun, case=patrolled(open_to_all), reason="不归我们"
    )
    return made


def test_a_request_has_every_field_in_both_formats(city: City, open_to_all: Cast):
    number = city.report(description="一堆垃圾", address_string="解放街")
    [told] = city.json(f"requests/{number}")
    assert list(told) == _ORDER
    xml = city.xml(f"requests/{number}")
    assert xml.tag == "service_requests"
    assert [each.tag for each in xml[0]] == _ORDER
    assert [each.text for each in xml[0]] == [
        None if value is None else str(value) for value in told.values()
    ]
    assert told["requested_datetime"] == "2021-09-16T09:00:00+08:00"
    assert told["updated_datetime"] == "2021-09-16T09:00:00+08:00"
    assert (told["lat"], told["long"]) == (31.294, 121.312)
    assert told["zipcode"] is None


def test_a_case_under_way_tells_who_has_it_and_until_when(city: City, open_to_all: Cast, walk: Any):
    case = walk(patrolled(open_to_all), "accept")
    [told] = city.json(f"requests/{case.number}")
    assert told["agency_responsible"] == str(open_to_all.units["nxz"])
    assert told["expected_datetime"] == clock.local(case.due_at).isoformat(timespec="seconds")
    assert (told["status"], told["status_notes"]) == ("open", None)


def test_a_closed_case_is_updated_when_it_was_closed_and_says_how(city: City, open_to_all: Cast):
    case = patrolled(open_to_all)
    later = CAMPAIGN_DAY + dt.timedelta(hours=5)
    with clock.at(later):
        acts.reject_case(by=open_to_all.chengyun, case=case, reason="内部意见：张三家的事")
        [told] = city.json(f"requests/{case.number}")
    assert told["status"] == "closed"
    assert told["updated_datetime"] == "2021-09-16T14:00:00+08:00"
    assert told["status_notes"]
    assert "张三" not in str(told)
    Case.objects.filter(pk=case.pk).update(
        status="closed", closed_at=later, last_step_at=later + dt.timedelta(hours=1), public_note="已清运"
    )
    [told] = city.json(f"requests/{case.number}")
    assert (told["updated_datetime"], told["status_notes"]) == ("2021-09-16T14:00:00+08:00", "已清运")


def test_every_status_is_open_or_closed_and_has_its_finer_word():
    for status in STATUSES:
        assert words.status_of(status) == ("open" if status in OPEN else "closed")
        assert words.state_of(status) in words.STATES
    assert words.state_of("closed") == "fixed"
    assert words.state_of("closed", result="explained") == "no_further_action"
    assert words.state_of("accepted", "extend") == "action_scheduled"
    assert words.state_of("filed", "reopen") == "reopen"


# --- what is asked for -------------------------------------------------------------------------------------------


def test_without_arguments_the_last_ninety_days_newest_first(city: City, several: dict[str, Case]):
    assert numbers(city.json("requests")) == [
        several[name].number for name in ("refused", "day", "month", "quarter")
    ]
    assert numbers(city.json("requests")) == [
        each.text for each in city.xml("requests").iter("service_request_id")
    ]


def test_by_service_and_by_status(city: City, several: dict[str, Case]):
    def asked(**given: str) -> set[str]:
        found = numbers(city.json("requests", **given))
        return {name for name, case in several.items() if case.number in found}

    assert asked(service_code="0113") == {"month"}
    assert asked(service_code="0113,0110") == {"day", "month", "quarter", "refused"}
    assert asked(service_code="0113, nothing") == {"month"}
    assert asked(service_code="没有") == set()
    assert asked(status="open") == {"day", "month", "quarter"}
    assert asked(status="closed") == {"refused"}
    assert asked(status="Open,closed") == {"day", "month", "quarter", "refused"}
    assert asked(status="open", service_code="0110") == {"day", "quarter"}
    assert asked(status="", service_code="", start_date="", end_date="", page="") == {
        "day",
        "month",
        "quarter",
        "refused",
    }


def test_numbers_override_everything_else(city: City, several: dict[str, Case]):
    wanted = f"{several['old'].number}, {several['day'].number},没有"
    found = city.json(
        "requests", service_request_id=wanted, status="closed", start_date="x", service_code="0113"
    )
    assert numbers(found) == [several["day"].number, several["old"].number]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2021-09-15T09:00:00+08:00", "2021-09-15T09:00:00+08:00", {"day"}),
        ("2021-09-15T01:00:00Z", "2021-09-15T01:00:00Z", {"day"}),
        ("2021-09-15T09:00:00", "2021-09-15T09:00:00", {"day"}),
        ("2021-09-15T09:00:00 08:00", "2021-09-15T09:00:01 08:00", {"day"}),  # a plus that was not encoded
        ("2021-09-15T01:00:01Z", "2021-09-15T02:00:00Z", set()),
        ("2021-09-15", "2021-09-15", {"day"}),
        ("2021-06-01", "2021-06-30", {"old", "quarter"}),
        ("2021-06-01T00:00:00+08:00", "", {"old", "quarter", "month"}),  # ninety days from there
        ("", "2021-08-20", {"old", "quarter", "month"}),  # ninety days to there
        ("2021-06-18", "2021-09-16", {"day", "month", "quarter", "refused"}),  # ninety days exactly
    ],
)
def test_windows(city: City, several: dict[str, Case], start: str, end: str, expected: set[str]):
    found = numbers(city.json("requests", start_date=start, end_date=end))
    assert {name for name, case in several.items() if case.number in found} == expected


@pytest.mark.parametrize(
    "given",
    [
        {"start_date": "2021-06-17", "end_date": "2021-09-16"},  # 91 days
        {"start_date": "2021-09-16", "end_date": "2021-09-15"},
        {"updated_after": "2021-09-16", "updated_before": "2021-09-15"},
        {"start_date": "yesterday"},
        {"end_date": "2021-02-30"},
        {"start_date": "2021-09-16T25:00:00Z"},
        {"start_date": "0001-01-01T00:00:00+14:00"},
        {"end_date": "0001-01-01"},
        {"updated_after": "16/09/2021"},
        {"status": "done"},
        {"page": "-1"},
        {"page": "二"},
        {"page_size": "0"},
        {"page_size": "ten"},
        {"bbox": "1,2,3"},
        {"bbox": "121,31,120,32"},
        {"bbox": "nan,1,2,3"},
        {"extensions": "maybe"},
    ],
)
@pytest.mark.parametrize("form", ["json", "xml"])
def test_an_argument_that_makes_no_sense_is_400_and_named(
    city: City, several: dict[str, Case], given: dict[str, str], form: str
):
    answer = city.get("requests", form, **given)
    assert answer.status_code == 400
    [(code, told)] = errors(answer)
    assert code == "400"
    assert any(name in told or value in told for name, value in given.items())


def test_what_changed_is_found_however_old_it_is(city: City, open_to_all: Cast, several: dict[str, Case]):
    with clock.at(CAMPAIGN_DAY + dt.timedelta(hours=1)):
        acts.file_case(by=open_to_all.chengyun, case=several["old"])
        assert numbers(city.json("requests", updated_after="2021-09-16T01:30:00Z")) == [several["old"].number]
        assert several["old"].number not in numbers(
            city.json("requests", updated_before="2021-09-16T01:30:00Z")
        )
        assert (
            numbers(city.json("requests", updated_after="2021-09-16T01:30:00Z", start_date="2021-09-01"))
            == []
        )


def test_pages_count_from_one_and_end_empty(city: City, several: dict[str, Case]):
    whole = numbers(city.json("requests"))
    pages = [numbers(city.json("requests", page=page, page_size=3)) for page in (1, 2, 3, 99)]
    assert pages == [whole[:3], whole[3:], [], []]
    assert numbers(city.json("requests", page=0, page_size=3)) == whole[:3]
    assert numbers(city.json("requests", page_size=2)) == whole[:2]
    assert len(city.xml("requests", page=99)) == 0
    assert numbers(city.json("requests", page_size=999999)) == whole


def test_never_more_than_a_thousand(city: City, open_to_all: Cast):
    first = patrolled(open_to_all)
    rows = []
    for count in range(1002):
        copy = Case.objects.get(pk=first.pk)
        copy.id = Case._meta.pk.get_default()
        copy.number = f"AJ-2021-9{count:05d}"
        rows.append(copy)
    Case.objects.bulk_create(rows)
    assert len(city.json("requests")) == 1000
    assert len(city.json("requests", page_size=5000)) == 1000
    assert len(city.json("requests", page=2)) == 3


def test_a_box_on_the_map(city: City):
    number = city.report()
    city.report(lat=None, long=None, address_string="没有坐标")
    assert numbers(city.json("requests", bbox="121.30,31.29,121.32,31.30")) == [number]
    assert numbers(city.json("requests", bbox="121.32,31.29,121.33,31.30")) == []


def test_chinese_in_the_query_does_no_harm(city: City, several: dict[str, Case]):
    assert city.json("requests", service_code="道路破损", q="垃圾") == []
    assert city.get("requests/案件一").status_code == 404
    assert "案件一" in errors(city.get("requests/案件一"))[0][1]


# --- what is never told ------------------------------------------------------------------------------------------


def hide(case: Case, how: str) -> None:
    if how == "private":
        Case.objects.filter(pk=case.pk).update(private=True)
    elif how == "class":
        CaseClass.objects.filter(code="0110").update(public=False)
    elif how == "no class":
        Case.objects.filter(pk=case.pk).update(case_class=None)
    else:
        Case.objects.filter(pk=case.pk).update(status=how)


@pytest.mark.parametrize("how", ["private", "void", "withdrawn", "class", "no class"])
def test_what_is_not_public_is_neither_listed_nor_fetched_nor_told_of(
    city: City, open_to_all: Cast, how: str
):
    case = patrolled(open_to_all)
    acts.file_case(by=open_to_all.chengyun, case=case)
    assert numbers(city.json("requests")) == [case.number]
    assert len(city.json("servicerequestupdates")) == 1
    hide(case, how)
    assert city.json("requests") == []
    assert city.json("requests", service_request_id=case.number) == []
    for path in (f"requests/{case.number}", f"tokens/{case.number}"):
        for form in ("json", "xml"):
            answer = city.get(path, form)
            assert answer.status_code == 404
            assert errors(answer)[0][0] == "404"
    assert city.json("servicerequestupdates") == []


def test_a_class_out_of_use_keeps_its_cases_visible(city: City, open_to_all: Cast):
    case = patrolled(open_to_all)
    CaseClass.objects.filter(code="0110").update(active=False)
    assert numbers(city.json(f"requests/{case.number}")) == [case.number]


@pytest.mark.parametrize("source", ["hotline", "leader", "inspection", "city_platform"])
def test_words_that_were_not_meant_for_everybody_are_not_told(city: City, open_to_all: Cast, source: str):
    case = acts.report_case(
        by=open_to_all.chengyun, campaign=open_to_all.campaign,
        draft=acts.Draft(title="李四来电", description="李四住解放街 5 号 301 室，电话 13900001111", source=source,
                         area=NANXIANG, address="解放街 5 号 301 室", class_code="0110"),
    )  # fmt: skip
    for form in ("json", "xml"):
        body = city.get(f"requests/{case.number}", form, extensions="true").content.decode()
        assert "李四" not in body and "301" not in body and "1390000" not in body
    [told] = city.json(f"requests/{case.number}")
    assert (told["description"], told["address"]) == ("暴露生活垃圾", "南翔镇")


# --- extensions --------------------------------------------------------------------------------------------------


def test_extensions_tell_answers_notes_and_the_finer_status(city: City, open_to_all: Cast, walk: Any):
    number = city.report(
        service_code="0113", **{"attribute[WHERE]": "pavement", "attribute[HOWMANYD]": "2",
        "attribute[THINGS][]": ["oil", "glass"], "attribute[SAY]": "我是王小明"},
    )  # fmt: skip
    assert set(city.json(f"requests/{number}")[0]) == set(_ORDER)
    walk(Case.objects.get(), "accept")
    [told] = city.json(f"requests/{number}", extensions="true")
    assert told["extended_attributes"]["status_code"] == "accepted"
    assert told["attributes"] == [
        {"code": "HOWMANYD", "label": "坏了几处", "value": ["2"], "value_name": "2"},
        {"code": "WHERE", "label": "坏在哪里", "value": ["pavement"], "value_name": "人行道"},
        {"code": "THINGS", "label": "还有什么", "value": ["oil", "glass"], "value_name": "油污, 玻璃"},
    ]
    assert [note["type"] for note in told["notes"]] == ["investigating", "action_scheduled", "in_progress"]
    assert all(note["description"] and note["datetime"] for note in told["notes"])
    assert "先行处置" not in str(told) and "王小明" not in str(told)  # words among colleagues, free text
    xml = city.xml(f"requests/{number}", extensions="true")
    assert [each.text for each in xml.iterfind("request/notes/note/type")] == [
        note["type"] for note in told["notes"]
    ]
    assert [each.text for each in xml.iterfind("request/attributes/attribute/value/value")] == [
        "2", "pavement", "oil", "glass",
    ]  # fmt: skip


def test_lists_cost_the_same_however_many_cases(city: City, open_to_all: Cast, count_queries: Any):
    for _ in range(5):
        patrolled(open_to_all)
    with count_queries("open311 requests"):
        city.json("requests")
    with count_queries("open311 requests with extensions"):
        city.json("requests", extensions="true")


def test_a_merged_case_is_told_as_a_duplicate(city: City, open_to_all: Cast):
    case = patrolled(open_to_all)
    Case.objects.filter(pk=case.pk).update(status="duplicate")
    [told] = city.json(f"requests/{case.number}")
    assert told["status"] == "closed" and told["status_notes"]


@pytest.mark.parametrize("path", ["requests", "servicerequestupdates"])
@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+08:00"])
@pytest.mark.parametrize("name", ["start_date", "end_date", "updated_after", "updated_before"])
def test_a_date_at_the_edge_of_time_is_refused_not_broken(
    city: City, path: str, text: str, name: str
) -> None:
    """What programs send when they mean “any”: no store can count on from it, so it is named instead of failing."""
    if path == "servicerequestupdates" and name.startswith("updated"):
        return  # not an argument there
    answer = city.get(path, **{name: text})
    assert answer.status_code == 400
    assert name in errors(answer)[0][1]
