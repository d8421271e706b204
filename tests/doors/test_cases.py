"""Pages and addresses of cases: rights, shape, what is typed is kept, how often the store is asked."""

import io
import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from guatu.cases import acts
from guatu.cases.models import Case, CaseClass, Exchange
from guatu.cases.rules import Limit
from guatu.kernel import calendar, clock
from guatu.kernel.acts import SYSTEM
from guatu.places import reads as places
from tests.cases.conftest import CLASSES, photo
from tests.cast import NANXIANG, Cast

Signed = Callable[..., Client]


@pytest.fixture
def ground(cast: Cast) -> Iterator[Cast]:
    calendar.load_shipped()
    acts.set_classes(by=SYSTEM, campaign=cast.campaign, classes=CLASSES)
    yield cast
    calendar.forget()


@pytest.fixture
def filed(ground: Cast) -> Case:
    draft = acts.Draft(
        title="沪宜公路暴露垃圾",
        area=NANXIANG,
        class_code="0101",
        lon=121.32,
        lat=31.29,
        address="沪宜公路1号",
    )
    case = acts.report_case(by=ground.xuncha, campaign=ground.campaign, draft=draft, photos=[photo("前.jpg")])
    return acts.file_case(by=ground.chengyun, case=case)


def step(case: Case, name: str) -> str:
    return reverse("desk:case_step", args=[case.id, name])


def text(answer: Any) -> str:
    return "".join(answer.content.decode().split())


def fresh() -> None:
    """What is read anew every few seconds (the store's clock, the areas) is read now, so that it is not counted."""
    clock.refresh(force=True)
    places.forget()
    places.names()


def content(answer: Any) -> bytes:
    """The whole of a streamed file."""
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


# --- the list ----------------------------------------------------------------------------------------------------


def test_the_list_shows_ones_own_area_and_its_tabs(ground: Cast, filed: Case, signed_in: Signed) -> None:
    page = signed_in(ground.nanxiang).get(reverse("desk:cases"))
    assert page.status_code == 200
    assert filed.number in page.content.decode()
    assert '待派出<spanclass="tab-count">1' in text(page)
    assert filed.number not in signed_in(ground.jiangqiao).get(reverse("desk:cases")).content.decode()


def test_nobody_signed_out_sees_it(client: Client, filed: Case) -> None:
    for address in (reverse("desk:cases"), reverse("desk:case", args=[filed.id]), reverse("desk:exchange")):
        answer = client.get(address)
        assert answer.status_code == 302
        assert "/accounts/login" in answer["Location"]


def test_what_lies_out_of_scope_is_not_found(ground: Cast, filed: Case, signed_in: Signed) -> None:
    neighbour = signed_in(ground.jiangqiao)
    for address in (reverse("desk:case", args=[filed.id]), reverse("desk:case_map", args=[filed.id])):
        assert neighbour.get(address).status_code == 404
    assert neighbour.post(step(filed, "dispatch"), {}).status_code == 404
    assert neighbour.get(reverse("desk:exchange")).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [("view=unassigned", 1), ("view=late", 0), ("view=mine", 0), ("status=filed", 1), ("status=closed", 0), ("class=0101", 1),
     ("source=hotline", 0), ("area=310114102", 1), ("area=310114118", 0), ("q=暴露", 1), ("q=无此", 0),
     ("opened_from=2021-09-16&opened_to=2021-09-16", 1), ("unit=jd/nxz/", 0)],
)  # fmt: skip
def test_filters(ground: Cast, filed: Case, signed_in: Signed, query: str, found: int) -> None:
    page = signed_in(ground.nanxiang).get(reverse("desk:cases") + "?" + query)
    assert page.status_code == 200
    assert page.content.decode().count(f'data-href="{reverse("desk:case", args=[filed.id])}"') == found
    points = signed_in(ground.nanxiang).get(reverse("desk:cases_map") + "?" + query).json()
    assert sum(one["properties"]["role"] == "point" for one in points["features"]) == found


def test_a_filter_that_cannot_be_understood_is_told(ground: Cast, filed: Case, signed_in: Signed) -> None:
    page = signed_in(ground.nanxiang).get(reverse("desk:cases") + "?view=nonsense")
    assert page.status_code == 200
    assert "没有“nonsense”这一栏" in page.content.decode()


