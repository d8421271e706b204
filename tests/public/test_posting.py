"""POST requests: what is taken, what is refused and how; and that nothing of the reporter ever goes out again."""

import base64
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from guatu.cases.models import Case, CaseClass, Reporter
from guatu.cases.reads import photos
from guatu.kernel.models import Act
from guatu.kernel.secrets import open_sealed
from guatu.public.open311 import keys
from guatu.units.acts import make_token, withdraw_token
from tests.cases.conftest import photo
from tests.cast import DISTRICT, GUYIYUAN, NANXIANG, Cast
from tests.public.conftest import MAIN, POINT, City, errors, tree

pytestmark = pytest.mark.django_db

BROKEN = {
    "service_code": "0113",
    "attribute[WHERE]": "road",
    "attribute[HOWMANYD]": "3",
    **POINT,
}


def the_case() -> Case:
    return Case.objects.get()


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_report_answers_exactly_one_number_and_is_found_at_once(city: City, form: str):
    answer = city.post(form=form, service_code="0110", description="路口有一堆垃圾", **POINT)
    assert answer.status_code == 200
    if form == "json":
        [told] = json.loads(answer.content)
        assert set(told) == {"service_request_id", "service_notice", "account_id"}
        number = told["service_request_id"]
    else:
        root = tree(answer)
        assert root.tag == "service_requests" and [each.tag for each in root] == ["request"]
        [number] = [each.text for each in root.iter("service_request_id")]
        assert not list(root.iter("token"))
    assert isinstance(number, str) and number == the_case().number
    [found] = city.json(f"requests/{number}")
    assert (found["service_request_id"], found["service_code"], found["status"]) == (number, "0110", "open")
    assert city.xml(f"requests/{number}").findtext("request/service_code") == "0110"
    assert city.json(f"tokens/{number}") == [{"service_request_id": number, "token": number}]


def test_the_case_is_written_down_as_it_came(city: City, open_to_all: Cast):
    city.post(
        **BROKEN,
        description="一个坑\n很深",
        address_string="沪宜公路 1 号",
        **{"attribute[THINGS][]": ["oil", "glass"]},
    )
    case = the_case()
    assert (case.source, case.class_code, case.status) == ("open311", "0113", "reported")
    assert case.case_class is not None and case.case_class.name == "道路破损"
    assert case.title == "道路破损：一个坑"
    assert case.description == "一个坑\n很深"
    assert case.address == "沪宜公路 1 号"
    assert case.answers == {"WHERE": "road", "HOWMANYD": "3", "THINGS": ["oil", "glass"]}
    assert (case.lat, case.lon) == (31.294, 121.312)
    assert case.area.startswith(DISTRICT)
    assert case.finder is None  # nobody of the house found it
    act = Act.objects.get(verb="case.reported")
    assert (act.via, act.by_id) == ("open311", open_to_all.chengyun.id)


# --- the key -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, "", "gt_nothing", "钥匙"])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_without_a_good_key_nothing_is_taken(city: City, key: str | None, form: str):
    answer = city.post(form=form, api_key=key, service_code="0110", **POINT)
    assert answer.status_code == 403
    [(code, words)] = errors(answer)
    assert code == "403" and "api_key" in words
    assert not Case.objects.exists()


def test_a_key_of_somebody_who_may_not_report_is_no_key(city: City, open_to_all: Cast):
    for person in (open_to_all.passer_by, open_to_all.zhihui):
        _token, text = make_token(by=person, person=person, name="x")
        assert city.post(api_key=text, service_code="0110", **POINT).status_code == 403


def test_a_key_withdrawn_is_no_key(city: City, open_to_all: Cast):
    token, text = make_token(by=open_to_all.chengyun, person=open_to_all.chengyun, name="x")
    withdraw_token(by=open_to_all.chengyun, token=token)
    assert city.post(api_key=text, service_code="0110", **POINT).status_code == 403


