"""The daily survey, the register's pages and hand-over at the desk and over the API: what opens, who may, what is undone."""

import html
import json

import pytest
from django.test import Client
from django.urls import reverse

from guatu.kernel import clock
from guatu.kernel.models import SightLog
from guatu.places import acts
from guatu.places.models import Place, PlaceSurvey
from guatu.units import acts as unit_acts
from guatu.units.models import Contract, HandOver
from guatu.units.reads import limits

pytestmark = pytest.mark.django_db
NANXIANG = "310114102"


def words(answer):
    return html.unescape(answer.content.decode())


@pytest.fixture
def street(cast):
    """A building with two enterprises and two shops along a road; the inspector answers for the building and one shop."""
    building = acts.register_place(
        by=cast.nanxiang, name="华山大厦", kind="building", number="L1", area="古猗园社区居委会", road="愚园路",
        address="愚园路100号", campaign=cast.campaign,
    )  # fmt: skip
    inside = [
        acts.register_place(
            by=cast.nanxiang, name=f"企业{index}", kind="enterprise", within=building, campaign=cast.campaign
        )
        for index in range(2)
    ]
    shops = [
        acts.register_place(
            by=cast.nanxiang, name=f"商铺{number}", kind="shop", area="古猗园社区居委会", road="愚园路",
            address=f"愚园路{number}号", campaign=cast.campaign,
        )
        for number in (12, 9)
    ]  # fmt: skip
    for place, kind in ((building, "building"), (shops[0], "block")):
        unit_acts.sign_contract(by=cast.nanxiang, person=cast.passer_by, kind=kind, place=place)
    return {"building": building, "inside": inside, "shops": shops}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(cast, street, signed_in, language):
    browser = signed_in(cast.nanxiang)
    browser.cookies["django_language"] = language
    place = street["building"]
    batch = unit_acts.assign_places(by=cast.nanxiang, places=street["shops"], person=cast.xuncha, kind="road")
    acts.survey_place(
        by=cast.nanxiang, place=place, outcome="changed", opened=[acts.NewMerchant("新店")], closed=[street["inside"][0]]
    )  # fmt: skip
    for address in (
        reverse("desk:surveys"), reverse("desk:surveys") + f"?area={NANXIANG}&day=2021-09-01", reverse("desk:surveys") + "?area=x&day=y",
        reverse("desk:my_places"), reverse("desk:places_of", args=[cast.xuncha.id]), reverse("desk:survey_place", args=[place.id]),
        reverse("desk:road") + "?name=愚园路", reverse("desk:road"), reverse("desk:place", args=[place.id]),
        reverse("desk:place", args=[street["inside"][0].id]), reverse("desk:place_edit", args=[place.id]),
        reverse("desk:gaps"), reverse("desk:handovers"), reverse("desk:handover", args=[batch.id]),
        reverse("desk:hand_over", args=[cast.xuncha.id]), reverse("desk:mine"),
        reverse("desk:places") + "?kind=shop&road=愚园路&contracted=yes&surveyed=left&state=open",
        reverse("desk:places") + "?contracted=no&surveyed=today&state=closed", reverse("desk:places") + "?state=shut&risk=high",
    ):  # fmt: skip
        answer = browser.get(address)
        assert answer.status_code == 200, address
    assert signed_in(cast.jinbo).get(reverse("desk:contract_limits")).status_code == 200


def test_two_taps_from_ones_own_places(cast, street, signed_in, count_queries):
    browser = signed_in(cast.passer_by)  # holds no post, only contracts
    page = words(browser.get(reverse("desk:my_places")))
    assert "华山大厦" in page
    assert "商铺12" in page
    assert "商铺9" not in page
    assert "今天已摸排 0 / 2 处" in page
    assert "今天已摸排 0 / 2 处" in words(browser.get(reverse("desk:mine")))
    building, shop = street["building"], street["shops"][0]
    back = reverse("desk:my_places")
    answer = browser.post(
        reverse("desk:survey_place", args=[shop.id]), {"outcome": "unchanged", "next": back}
    )
    assert answer["Location"] == back
    given = {
        "outcome": "changed",
        "opened": "新开咖啡馆，catering，一楼\n\n奶茶店",
        "closed": [str(street["inside"][0].id)],
    }
    page = words(
        browser.post(reverse("desk:survey_place", args=[building.id]), {**given, "next": back}, follow=True)
    )
    assert "今天新开 2 家，关停 1 家" in page
    assert "今天已摸排 2 / 2 处" in page
    fresh = Place.objects.get(name="新开咖啡馆")
    assert (fresh.industry, fresh.address, fresh.within) == ("catering", "一楼", building)
    said = PlaceSurvey.objects.get(place=building)
    assert (said.opened, said.closed, said.households, said.campaign) == (2, 1, 3, cast.campaign)
    undone = browser.post(reverse("desk:survey_undo", args=[said.id]), {"next": back}, follow=True)
    assert "已撤回今天对" in words(undone)
    fresh.refresh_from_db()
    assert fresh.withdrawn
    with count_queries("my places"):
        browser.get(back)