def test_the_list_leaves_as_a_file(ground: Cast, filed: Case, signed_in: Signed) -> None:
    answer = signed_in(ground.chengyun).get(reverse("desk:cases") + "?export=xlsx")
    rows = list(load_workbook(io.BytesIO(content(answer))).active.values)  # type: ignore[union-attr]
    assert rows[1][:3] == (filed.number, filed.title, "南翔镇")
    assert "待派单" in rows[1]


def test_how_often_the_list_and_the_record_ask(
    ground: Cast, filed: Case, signed_in: Signed, count_queries: Callable[[str], Any]
) -> None:
    browser = signed_in(ground.chengyun)
    browser.get(reverse("desk:cases"))
    fresh()
    with count_queries("case list"):
        assert browser.get(reverse("desk:cases")).status_code == 200
    fresh()
    with count_queries("case record"):
        assert browser.get(reverse("desk:case", args=[filed.id])).status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_speak_both_languages(ground: Cast, filed: Case, signed_in: Signed, language: str) -> None:
    type(ground.chengyun).objects.filter(pk=ground.chengyun.pk).update(language=language)
    browser = signed_in(
        type(ground.chengyun).objects.get(pk=ground.chengyun.pk), HTTP_ACCEPT_LANGUAGE=language
    )
    for name in ("cases", "case_new", "exchange"):
        assert browser.get(reverse(f"desk:{name}")).status_code == 200
    assert browser.get(reverse("desk:case", args=[filed.id])).status_code == 200


# --- one case ----------------------------------------------------------------------------------------------------


def test_a_new_case_comes_from_the_form_with_photos(ground: Cast, signed_in: Signed) -> None:
    browser = signed_in(ground.xuncha)
    page = browser.get(reverse("desk:case_new"))
    assert 'capture="environment"' in page.content.decode()
    said = {
        "title": "井盖松动",
        "source": "patrol",
        "area": NANXIANG,
        "address": "古猗园路",
        "crs": "wgs84",
        "photos": [photo(), photo()],
    }
    answer = browser.post(reverse("desk:case_new"), said)
    case = Case.objects.get()
    assert answer["Location"] == reverse("desk:case", args=[case.id])
    assert (case.title, case.finder) == ("井盖松动", ground.xuncha)


@pytest.mark.parametrize(
    ("more", "why"),
    [({"title": ""}, "请用一句话写明是什么问题"), ({"area": ""}, "请在地图上点一个位置"), ({"lon": "121.3"}, "一起填"),
     ({"lon": "31.2", "lat": "121.3"}, "不在中国范围内"), ({"area": "310114118"}, "所需权限：case.open")],
)  # fmt: skip
def test_a_refused_form_keeps_what_was_typed(
    ground: Cast, signed_in: Signed, more: dict[str, str], why: str
) -> None:
    said = {"title": "井盖松动", "description": "写了很久的话", "source": "patrol", "area": NANXIANG, **more}
    answer = signed_in(ground.nanxiang).post(reverse("desk:case_new"), said)
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert "写了很久的话" in answer.content.decode()
    assert not Case.objects.exists()


def test_a_verifier_cannot_open_the_form_of_a_new_case(ground: Cast, signed_in: Signed) -> None:
    assert signed_in(ground.hecha).get(reverse("desk:case_new")).status_code == 403


def test_the_record_shows_the_computation_line_by_line(ground: Cast, filed: Case, signed_in: Signed) -> None:
    acts.dispatch_case(by=ground.chengyun, case=filed, unit=ground.units["nxz"])
    page = signed_in(ground.nanxiang).get(reverse("desk:case", args=[filed.id])).content.decode()
    assert "期限怎么算" in page
    assert "2021年9月16日 09:00" in page
    assert "4 工作时" in page
    assert "接单" in page
    assert "2021年9月16日 14:00" in page  # the second line begins after the lunch hour


