"""Inspections at the desk and for machines: every page, every step in the browser, rights, papers, query counts."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from guatu.cases.models import Case
from guatu.inspections.acts import drawing, orders, rounds
from guatu.inspections.models import Order, Round, Team, Visit
from guatu.inspections.rules.drawing import DrawRules
from guatu.kernel import clock
from guatu.places.models import Place
from tests.inspections.ground import DAY, PIXEL, Ground, prepare
from tests.inspections.test_visits import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(cast: Any) -> Ground:
    return prepare(cast)


def words(answer: Any) -> str:
    return answer.content.decode()


def picture(name: str = "照片.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PIXEL, "image/png")


def addresses(row: Round, visit: Visit, order: Order, team: Team) -> list[str]:
    return [
        reverse("desk:rounds"), reverse("desk:rounds") + "?export=xlsx", reverse("desk:rounds") + "?print=1", reverse("desk:round_new"),
        reverse("desk:round", args=[row.id]), reverse("desk:round_edit", args=[row.id]), reverse("desk:round_map", args=[row.id]),
        reverse("desk:round_sheet", args=[row.id]), reverse("desk:round_sheet", args=[row.id]) + "?day=2021-09-16",
        reverse("desk:round_places", args=[row.id]), reverse("desk:round_places", args=[row.id]) + "?status=done&outcome=pass&q=x&export=csv",
        reverse("desk:round_choose", args=[row.id]), reverse("desk:round_draw", args=[row.id]), reverse("desk:round_fix", args=[row.id]),
        reverse("desk:team_new", args=[row.id]) + "?day=x&shift=night", reverse("desk:team_edit", args=[team.id]),
        reverse("desk:visits"), reverse("desk:visits") + "?outcome=rectify&late=1&export=xlsx", reverse("desk:visit", args=[visit.id]),
        reverse("desk:visit_print", args=[visit.id]), reverse("desk:inspection_orders"),
        reverse("desk:inspection_orders") + "?late=1&sort=-due_at&export=csv", reverse("desk:inspection_order", args=[order.id]),
        reverse("desk:inspection_order_print", args=[order.id]), reverse("desk:inspection_order_pdf", args=[order.id]),
        reverse("desk:place", args=[visit.place_id]), reverse("desk:street"), reverse("desk:mine"),
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(ground, signed_in, language):
    row, team, found = ground.running("S-1", "S-2", "S-3")
    visit = ground.finish(found["S-2"], i1="not_met", i2="not_met", files=ground.photos("2"))
    order = Order.objects.get(visit=visit)
    orders.comply(by=ground.cast.nanxiang, order=order)
    person = ground.cast.jinbo
    person.language = language
    person.save()
    browser = signed_in(person)
    browser.cookies["django_language"] = language
    for address in addresses(row, visit, order, team):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert b"".join(answer) != b"", address


def test_empty_lists_teach(ground, signed_in):
    browser = signed_in(ground.cast.jinbo)
    assert "新建第一轮检查" in words(browser.get(reverse("desk:rounds")))
    assert "还没有检查记录" in words(browser.get(reverse("desk:visits")))
    assert "自动生成" in words(browser.get(reverse("desk:inspection_orders")))


def test_a_round_from_beginning_to_end_in_the_browser(ground, signed_in):
    cast = ground.cast
    person = signed_in(cast.nanxiang)
    form = {"name": "节前检查", "area": "310114102", "starts_on": "2021-09-16", "ends_on": "2021-09-15"}
    assert person.post(reverse("desk:round_new"), form).status_code == 422
    assert (
        person.post(
            reverse("desk:round_new"), {**form, "area": "310114", "ends_on": "2021-09-17"}
        ).status_code
        == 422
    )
    person = signed_in(cast.jinbo)
    answer = person.post(reverse("desk:round_new"), {**form, "ends_on": "2021-09-17"})
    row = Round.objects.get()
    assert answer.url == reverse("desk:round_places", args=[row.id])

    choose = reverse("desk:round_choose", args=[row.id])
    asked = {"kinds": ["shop"], "shift": "day", "numbers": "X-1", "minutes": "15"}
    page = person.post(choose, asked)
    assert "会加入 3 个场所" in words(page)
    assert "名单里有 1 个找不到" in words(page)
    assert Visit.objects.count() == 0  # nothing before it is confirmed
    assert person.post(choose, {**asked, "contracted": "查无此人"}).status_code == 422
    assert person.post(choose, {}).status_code == 422
    assert person.post(choose, {**asked, "confirm": "1"}).status_code == 302
    assert Visit.objects.count() == 3
    person.post(reverse("desk:round_add", args=[row.id]), {"place": "夜宵排档"})
    assert Visit.objects.count() == 4

    team_form = {
        "name": "一组",
        "on_day": "2021-09-16",
        "shift": "day",
        "travel": "foot",
        "people": [str(cast.xuncha.id)],
    }
    assert (
        person.post(reverse("desk:team_new", args=[row.id]), {**team_form, "begins": "09:00"}).status_code
        == 422
    )
    assert person.post(reverse("desk:team_new", args=[row.id]), team_form).status_code == 302
    assert (
        person.post(reverse("desk:team_new", args=[row.id]), {**team_form, "name": "二组"}).status_code == 422
    )  # somebody is busy
    team = Team.objects.get()
    day = [visit for visit in Visit.objects.all() if visit.place.number != "S-3"]
    person.post(
        reverse("desk:round_assign", args=[row.id]),
        {"team": str(team.id), "row": [str(visit.id) for visit in day]},
    )
    assert Visit.objects.filter(team=team).count() == 3
    night = Visit.objects.get(place__number="S-3")
    page = person.post(
        reverse("desk:round_assign", args=[row.id]),
        {"team": str(team.id), "row": [str(night.id)]},
        follow=True,
    )
    assert "没有开门" in words(page)
    person.post(reverse("desk:round_take_out", args=[row.id]), {"row": [str(night.id)]})
    assert Visit.objects.get(pk=night.pk).status == "removed"
    person.post(reverse("desk:visit_step", args=[night.id, "restore"]))
    person.post(reverse("desk:round_copy_day", args=[row.id]), {"source": "2021-09-16"})
    assert Team.objects.filter(on_day="2021-09-17").count() == 1

    assert person.post(reverse("desk:round_step", args=[row.id, "start"])).status_code == 302
    row.refresh_from_db()
    assert row.status == "running"
    page = person.post(reverse("desk:round_step", args=[row.id, "close"]), follow=True)
    assert "还有 4 个场所" in words(page) or "4 个场所" in words(page)
    person.post(reverse("desk:round_step", args=[row.id, "close"]), {"close-reason": "提前结束"})
    row.refresh_from_db()
    assert row.status == "closed"
    person.post(reverse("desk:round_step", args=[row.id, "reopen"]))
    person.post(reverse("desk:team_withdraw", args=[team.id]))
    person.post(reverse("desk:team_restore", args=[team.id]))
    assert Visit.objects.filter(team=team).count() == 3


def test_a_visit_and_its_order_in_the_browser(ground, signed_in):
    _row, _team, found = ground.running("S-2")
    visit = found["S-2"]
    browser = signed_in(ground.cast.xuncha)
    answer = browser.post(reverse("desk:visit_step", args=[visit.id, "start"]))
    finish = reverse("desk:visit_finish", args=[visit.id])
    assert answer.url == finish
    said = {f"v-{item.id}": "met" for item in ground.items}
    page = browser.post(finish, {**said, f"v-{ground.items[1].id}": "not_met", "note": "记住我"})
    assert page.status_code == 422
    assert "要有照片" in words(page)
    assert "记住我" in words(page)  # what was typed is kept
    assert browser.post(finish, {f"v-{ground.items[0].id}": "met"}).status_code == 422
    assert words(browser.get(finish + "?all=met")).count("checked") == 4
    answer = browser.post(finish, {
        **said, f"v-{ground.items[1].id}": "not_met", f"p-{ground.items[1].id}": picture(), f"v-{ground.items[2].id}": "not_met",
        "photos": picture("门头.png"), "name": "王店长", "capacity": "店长", "signature": picture("签名.png"), "at": "2021-09-16T09:00",
    })  # fmt: skip
    assert answer.status_code == 302
    order = Order.objects.get()
    assert order.kind == "shut"
    page = words(browser.get(reverse("desk:inspection_order", args=[order.id])))
    assert "王店长" in page
    assert "正在关停" in page
    assert "王店长" not in words(
        signed_in(ground.cast.zhihui).get(reverse("desk:inspection_order", args=[order.id]))
    )
    step = lambda name: reverse("desk:inspection_order_step", args=[order.id, name])  # noqa: E731
    browser.post(step("comply"), {"note": "已清理", "photos": picture("整改后.png")})
    order.refresh_from_db()
    assert order.status == "complied"
    back = Visit.objects.get(kind="look_back")
    asked = browser.get(reverse("desk:visit_finish", args=[back.id]))
    assert words(asked).count('<section class="panel"><fieldset') == 2  # only what was not met
    browser.post(reverse("desk:visit_finish", args=[back.id]), dict.fromkeys(said, "met"))
    order.refresh_from_db()
    assert order.status == "passed"
    assert Place.objects.get(pk=visit.place_id).shut_at is None


def test_what_was_found_becomes_a_case(ground, signed_in):
    _row, _team, found = ground.running("S-2")
    visit = ground.finish(found["S-2"], i1="not_met")
    answer = signed_in(ground.cast.nanxiang).post(
        reverse("desk:visit_case", args=[visit.id]), {"item": str(ground.items[0].id)}
    )
    case = Case.objects.get()
    assert answer.url == reverse("desk:case", args=[case.id])
    assert (case.source, case.place_id) == ("inspection", visit.place_id)
    assert "入口测温" in case.title
    assert case.number in words(signed_in(ground.cast.nanxiang).get(reverse("desk:visit", args=[visit.id])))


def test_other_steps_of_a_visit(ground, signed_in):
    _row, _team, found = ground.running("S-1", "S-2", "S-4")
    person = signed_in(ground.cast.nanxiang)

    def step(visit, name, **said):
        return person.post(reverse("desk:visit_step", args=[visit.id, name]), said, follow=True)

    assert "要说明原因" in words(step(found["S-1"], "not_open"))
    assert "未开门" in words(step(found["S-1"], "not_open", reason="关门"))
    assert "待检查" in words(step(found["S-1"], "plan_again"))
    assert "不去了" in words(step(found["S-1"], "skip", reason="停业"))
    ground.finish(found["S-2"])
    assert "撤回" in words(step(found["S-2"], "take_back", reason="误"))
    assert Visit.objects.get(pk=found["S-2"].pk).status == "started"
    assert person.post(reverse("desk:visit_step", args=[found["S-4"].id, "dance"])).status_code == 404
    spot = person.post(reverse("desk:visit_spot", args=[ground.places["S-3"].id]))
    assert spot.url == reverse("desk:visit_finish", args=[Visit.objects.get(kind="spot").id])


def test_rights_at_the_desk(ground, signed_in):
    row, team, found = ground.running("S-2")
    visit = ground.finish(found["S-2"], i1="not_met")
    order = Order.objects.get()
    stranger = signed_in(ground.cast.jiangqiao)
    for address in (
        reverse("desk:round", args=[row.id]), reverse("desk:visit", args=[visit.id]), reverse("desk:inspection_order", args=[order.id]),
        reverse("desk:inspection_order_pdf", args=[order.id]), reverse("desk:team_edit", args=[team.id]),
    ):  # fmt: skip
        assert stranger.get(address).status_code == 404, address
    assert signed_in(ground.cast.passer_by).get(reverse("desk:rounds")).status_code == 403
    looker = signed_in(ground.cast.zhihui)
    assert looker.get(reverse("desk:round", args=[row.id])).status_code == 200
    assert looker.get(reverse("desk:round_edit", args=[row.id])).status_code == 403
    assert (
        looker.post(reverse("desk:round_step", args=[row.id, "cancel"]), {"cancel-reason": "x"}).status_code
        == 403
    )
    assert looker.post(reverse("desk:inspection_order_step", args=[order.id, "comply"])).status_code == 403
    assert looker.get(reverse("desk:visit_finish", args=[visit.id])).status_code == 403
    assert looker.post(reverse("desk:visit_case", args=[visit.id])).status_code == 403
    assert not Case.objects.exists()


def test_orders_on_paper(ground, signed_in):
    _row, _team, found = ground.running("S-1", "S-2")
    for number in ("S-1", "S-2"):
        ground.finish(found[number], i1="not_met")
    person = signed_in(ground.cast.jinbo)
    first = Order.objects.get(number="ZG-2021-0001")
    answer = person.get(reverse("desk:inspection_order_pdf", args=[first.id]))
    assert answer.content.startswith(b"%PDF-")
    assert answer.content.count(b"/Type /Page\n") == 1
    page = words(person.get(reverse("desk:inspection_order_print", args=[first.id])))
    for piece in (
        "责令整改通知书",
        "ZG-2021-0001",
        "老街饭店",
        "入口测温、验码",
        "设专人测温验码",
        "24小时",
        "执法检查",
        "2021年9月17日",
    ):
        assert piece in page, piece
    both = person.post(
        reverse("desk:inspection_orders_print"), {"row": [str(order.id) for order in Order.objects.all()]}
    )
    assert both.content.count(b"/Type /Page\n") == 2
    assert person.post(reverse("desk:inspection_orders_print"), {"row": ["x"]}).status_code == 302


def test_a_draw_in_the_browser(ground, signed_in):
    row = ground.open_round()
    person = signed_in(ground.cast.jinbo)
    people = [str(ground.cast.xuncha.id), str(ground.cast.hecha.id)]
    fix = {
        "kinds": ["shop"],
        "places": "2",
        "people": people,
        "inspectors": "2",
        "crew": "2",
        "shares": "高 乱 写",
    }
    assert person.post(reverse("desk:round_fix", args=[row.id]), fix).status_code == 422
    assert (
        person.post(
            reverse("desk:round_fix", args=[row.id]), {**fix, "shares": "", "places": "99"}
        ).status_code
        == 422
    )
    assert person.post(reverse("desk:round_fix", args=[row.id]), {**fix, "shares": ""}).status_code == 302
    page = words(person.get(reverse("desk:round_draw", args=[row.id])))
    assert Round.objects.get().draw["commitment"] in page
    told = person.get(reverse("desk:round_draw_record", args=[row.id])).json()
    assert "secret" not in told
    assert "sealed" not in told
    said = {"public": "2021258 期", "source": "体彩", "day": "2021-09-16", "shift": "day"}
    assert person.post(reverse("desk:round_draw", args=[row.id]), {**said, "public": ""}).status_code == 422
    assert person.post(reverse("desk:round_draw", args=[row.id]), said).status_code == 302
    page = words(person.get(reverse("desk:round_draw", args=[row.id])))
    assert "结果完全一致" in page
    assert "secret" in person.get(reverse("desk:round_draw_record", args=[row.id])).json()
    person.post(reverse("desk:round_undraw", args=[row.id]), {"reason": "缺人"})
    assert "以前撤销的抽取" in words(person.get(reverse("desk:round_draw", args=[row.id])))


def test_late_orders_come_first_and_look_backs_are_mine(ground, signed_in):
    _row, _team, found = ground.running("S-1", "S-2")
    ground.finish(found["S-1"], i2="not_met", files=ground.photos("2"))
    ground.finish(found["S-2"], i1="not_met")
    with clock.at(at(9, 1, day=17)):
        orders.mark_late_orders()
        page = words(signed_in(ground.cast.nanxiang).get(reverse("desk:inspection_orders")))
        assert page.index("ZG-2021-0002") < page.index("ZG-2021-0001")
        assert "逾期未整改" in page
        assert "德华超市" in words(signed_in(ground.cast.nanxiang).get(reverse("desk:mine")))


def test_how_often_the_store_is_asked(ground, signed_in, count_queries):
    row, _team, found = ground.running("S-1", "S-2", "S-4")
    visit = ground.finish(found["S-2"], i1="not_met")
    person = signed_in(ground.cast.jinbo)
    drawing.fix_draw(by=ground.cast.jinbo, round=rounds.open_round(
        by=ground.cast.jinbo, campaign=ground.cast.campaign, name="抽查", starts_on=DAY, ends_on=DAY, area="310114102"),
        criteria={"kinds": ["shop"]}, draw=DrawRules(places=1))  # fmt: skip
    for name, address in (
        ("rounds list", reverse("desk:rounds")), ("round page", reverse("desk:round", args=[row.id])),
        ("round places", reverse("desk:round_places", args=[row.id])), ("visits list", reverse("desk:visits")),
        ("visit page", reverse("desk:visit", args=[visit.id])), ("orders list", reverse("desk:inspection_orders")),
        ("order page", reverse("desk:inspection_order", args=[Order.objects.get().id])),
    ):  # fmt: skip
        person.get(address)
        with count_queries(name):
            assert person.get(address).status_code == 200


# --- for machines ----------------------------------------------------------------------------------------------------


def test_the_same_over_the_api(ground, signed_in):
    cast = ground.cast
    office, phone = signed_in(cast.jinbo), signed_in(cast.xuncha)

    def send(browser, path, body=None, method="post", status=200):
        answer = getattr(browser, method)(
            f"/api/inspections/{path}", body or {}, content_type="application/json"
        )
        assert answer.status_code == status, answer.content
        return answer.json()

    row = send(office, "rounds", {"campaign": "expo", "name": "接口检查", "starts_on": "2021-09-16", "ends_on": "2021-09-17",
                                  "area": "310114102"}, status=201)  # fmt: skip
    path = f"rounds/{row['id']}"
    assert send(office, f"{path}/places", {"kinds": ["shop"], "shift": "day", "preview": True})["new"] == 3
    chosen = send(office, f"{path}/places", {"kinds": ["shop"], "shift": "day"})
    assert (chosen["new"], chosen["unknown"]) == (3, 1)
    assert send(office, f"{path}/places", status=400)["code"] == "round.nothing_asked"
    assert send(office, f"{path}/places/{chosen['undo']}", method="delete") == {"removed": 3}
    send(office, f"{path}/places", {"numbers": ["S-2"]})
    team = send(
        office, f"{path}/teams", {"name": "一组", "on_day": "2021-09-16", "people": ["xuncha"]}, status=201
    )
    team = send(office, f"teams/{team['id']}", {"version": team["version"], "travel": "bike"}, method="patch")
    assert (team["travel"], team["people"]) == ("bike", ["xuncha"])
    listed = office.get(f"/api/inspections/visits?round={row['id']}").json()["items"]
    assert send(office, f"{path}/assign", {"visits": [listed[0]["id"]], "team": team["id"]}) == {
        "assigned": 1
    }
    assert send(office, f"{path}/steps/start")["status"] == "running"
    assert send(office, f"{path}/steps/dance", status=404)["code"] == "access.not_found"

    mine = phone.get("/api/inspections/visits?mine=1").json()["items"]
    assert [each["place"] for each in mine] == ["德华超市"]
    visit = send(
        phone,
        f"visits/{mine[0]['id']}/steps/start",
        {"lon": 121.31, "lat": 31.29, "accuracy": 5, "at": "2021-09-16T08:50:00+08:00"},
    )
    assert visit["status"] == "started"
    findings = [{"item": item, "verdict": "met"} for item in visit["items"]]
    findings[1]["verdict"] = "not_met"
    finish = f"visits/{visit['id']}/finish"
    assert send(phone, finish, {"findings": findings}, status=400)["code"] == "visit.photo_needed"
    answer = phone.post(
        f"/api/inspections/visits/{visit['id']}/photos?item={visit['items'][1]}", {"file": picture()}
    )
    assert answer.status_code == 201
    done = send(phone, finish, {"findings": findings, "signer": {"name": "王店长", "capacity": "店长"}})
    assert done["outcome"] == "rectify"
    again = send(phone, finish, {"findings": findings}, status=409)
    assert again["code"] == "visit.done_already"
    assert "执法检查" in again["details"]["who"]

    order = f"orders/{done['order_id']}"
    assert phone.get(f"/api/inspections/{order}").json()["signed_as"] == "店长"
    assert "王店长" not in words(phone.get(f"/api/inspections/{order}"))
    assert send(phone, f"{order}/steps/comply", {"note": "已消毒"})["status"] == "complied"
    back = office.get("/api/inspections/visits?kind=look_back").json()["items"][0]
    send(phone, f"visits/{back['id']}/finish", {"findings": [{"item": visit["items"][1], "verdict": "met"}]})
    assert office.get("/api/inspections/orders?status=passed").json()["items"][0]["id"] == done["order_id"]
    assert office.get(f"/api/inspections/{path}").json()["progress"]["done"] == 1
    assert signed_in(cast.jiangqiao).get(f"/api/inspections/{path}").status_code == 404
    assert signed_in(cast.passer_by).get("/api/inspections/rounds").status_code == 403