def test_what_the_survey_form_refuses(cast, street, signed_in):
    browser = signed_in(cast.passer_by)
    address = reverse("desk:survey_place", args=[street["building"].id])
    nothing = browser.post(address, {"outcome": "changed"})
    assert nothing.status_code == 422
    assert "没有写是什么变化" in words(nothing)
    assert browser.post(address, {"outcome": "changed", "closed": "x"}).status_code == 422
    assert browser.post(address, {"outcome": "changed", "opened": "店\n" * 60}).status_code == 422
    away = browser.post(address, {"outcome": "unchanged", "next": "https://elsewhere.example/"})
    assert away["Location"] == reverse("desk:my_places")
    assert "elsewhere" not in words(browser.get(address + "?next=javascript:alert(1)"))
    theirs = reverse("desk:survey_place", args=[street["shops"][1].id])
    assert browser.get(theirs).status_code == 404
    assert signed_in(cast.hecha).get(theirs).status_code == 403
    assert signed_in(cast.jiangqiao).get(theirs).status_code == 404
    said = PlaceSurvey.objects.get()
    assert signed_in(cast.jiangqiao).post(reverse("desk:survey_undo", args=[said.id])).status_code == 404


def test_the_day_of_a_street(cast, street, signed_in, count_queries):
    acts.survey_place(
        by=cast.nanxiang, place=street["building"], outcome="changed", opened=[acts.NewMerchant("新开咖啡馆")]
    )  # fmt: skip
    acts.survey_place(by=cast.xuncha, place=street["shops"][0], outcome="not_reached")
    browser = signed_in(cast.nanxiang)
    page = words(browser.get(reverse("desk:surveys")))
    for text in ("古猗园社区居委会", "1 / 3", "未能进入 1", "新开咖啡馆", "商铺9", "执法检查"):
        assert text in page
    assert "企业0" not in page.split('id="left"')[1]
    with count_queries("survey of a day"):
        browser.get(reverse("desk:surveys"))
    yesterday = words(browser.get(reverse("desk:surveys") + "?day=2021-09-15"))
    assert "新开咖啡馆" not in yesterday
    assert signed_in(cast.passer_by).get(reverse("desk:surveys")).status_code == 403


def test_a_road_in_the_order_of_its_numbers(cast, street, signed_in, count_queries):
    browser = signed_in(cast.nanxiang)
    page = words(browser.get(reverse("desk:road") + "?name=愚园路"))
    table = page.split("<tbody")[1]
    assert table.index("商铺9") < table.index("商铺12") < table.index("华山大厦")
    assert "企业0" not in table
    with count_queries("road"):
        browser.get(reverse("desk:road") + "?name=愚园路")
    assert "商铺9" not in words(signed_in(cast.jiangqiao).get(reverse("desk:road") + "?name=愚园路"))


def test_a_building_lists_who_is_in_it(cast, street, signed_in, count_queries):
    browser = signed_in(cast.nanxiang)
    building = street["building"]
    acts.close_place(by=cast.nanxiang, place=street["inside"][0])
    page = words(browser.get(reverse("desk:place", args=[building.id])))
    assert "在用 1 家，停用 1 家；今天新开 0，关停 1" in page
    assert "登记一家" in page
    assert "华山大厦" in words(browser.get(reverse("desk:place", args=[street["inside"][1].id])))
    with count_queries("building"):
        browser.get(reverse("desk:place", args=[building.id]))