def test_the_whole_road_by_pages(ground: Cast, filed: Case, signed_in: Signed) -> None:
    centre, street, checker = signed_in(ground.chengyun), signed_in(ground.nanxiang), signed_in(ground.hecha)
    unit = ground.units["nxz"]

    def post(browser: Client, name: str, **said: Any) -> None:
        row = Case.objects.get(pk=filed.pk)
        answer = browser.post(
            step(filed, name),
            {**{f"{name}-{key}": value for key, value in said.items()}, "version": row.version},
        )
        assert answer.status_code == 302, answer.content.decode()[:3000]

    post(centre, "dispatch", unit=unit.pk, limit_amount="2", limit_unit="work_day", note="请尽快")
    post(street, "accept")
    post(street, "handle", photos=photo(), note="已清运")
    post(checker, "rework", note="仍有垃圾")
    post(street, "handle", photos=photo("返工.jpg"), note="再清")
    post(checker, "pass")
    post(checker, "close")
    case = Case.objects.get(pk=filed.pk)
    assert (case.status, case.rework) == ("closed", 1)
    page = checker.get(reverse("desk:case", args=[filed.id])).content.decode()
    for words in ("仍有垃圾", "再清", "承办单位：南翔镇", "返工 1 次"):
        assert words in page


def test_a_refused_step_stands_open_with_what_was_typed(ground: Cast, filed: Case, signed_in: Signed) -> None:
    centre = signed_in(ground.chengyun)
    said = {
        "dispatch-unit": ground.units["nxz"].pk,
        "dispatch-limit_amount": "2",
        "dispatch-note": "派给南翔",
        "version": filed.version,
    }
    answer = centre.post(step(filed, "dispatch"), said)  # an amount without its unit
    assert answer.status_code == 422
    assert "要一起填" in answer.content.decode()
    assert "派给南翔" in answer.content.decode()
    stale = centre.post(step(filed, "dispatch"), {**said, "dispatch-limit_unit": "work_day", "version": 1})
    assert stale.status_code == 409  # both sides stand beside each other: tests/doors/test_cases_list.py
    assert "派给南翔" in stale.content.decode()
    assert centre.post(step(filed, "dance"), {}).status_code == 404
    assert centre.get(step(filed, "dispatch")).status_code == 302


def test_correcting_changes_only_what_differs(ground: Cast, filed: Case, signed_in: Signed) -> None:
    centre = signed_in(ground.chengyun)
    address = reverse("desk:case_correct", args=[filed.id])
    page = centre.get(address)
    said = {name: value for name, value in page.context["form"].initial.items() if value is not None}
    same = centre.post(address, {**said, "version": filed.version})
    assert same.status_code == 302
    assert Case.objects.get().version == filed.version
    centre.post(address, {**said, "title": "曹安公路暴露垃圾", "version": filed.version})
    assert Case.objects.get().title == "曹安公路暴露垃圾"
    assert signed_in(ground.nanxiang).get(address).status_code == 403


def test_photos_are_added_until_the_case_is_settled(ground: Cast, filed: Case, signed_in: Signed) -> None:
    address = reverse("desk:case_photo", args=[filed.id])
    assert signed_in(ground.nanxiang).post(address, {"photos": [photo("再拍.jpg")]}).status_code == 302
    assert (
        "再拍.jpg" in signed_in(ground.nanxiang).get(reverse("desk:case", args=[filed.id])).content.decode()
    )


# --- many at once ------------------------------------------------------------------------------------------------


# many at once: tests/doors/test_case_bulk.py


# --- the platform above ------------------------------------------------------------------------------------------


def test_the_file_for_the_platform_above_is_made_kept_and_fetched(ground: Cast, signed_in: Signed) -> None:
    draft = acts.Draft(title="堆物", area=NANXIANG, source="city_platform", upper_number="SZ-1")
    acts.import_cases(by=ground.chengyun, campaign=ground.campaign, drafts=[draft])
    centre = signed_in(ground.chengyun)
    assert "SZ-1" in centre.get(reverse("desk:exchange")).content.decode()
    sent = centre.post(reverse("desk:exchange_send"))
    row = Exchange.objects.get()
    assert sent["Location"] == reverse("desk:exchange_file", args=[row.id])
    assert "SZ-1" in centre.get(sent["Location"]).content.decode()
    for kind in ("xlsx", "csv"):
        assert len(content(centre.get(sent["Location"] + f"?export={kind}"))) > 50
    again = centre.post(reverse("desk:exchange_send"), follow=True)
    assert "没有要回传的案件" in again.content.decode()
    assert centre.post(reverse("desk:exchange_send"), {"everything": "1"}).status_code == 302
    assert Exchange.objects.count() == 2
    assert signed_in(ground.hecha).get(sent["Location"]).status_code == 404