def test_a_key_may_come_in_the_query_or_as_a_bearer(city: City):
    form = {"service_code": "0110", **POINT}
    assert city.http.post(f"{MAIN}/requests.json?api_key={city.key}", form).status_code == 200
    answer = city.http.post(f"{MAIN}/requests.json", form, HTTP_AUTHORIZATION=f"Bearer {city.key}")
    assert answer.status_code == 200


def test_a_key_of_one_street_reports_there_and_nowhere_else(city: City, open_to_all: Cast):
    _token, text = make_token(by=open_to_all.nanxiang, person=open_to_all.nanxiang, name="南翔")
    assert city.post(api_key=text, service_code="0110", address_string="南翔老街").status_code == 200
    assert the_case().area == NANXIANG
    answer = city.post(api_key=text, service_code="0110", address_id="JQ-001")
    assert answer.status_code == 403
    assert Case.objects.count() == 1


def test_a_key_that_posts_without_end_is_stopped_for_a_minute(city: City, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keys, "MOST_A_MINUTE", 3)
    statuses = [city.post(service_code="0110", **POINT).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = city.post(service_code="0110", **POINT)
    assert answer["Retry-After"] == "60"
    assert errors(answer)[0][0] == "429"
    assert city.get("services").status_code == 200


# --- what is missing or wrong ------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["json", "xml"])
def test_no_service_is_400_and_an_unknown_one_404(city: City, form: str):
    assert city.post(form=form, **POINT).status_code == 400
    for code in ("nothing", "77", "01001"):  # 77 is not public, 01001 two classes
        answer = city.post(form=form, service_code=code, **POINT)
        assert answer.status_code == 404
        assert code in errors(answer)[0][1]
    assert not Case.objects.exists()


def test_a_class_out_of_use_takes_no_report(city: City):
    CaseClass.objects.filter(code="0110").update(active=False)
    assert city.post(service_code="0110", **POINT).status_code == 404


@pytest.mark.parametrize("form", ["json", "xml"])
def test_everything_that_is_missing_is_named_at_once(city: City, form: str):
    answer = city.post(form=form, service_code="0113")
    assert answer.status_code == 400
    words = [text for _code, text in errors(answer)]
    assert len(words) == 3
    assert any("HOWMANYD required" in text for text in words)
    assert any("WHERE required" in text for text in words)
    assert any("address_string" in text for text in words)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"attribute[WHERE]": "sky"}, "WHERE"),
        ({"attribute[WHERE]": ""}, "WHERE required"),
        ({"attribute[HOWMANYD]": "许多"}, "HOWMANYD"),
        ({"attribute[THINGS][]": ["oil", "mud"]}, "mud"),
        ({"attribute[SPOT]": "b"}, "SPOT"),
        ({"lat": None}, "lat"),
        ({"long": None}, "long"),
        ({"long": ""}, "long"),
        ({"lat": "north"}, "lat"),
        ({"long": "121,312"}, "long"),
        ({"lat": "nan"}, "lat"),
        ({"lat": "inf"}, "lat"),
        ({"lat": "91"}, "lat"),
        ({"long": "-181"}, "long"),
        ({"description": "字" * 4001}, "4000"),
        ({"email": "x" * 201}, "email"),
        ({"media_url": "https://a.example/" + "x" * 1000}, "media_url"),
        ({"media_url": "data:text/html;base64,AAAA"}, "media_url"),
        ({"media_url": "data:image/png;base64,不是"}, "media_url"),
    ],
)
def test_what_is_wrong_is_400_and_named(city: City, given: dict[str, Any], named: str):
    answer = city.post(**{**BROKEN, **given})
    assert answer.status_code == 400
    assert any(named in words for _code, words in errors(answer))
    assert not Case.objects.exists()


def test_the_longest_description_is_taken_and_stays_whole(city: City):
    number = city.report(description="字" * 4000)
    assert city.json(f"requests/{number}")[0]["description"] == "字" * 4000