def test_closing_and_opening_with_a_way_back(cast, street, signed_in):
    browser = signed_in(cast.nanxiang)
    shop = street["shops"][0]
    page = words(browser.post(reverse("desk:place_close", args=[shop.id]), {"version": 1}, follow=True))
    assert reverse("desk:place_open", args=[shop.id]) in page
    stale = words(browser.post(reverse("desk:place_close", args=[shop.id]), {"version": 1}, follow=True))
    assert "已恢复启用" not in stale
    assert "已恢复启用" in words(browser.post(reverse("desk:place_open", args=[shop.id]), follow=True))
    assert (
        signed_in(cast.hecha).post(reverse("desk:place_close", args=[shop.id]), follow=True).status_code
        == 200
    )
    shop.refresh_from_db()
    assert shop.closed_on is None


def test_the_contact_is_masked_until_a_reason_is_given(cast, street, signed_in):
    shop = street["shops"][0]
    acts.edit_place(
        by=cast.nanxiang, place=shop, changes={}, contact={"name": "王师傅", "phone": "13812345678"}
    )
    address = reverse("desk:place_contact", args=[shop.id])
    browser = signed_in(cast.nanxiang)
    page = words(browser.get(reverse("desk:place", args=[shop.id])))
    assert "138****5678" in page
    assert "13812345678" not in page
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert SightLog.objects.count() == 0
    shown = browser.post(address, {"reason": "通知停水"})
    assert "13812345678" in words(shown)
    assert "no-store" in shown["Cache-Control"]
    assert SightLog.objects.get().reason == "通知停水"
    assert signed_in(cast.hecha).post(address, {"reason": "想看看它"}).status_code == 422
    exported = browser.get(reverse("desk:places") + "?export=csv&all_columns=1")
    assert "13812345678" not in b"".join(exported.streaming_content).decode()


def test_the_form_knows_building_road_and_contact(cast, street, signed_in):
    browser = signed_in(cast.nanxiang)
    form = {
        "name": "新公司",
        "kind": "企业",
        "system": "wgs84",
        "within": "L1",
        "risk": "high",
        "contact_name": "李",
        "contact_phone": "13800000000",
    }
    browser.post(reverse("desk:place_new"), form)
    row = Place.objects.get(name="新公司")
    assert (row.kind, row.within, row.area, row.risk) == (
        "enterprise",
        street["building"],
        street["building"].area,
        "high",
    )
    wrong = browser.post(reverse("desk:place_new"), {**form, "name": "另", "within": "没有这幢"})
    assert wrong.status_code == 422
    assert "没有这幢" in words(wrong)
    bad = browser.post(reverse("desk:place_new"), {**form, "name": "另", "contact_phone": "电话"})
    assert bad.status_code == 422
    edit = {
        **form,
        "version": 1,
        "number": row.number,
        "area": row.area,
        "contact_name": "",
        "contact_phone": "",
        "risk": "",
    }
    browser.post(reverse("desk:place_edit", args=[row.id]), edit)
    row.refresh_from_db()
    assert row.risk == ""
    assert row.contact  # left empty, it stays
    browser.post(
        reverse("desk:place_edit", args=[row.id]),
        {**edit, "version": 2, "contact_name": "-", "contact_phone": "-"},
    )
    row.refresh_from_db()
    assert row.contact == {}


def test_several_places_changed_and_back(cast, street, signed_in):
    browser = signed_in(cast.nanxiang)
    keys = [str(row.id) for row in street["shops"]]
    page = words(
        browser.post(reverse("desk:places_change"), {"row": [*keys, "x"], "risk": "high"}, follow=True)
    )
    assert "已修改 2 个点位" in page
    assert Place.objects.filter(risk="high").count() == 2
    token = next(key for key in dict(browser.session) if key.startswith("places-")).removeprefix("places-")
    undo = reverse("desk:places_unchange", args=[token])
    assert "已撤销 2 处修改" in words(browser.post(undo, follow=True))
    assert Place.objects.filter(risk="high").count() == 0
    assert browser.post(undo).status_code == 404
    nothing = words(browser.post(reverse("desk:places_change"), {"row": keys}, follow=True))
    assert "没有选要改成什么" in nothing
    assert signed_in(cast.hecha).post(reverse("desk:places_change"), {"row": keys}).status_code == 403