# --- machines ----------------------------------------------------------------------------------------------------


def test_machines_walk_the_same_road(ground: Cast, signed_in: Signed) -> None:
    centre, street = signed_in(ground.chengyun), signed_in(ground.nanxiang)

    def send(browser: Client, address: str, body: dict[str, Any], method: str = "post") -> Any:
        return getattr(browser, method)(f"/api/{address}", json.dumps(body), content_type="application/json")

    made = send(
        signed_in(ground.xuncha), "expo/cases", {"title": "堆物", "area": NANXIANG, "class_code": "0101"}
    )
    assert made.status_code == 201, made.content
    found = made.json()
    assert (found["number"], found["next"][0]) == ("AJ-2021-000001", "file")
    case = f"cases/{found['id']}"
    assert send(centre, f"{case}/file", {}).status_code == 200
    sent = send(
        centre,
        f"{case}/dispatch",
        {"unit": "nxz", "limit": {"amount": "1", "unit": "work_day"}, "version": 2},
    ).json()
    assert sent["due_at"].startswith("2021-09-17T")
    assert [line["minutes"] for line in sent["clock"]] == [180, 240, 60]
    assert send(street, f"{case}/accept", {}).status_code == 200
    late = send(centre, f"{case}/accept", {})
    assert (late.status_code, late.json()["code"]) == (409, "case.taken")
    bare = send(street, f"{case}/handle", {"note": "好了"})
    assert bare.json()["code"] == "case.photo_needed"
    done = street.post(f"/api/{case}/photos", {"purpose": "after", "note": "已清运", "photos": [photo()]})
    assert done.json()["status"] == "handled", done.content
    row = street.get("/api/expo/cases?status=handled").json()
    assert [item["number"] for item in row["items"]] == ["AJ-2021-000001"]
    assert signed_in(ground.jiangqiao).get(f"/api/{case}").status_code == 404
    assert send(centre, f"{case}/dance", {}).status_code == 404
    assert send(centre, f"{case}/dispatch", {"unit": "nobody"}).json()["code"] == "case.unknown_unit"


def test_machines_correct_list_and_send_up(ground: Cast, filed: Case, signed_in: Signed) -> None:
    centre = signed_in(ground.chengyun)
    body = {"version": filed.version, "title": "新标题", "upper_number": "SZ-1", "source": "city_platform"}
    fixed = centre.patch(f"/api/cases/{filed.id}", json.dumps(body), content_type="application/json")
    assert fixed.json()["title"] == "新标题"
    stale = centre.patch(f"/api/cases/{filed.id}", json.dumps(body), content_type="application/json")
    assert (stale.status_code, stale.json()["code"]) == (409, "kernel.stale")
    assert len(centre.get("/api/expo/cases/classes").json()) == 3
    for query, count in (
        ("view=unassigned", 1),
        ("late=true", 0),
        ("area=310114118", 0),
        ("source=city_platform", 1),
    ):
        assert len(centre.get(f"/api/expo/cases?{query}").json()["items"]) == count
    assert centre.get("/api/expo/cases/exchange").json()[0]["content"]["上级编号"] == "SZ-1"
    sent = centre.post("/api/expo/cases/exchange")
    assert (sent.status_code, sent.json()["count"]) == (201, 1)
    assert signed_in(ground.nanxiang).get("/api/expo/cases/exchange").status_code == 403
    added = centre.post(f"/api/cases/{filed.id}/photos", {"photos": [photo("再.jpg")]})
    assert added.status_code == 200


# --- which steps are offered ---------------------------------------------------------------------------------------


def offered(answer: Any) -> set[str]:
    """The steps whose form stands on the page."""
    return set(re.findall(r'action="/cases/[0-9a-f-]+/([a-z_]+)/"', answer.content.decode()))


def test_the_finder_is_told_why_somebody_else_must_confirm(ground: Cast, signed_in: Signed) -> None:
    draft = acts.Draft(title="沪宜公路暴露垃圾", area=NANXIANG)
    case = acts.report_case(by=ground.chengyun, campaign=ground.campaign, draft=draft)
    address = reverse("desk:case", args=[case.id])
    own = signed_in(ground.chengyun).get(address)
    assert "confirm" not in offered(own)
    assert {"file", "withdraw", "void"} <= offered(own)
    assert "要由别人核实" in text(own)
    assert "confirm" in offered(signed_in(ground.hecha).get(address))
    # the street reads it, but what somebody else reported it cannot withdraw
    assert "withdraw" not in offered(signed_in(ground.nanxiang).get(address))