@pytest.mark.parametrize(
    "given",
    [
        {"attribute[COLOUR]": "红"},  # nobody asked
        {"attribute[SPOT]": ""},  # optional, blank
        {"attribute[THINGS][]": "oil"},
        {"attribute[THINGS]": "oil"},
        {"attribute[THINGS][]": ["oil", "glass"]},
        {"attribute[THINGS][0]": "oil"},
        {"email": "", "media_url": "", "address_id": "", "description": ""},
    ],
)
def test_what_is_optional_is_taken(city: City, given: dict[str, Any]):
    assert city.post(**{**BROKEN, **given}).status_code == 200


def test_an_address_alone_is_enough(city: City):
    number = city.report(lat=None, long=None, address_string="嘉定区 博乐路 111 号")
    assert the_case().area == DISTRICT
    [told] = city.json(f"requests/{number}")
    assert (told["address"], told["lat"], told["long"]) == ("嘉定区 博乐路 111 号", None, None)


def test_the_number_of_a_place_is_an_address(city: City, open_to_all: Cast):
    number = city.report(lat=None, long=None, address_id="NX-001")
    case = the_case()
    assert case.place == open_to_all.places["NX-001"]
    assert (case.area, case.lat) == (GUYIYUAN, 31.294)
    assert city.json(f"requests/{number}")[0]["address_id"] == "NX-001"
    answer = city.post(service_code="0110", address_id="没有")
    assert answer.status_code == 400 and "没有" in errors(answer)[0][1]
    assert (
        city.post(service_code="0110", address_id="别人的编号", address_string="德华社区").status_code == 200
    )


def test_a_point_in_another_country_is_refused(city: City):
    answer = city.post(service_code="0110", lat="42.36", long="-71.06")
    assert answer.status_code == 400
    assert not Case.objects.exists()


# --- text is text ------------------------------------------------------------------------------------------------


NASTY = "<script>alert(1)</script> & ]]> \"'\t第二行\r\n第三行 😀"


def test_a_text_is_kept_and_told_exactly_as_it_came(city: City):
    number = city.report(description=NASTY)
    assert the_case().description == NASTY
    assert city.json(f"requests/{number}")[0]["description"] == NASTY
    answer = city.get(f"requests/{number}", "xml")
    assert b"<script>" not in answer.content
    assert tree(answer).findtext("request/description") == NASTY


def test_signs_that_no_xml_can_hold_do_not_break_it(city: City):
    number = city.report(description="a\x00b\x07c\uffffd")
    assert the_case().description == "ab\x07c\uffffd"
    assert city.xml(f"requests/{number}").findtext("request/description") == "ab\ufffdc\ufffdd"


def test_chinese_comes_through_in_every_field_and_both_formats(city: City):
    number = city.report(
        description="垃圾成堆", address_string="南翔镇解放街", first_name="小明", last_name="王"
    )
    for path, given in ((f"requests/{number}", {}), ("requests", {"service_request_id": number})):
        [told] = city.json(path, **given)
        xml = city.xml(path, **given)
        for name in ("description", "address", "service_name", "service_request_id"):
            assert xml.findtext(f"request/{name}") == told[name]
        assert (told["description"], told["address"], told["service_name"]) == (
            "垃圾成堆",
            "南翔镇解放街",
            "暴露生活垃圾",
        )
    assert "垃圾成堆" in city.get(f"requests/{number}").content.decode()  # not \\u escapes


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (
            b"service_code=0110&lat=31.294&long=121.312&description=%C0%AC%BB%F8",
            "application/x-www-form-urlencoded",
        ),
        (b"service_code=0110&description=x", "application/x-www-form-urlencoded; charset=gbk"),
        (b'{"service_code": "0110"}', "application/json"),
        (b"<service_request/>", "text/xml"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "application/xml"),
        (b"", ""),
        (b"no boundary", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=" + "x" * 300),
    ],
)
def test_a_body_that_is_no_form_in_utf8_is_400(city: City, body: bytes, kind: str):
    answer = city.http.post(f"{MAIN}/requests.json?api_key={city.key}", body, content_type=kind)
    assert answer.status_code == 400
    assert errors(answer)[0][0] == "400"
    assert not Case.objects.exists()