def test_a_gap_gets_a_person_and_is_a_gap_again(cast, street, signed_in):
    browser = signed_in(cast.nanxiang)
    assert "商铺9" in words(browser.get(reverse("desk:gaps") + f"?area={NANXIANG}"))
    keys = {"row": [str(street["shops"][1].id)]}
    address = reverse("desk:places_assign")
    form = browser.post(address, keys)
    assert form.status_code == 200
    assert "商铺9" in words(form)
    unknown = browser.post(address, {**keys, "person": "没有这个人", "kind": "block"})
    assert unknown.status_code == 422
    done = browser.post(address, {**keys, "person": "xuncha", "kind": "block"})
    batch = HandOver.objects.get()
    assert done["Location"] == reverse("desk:handover", args=[batch.id])
    assert (
        "商铺9" not in words(browser.get(reverse("desk:gaps") + f"?area={NANXIANG}")).split('id="areas"')[0]
    )
    browser.post(reverse("desk:handover_undo", args=[batch.id]))
    assert "商铺9" in words(browser.get(reverse("desk:gaps") + f"?area={NANXIANG}"))
    assert "没有选中点位" in words(browser.post(address, {}, follow=True))


def test_hand_over_with_a_preview(cast, street, signed_in):
    address = reverse("desk:hand_over", args=[cast.passer_by.id])
    assert signed_in(cast.hecha).get(address).status_code == 403
    assert signed_in(cast.jiangqiao).get(address).status_code == 404
    browser = signed_in(cast.nanxiang)
    rows = [str(row.id) for row in Contract.objects.filter(person=cast.passer_by)]
    seen = words(browser.post(address, {"row": rows, "to": "nanxiang、xuncha"}))
    assert "确认交接" in seen
    assert Contract.objects.filter(person=cast.passer_by, ended=False).count() == 2
    chosen = {
        "row": rows,
        "to": "nanxiang xuncha",
        f"to-{rows[0]}": str(cast.xuncha.id),
        f"to-{rows[1]}": str(cast.xuncha.id),
    }
    done = browser.post(address, {**chosen, "confirm": "1"}, follow=True)
    assert "已交接 2 份责任包干" in words(done)
    assert (
        Contract.objects.filter(
            person=cast.xuncha, ended=False, place__in=[street["building"], street["shops"][0]]
        ).count()
        == 2
    )
    assert browser.post(address, {"row": [], "to": "没有这个人"}).status_code == 422
    past = words(browser.get(reverse("desk:place", args=[street["building"].id])))
    assert "以前谁负责" in past


def test_closing_an_account_leads_to_the_hand_over(cast, street, signed_in):
    answer = signed_in(cast.jinbo).post(reverse("desk:person_close", args=[cast.xuncha.id]))
    assert answer["Location"] == reverse("desk:hand_over", args=[cast.xuncha.id])


def test_limits_are_set_by_the_office(cast, signed_in):
    browser = signed_in(cast.jinbo)
    shipped = limits()
    given = {kind: str(number) for kind, number in shipped.items()}
    browser.post(reverse("desk:contract_limits"), {**given, "building": "4"})
    assert limits()["building"] == 4
    browser.post(reverse("desk:contract_limits"), {**given, "building": "10"})
    assert limits() == shipped
    assert browser.post(reverse("desk:contract_limits"), {**given, "building": "0"}).status_code == 422
    assert signed_in(cast.nanxiang).get(reverse("desk:contract_limits")).status_code == 403


# ------------------------------------------------------------------------------------------- for machines


@pytest.fixture
def machine(cast):
    """`machine(cast.nanxiang)`: a client that carries that person's token."""

    def client_of(person):
        _token, text = unit_acts.make_token(by=person, person=person, name="test")
        return Client(headers={"Authorization": f"Bearer {text}"})

    return client_of


def send(client, address, body):
    return client.post(address, json.dumps(body), content_type="application/json")