def test_what_would_only_be_refused_is_not_offered(ground: Cast, filed: Case, signed_in: Signed) -> None:
    case = acts.dispatch_case(
        by=ground.chengyun, case=filed, unit=ground.units["nxz"], limit=Limit(Decimal(5), "work_day")
    )
    case = acts.accept_case(by=ground.nanxiang, case=case)
    street, address = signed_in(ground.nanxiang), reverse("desk:case", args=[case.id])
    assert {"handle", "return", "hold", "extend"} <= offered(street.get(address))
    asked = acts.ask(by=ground.nanxiang, case=case, kind="extend", reason="雨天")
    assert "extend" not in offered(street.get(address))  # one waits for its answer
    acts.decide(by=ground.chengyun, request=asked, granted=True)
    assert "extend" not in offered(street.get(address))  # once only
    page = street.get(address).content.decode()
    assert page.index('id="handle"') < page.index('id="more-steps"') < page.index('id="return"')


def test_a_refusal_without_its_reason_is_said_beside_the_field(
    ground: Cast, filed: Case, signed_in: Signed
) -> None:
    request = acts.ask(by=ground.chengyun, case=filed, kind="void", reason="误报")
    answer = signed_in(ground.zhihui).post(
        reverse("desk:case_request_decide", args=[request.id]), {"decision": "refuse", "note": " "}
    )
    assert answer.status_code == 422
    assert "要写明理由" in text(answer)
    assert f'id="note-{request.id}"' in answer.content.decode()
    request.refresh_from_db()
    assert request.status == "asked"


def test_closing_asks_what_people_outside_are_told(ground: Cast, filed: Case, signed_in: Signed) -> None:
    case = acts.dispatch_case(
        by=ground.chengyun, case=filed, unit=ground.units["nxz"], limit=Limit(Decimal(5), "work_day")
    )
    case = acts.accept_case(by=ground.nanxiang, case=case)
    case = acts.handle_case(by=ground.nanxiang, case=case, note="已清运", photos=[photo("后.jpg")])
    street = signed_in(ground.nanxiang).get(reverse("desk:case", args=[case.id]))
    assert not {"pass", "rework"} & offered(street)
    case = acts.verify_case(by=ground.hecha, case=case, passed=True)
    page = signed_in(ground.chengyun).get(reverse("desk:case", args=[case.id]))
    assert 'name="close-public_note"' in page.content.decode()


def test_the_class_is_named_by_itself_and_not_by_a_code_that_stands_twice(
    ground: Cast, filed: Case, signed_in: Signed
) -> None:
    CaseClass.objects.create(
        home=filed.home, campaign=filed.campaign, scheme="本地", kind="component", code="0101", name="另一编号的类",
        order=99,
    )  # fmt: skip
    other = acts.report_case(
        by=ground.chengyun, campaign=filed.campaign, draft=acts.Draft(title="另一件", area=NANXIANG)
    )
    assert filed.case_class is not None
    desk = signed_in(ground.chengyun)
    for address in (
        reverse("desk:case", args=[filed.id]),
        reverse("desk:case_print", args=[filed.id]),
        reverse("desk:case_compare", args=[filed.id, other.id]),
    ):
        page = text(desk.get(address))
        assert f"<dt>类别</dt><dd>{filed.case_class.name}</dd>" in page, address


def test_a_held_case_does_not_count_down(ground: Cast, filed: Case, signed_in: Signed) -> None:
    case = acts.dispatch_case(
        by=ground.chengyun, case=filed, unit=ground.units["nxz"], limit=Limit(Decimal(5), "work_day")
    )
    asked = acts.ask(by=ground.nanxiang, case=case, kind="hold", reason="等材料")
    acts.decide(by=ground.chengyun, request=asked, granted=True)
    page = signed_in(ground.nanxiang).get(reverse("desk:case", args=[case.id]))
    lead = text(page).split('<dlclass="line">')[1].split("</dl>")[0]
    assert "暂停计时" in lead
    assert "还剩" not in lead