def test_a_body_without_measure_is_not_read(city: City):
    answer = city.http.generic(
        "POST",
        f"{MAIN}/requests.json",
        b"x",
        "application/x-www-form-urlencoded",
        CONTENT_LENGTH=str(90_000_000),
    )
    assert answer.status_code == 413
    assert errors(answer)[0][0] == "413"


def test_too_many_fields_are_refused(city: City):
    body = "&".join(f"attribute[X{count}]=1" for count in range(4000))
    answer = city.http.post(f"{MAIN}/requests.json", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400


# --- media -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [["media"], ["photo1", "photo2", "photo3"], ["media", "photo"]])
def test_pictures_of_the_post_are_the_photos_before(city: City, names: list[str]):
    city.report(**{name: photo(f"{name}.jpg") for name in names})
    kept = photos(the_case())
    assert {each.name for each in kept["before"]} == {f"{name}.jpg" for name in names}


def test_a_picture_in_a_data_address_is_a_photo_too(city: City):
    content = base64.b64encode(photo().read()).decode()
    number = city.report(media_url=f"data:image/jpeg;base64,{content}")
    [kept] = photos(the_case())["before"]
    assert kept.content_type == "image/jpeg"
    assert city.json(f"requests/{number}")[0]["media_url"] is None


def test_an_address_is_written_down_and_never_fetched(city: City):
    number = city.report(media_url="https://photos.example/坑.jpg")
    assert the_case().answers == {"media_url": "https://photos.example/坑.jpg"}
    assert city.json(f"requests/{number}")[0]["media_url"] == "https://photos.example/坑.jpg"
    assert not photos(the_case())["before"]


def test_an_address_that_would_run_something_is_never_told(city: City):
    number = city.report(media_url="javascript:alert(1)")
    assert city.json(f"requests/{number}")[0]["media_url"] is None


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"<svg onload='alert(1)'/>", "不是图片".encode()])
def test_what_is_no_picture_takes_the_whole_report_back(city: City, content: bytes):
    answer = city.post(service_code="0110", media=SimpleUploadedFile("a.jpg", content), **POINT)
    assert answer.status_code == 400
    assert not Case.objects.exists()


def test_more_pictures_than_anybody_needs_are_refused(city: City):
    answer = city.post(service_code="0110", **POINT, **{f"photo{count}": photo() for count in range(1, 12)})
    assert answer.status_code == 400
    assert not Case.objects.exists()


# --- the reporter ------------------------------------------------------------------------------------------------

PERSON = {
    "first_name": "小明", "last_name": "王", "email": "xiaoming@mail.example", "phone": "13812345678",
    "device_id": "DEVICE-42", "account_id": "ACCOUNT-7",
}  # fmt: skip


def test_who_reported_is_sealed(city: City):
    city.report(**PERSON)
    reporter = Reporter.objects.get()
    assert (reporter.via, reporter.client) == ("open311", "市民随手拍")
    opened = {name: open_sealed(reporter.id, name, value) for name, value in reporter.sealed.items()}
    assert opened == {
        "name": "王小明", "email": "xiaoming@mail.example", "phone": "13812345678", "device_id": "DEVICE-42",
        "account_id": "ACCOUNT-7",
    }  # fmt: skip


def test_nothing_of_who_reported_ever_goes_out_or_stands_in_the_clear(city: City):
    number = city.report(**PERSON)
    said = [
        city.get(path, form, extensions="true").content.decode()
        for path in (f"requests/{number}", "requests", f"tokens/{number}", "servicerequestupdates")
        for form in ("json", "xml")
    ]
    kept = [json.dumps(dict(row), default=str, ensure_ascii=False) for row in Reporter.objects.values()]
    kept += [json.dumps(dict(row), default=str, ensure_ascii=False) for row in Case.objects.values()]
    kept += [json.dumps(row.details, ensure_ascii=False) for row in Act.objects.all()]
    for secret in (*PERSON.values(), "王小明"):
        for text in (*said, *kept):
            assert secret not in text


def test_a_report_costs_few_queries(city: City, count_queries: Any):
    city.report()
    with count_queries("open311 report"):
        city.report()