def test_the_survey_over_the_api(cast, street, machine):
    phone = machine(cast.passer_by)
    mine = phone.get("/api/my/places").json()["items"]
    assert {row["name"] for row in mine} == {"华山大厦", "商铺12"}
    address = f"/api/places/{street['building'].id}/survey"
    body = {
        "outcome": "changed",
        "opened": [{"name": "新开咖啡馆"}],
        "lon": 121.31,
        "lat": 31.29,
        "accuracy": 8,
    }
    answer = send(phone, address, body)
    assert answer.status_code == 201
    said = answer.json()
    assert (said["opened"], said["outcome"], said["on_day"]) == (1, "changed", clock.today().isoformat())
    assert Place.objects.get(id=said["opened_ids"][0]).name == "新开咖啡馆"
    assert send(phone, address, {"outcome": "fine"}).json()["code"] == "place.survey_unknown"
    assert send(phone, address, {"outcome": "unchanged", "lat": 200}).json()["code"] == "api.invalid"
    assert (
        send(phone, f"/api/places/{street['shops'][1].id}/survey", {"outcome": "unchanged"}).status_code
        == 404
    )
    desk = machine(cast.nanxiang)
    assert [row["id"] for row in desk.get(f"/api/surveys?area={NANXIANG}").json()["items"]] == [said["id"]]
    lines = desk.get(f"/api/surveys/standing?area={NANXIANG}&by=kind").json()
    assert {line["code"]: (line["surveyed"], line["total"]) for line in lines} == {
        "building": (1, 1),
        "shop": (0, 2),
    }
    assert {row["name"] for row in desk.get("/api/places?surveyed=left&kind=shop").json()["items"]} == {
        "商铺9",
        "商铺12",
    }
    assert (
        desk.get(f"/api/places?within={street['building'].id}&state=open&limit=500").json()["items"][-1][
            "name"
        ]
        == "新开咖啡馆"
    )
    assert phone.get("/api/surveys").status_code == 403
    assert machine(cast.jiangqiao).get("/api/surveys").json()["items"] == []
    assert machine(cast.jiangqiao).delete(f"/api/surveys/{said['id']}").status_code == 404
    assert phone.delete(f"/api/surveys/{said['id']}").status_code == 200
    assert phone.delete(f"/api/surveys/{said['id']}").json()["code"] == "place.survey_taken_back"


def test_the_register_over_the_api(cast, street, machine):
    desk = machine(cast.nanxiang)
    body = {
        "name": "新公司", "kind": "enterprise", "within_id": str(street["building"].id), "contact_name": "李", "contact_phone": "13800000000",
        "risk": "high",
    }  # fmt: skip
    made = send(desk, "/api/places", body).json()
    assert (made["within_id"], made["has_contact"], made["risk"]) == (
        str(street["building"].id),
        True,
        "high",
    )
    assert "13800000000" not in json.dumps(made)
    patch = {"version": made["version"], "within_id": None, "industry": "office"}
    changed = desk.patch(
        f"/api/places/{made['id']}", json.dumps(patch), content_type="application/json"
    ).json()
    assert (changed["within_id"], changed["industry"], changed["has_contact"]) == (None, "office", True)
    closed = send(desk, f"/api/places/{made['id']}/close", {"version": changed["version"]}).json()
    assert closed["closed_on"] == clock.today().isoformat()
    assert send(desk, f"/api/places/{made['id']}/close", {}).json()["code"] == "place.closed"
    assert send(desk, f"/api/places/{made['id']}/open", {}).json()["closed_on"] is None
    desk.delete(f"/api/places/{made['id']}")
    assert send(desk, f"/api/places/{made['id']}/restore", {}).json()["withdrawn"] is False
    assert {row["name"] for row in desk.get("/api/places?contracted=true&road=愚园路").json()["items"]} == {
        "华山大厦",
        "商铺12",
    }
    assert desk.get("/api/places?state=sideways").json()["code"] == "api.invalid"


def test_hand_over_over_the_api(cast, street, machine):
    desk = machine(cast.jinbo)
    rows = list(Contract.objects.filter(person=cast.passer_by).values_list("id", flat=True))
    moves = [{"contract_id": str(key), "to": "xuncha"} for key in rows]
    made = send(desk, "/api/people/passer_by/hand-over", {"moves": moves})
    assert made.status_code == 201
    batch = made.json()
    assert (batch["count"], batch["person"], len(batch["new"])) == (2, "passer_by", 2)
    assert [row["id"] for row in desk.get("/api/handovers?person=passer_by").json()["items"]] == [batch["id"]]
    assert (
        send(desk, "/api/people/passer_by/hand-over", {"moves": []}).json()["code"]
        == "contract.nothing_chosen"
    )
    assert send(desk, f"/api/handovers/{batch['id']}/undo", {}).json()["undone"] is True
    assert send(desk, f"/api/handovers/{batch['id']}/undo", {}).json()["code"] == "contract.undone"
    assign = {"person": "xuncha", "kind": "road", "place_ids": [str(row.id) for row in street["shops"]]}
    assert send(desk, "/api/contracts/assign", assign).json()["count"] == 2
    assert send(machine(cast.hecha), "/api/contracts/assign", assign).status_code == 403
    assert send(machine(cast.jiangqiao), "/api/contracts/assign", assign).status_code == 404
