"""Pages of working together: panels, forms with their refusals, who is shown what, how often the store is asked."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from guatu.cases import acts
from guatu.cases.models import Case, Comment, HandOver, JointPart
from guatu.desk.views import case_joint
from guatu.kernel import calendar
from guatu.kernel.acts import SYSTEM
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
def case(ground: Cast) -> Case:
    draft = acts.Draft(title="沪宜公路暴露垃圾", area=NANXIANG, class_code="0101", lon=121.32, lat=31.29)
    row = acts.report_case(by=ground.xuncha, campaign=ground.campaign, draft=draft)
    row = acts.file_case(by=ground.chengyun, case=row)
    row = acts.dispatch_case(by=ground.chengyun, case=row, unit=ground.units["nxz"])
    return acts.accept_case(by=ground.nanxiang, case=row)


def page(client: Client, case: Case) -> str:
    answer = client.get(reverse("desk:case", args=[case.id]))
    assert answer.status_code == 200
    return answer.content.decode()


def at(name: str, *args: Any) -> str:
    return reverse(f"desk:{name}", args=args)


def test_a_part_goes_its_way_through_the_pages(ground: Cast, case: Case, signed_in: Signed) -> None:
    lead, helper = signed_in(ground.nanxiang), signed_in(ground.lvrong)
    assert "请其他单位协同" in page(lead, case)
    assert helper.get(at("case", case.id)).status_code == 404
    answer = lead.post(
        at("case_part_give", case.id),
        {"part-unit": ground.units["lrj"].id, "part-what": "清运绿化垃圾", "version": case.version},
    )
    assert answer.status_code == 302
    part = JointPart.objects.get()
    shown = page(helper, case)
    assert "清运绿化垃圾" in shown
    assert at("case_part_step", part.id, "accept") in shown
    assert helper.post(at("case_part_step", part.id, "accept"), {"version": 1}).status_code == 302
    done = helper.post(
        at("case_part_step", part.id, "done"),
        {f"done-{part.id}-note": "已清", f"done-{part.id}-photos": photo("后.jpg"), "version": 2},
    )
    assert done.status_code == 302
    assert "已完成" in page(lead, case)
    assert "后.jpg" in page(lead, case)


def test_what_was_typed_stands_again_when_it_is_refused(ground: Cast, case: Case, signed_in: Signed) -> None:
    client = signed_in(ground.nanxiang)
    answer = client.post(
        at("case_part_give", case.id),
        {"part-unit": ground.units["lrj"].id, "part-what": "清运绿化垃圾", "part-due_at": "2020-01-01T09:00"},
    )
    assert answer.status_code == 422
    assert "已经过去了" in answer.content.decode()
    assert "清运绿化垃圾" in answer.content.decode()
    for name in ("case_part_give", "case_offer", "case_comment"):
        assert client.post(at(name, case.id), {}).status_code == 422
        assert client.get(at(name, case.id)).status_code == 200
    assert not JointPart.objects.exists()


def test_the_refusal_to_handle_names_the_open_part(ground: Cast, case: Case, signed_in: Signed) -> None:
    part = acts.give_part(by=ground.nanxiang, case=case, unit=ground.units["lrj"], what="清运")
    client = signed_in(ground.nanxiang)
    answer = client.post(
        at("case_step", case.id, "handle"),
        {"handle-note": "完", "handle-photos": photo(), "version": case.version},
    )
    assert answer.status_code == 422
    assert "绿容局“清运”" in answer.content.decode()
    assert client.post(at("case_part_step", part.id, "take_back"), {"version": 1}).status_code == 302
    helper = signed_in(ground.lvrong)
    assert helper.post(at("case_part_step", part.id, "accept")).status_code == 404


def test_a_case_is_handed_over_through_the_pages(ground: Cast, case: Case, signed_in: Signed) -> None:
    giver, taker = signed_in(ground.nanxiang), signed_in(ground.jiangqiao)
    giver.post(
        at("case_offer", case.id), {"offer-unit": ground.units["jqz"].id, "offer-reason": "在江桥一侧"}
    )
    row = HandOver.objects.get()
    assert "已提出移交给江桥镇" in page(giver, case)
    assert "想把这件移交给你们" in page(taker, case)
    assert taker.post(at("case_offer_step", row.id, "return"), {"refuse-reason": ""}).status_code == 422
    assert taker.post(at("case_offer_step", row.id, "accept"), {"version": 1}).status_code == 302
    assert Case.objects.get().unit == ground.units["jqz"]
    assert taker.post(at("case_offer_step", row.id, "accept")).status_code == 409
    assert "南翔镇 移交 江桥镇" in page(giver, case)


def test_an_offer_is_returned_or_taken_back(ground: Cast, case: Case, signed_in: Signed) -> None:
    giver, taker = signed_in(ground.nanxiang), signed_in(ground.lvrong)
    for answer, client in (("return", taker), ("take_back", giver)):
        row = acts.offer_case(by=ground.nanxiang, case=case, to_unit=ground.units["lrj"], reason="绿化带")
        done = client.post(at("case_offer_step", row.id, answer), {"refuse-reason": "不属我局", "version": 1})
        assert done.status_code == 302
        row.refresh_from_db()
        assert row.status == {"return": "returned", "take_back": "taken_back"}[answer]
    assert giver.get(at("case_offer_step", row.id, "nonsense")).status_code == 404


def test_a_comment_finds_the_names_in_its_text(ground: Cast, case: Case, signed_in: Signed) -> None:
    client = signed_in(ground.nanxiang)
    assert client.post(at("case_comment", case.id), {"comment-text": "请@核查员看看"}).status_code == 302
    said = Comment.objects.get()
    assert said.mentions == [str(ground.hecha.id)]
    assert "请@核查员看看" in page(signed_in(ground.hecha), case)
    refused = client.post(at("case_comment", case.id), {"comment-text": "请@绿容局看看"})
    assert refused.status_code == 422
    assert "绿容局看不到" in refused.content.decode()
    chosen = client.post(
        at("case_comment", case.id), {"comment-text": "看看", "comment-mentions": [str(ground.chengyun.id)]}
    )
    assert chosen.status_code == 302
    foreign = client.post(
        at("case_comment", case.id), {"comment-text": "看看", "comment-mentions": [str(ground.lvrong.id)]}
    )
    assert foreign.status_code == 422


def test_own_words_are_mended_and_withdrawn(ground: Cast, case: Case, signed_in: Signed) -> None:
    said = acts.comment(by=ground.nanxiang, case=case, text="明天办", public=True)
    own, other = signed_in(ground.nanxiang), signed_in(ground.chengyun)
    assert "上报人可见" in page(other, case)
    assert at("case_comment_step", said.id, "edit") not in page(other, case)
    assert other.post(at("case_comment_step", said.id, "withdraw")).status_code == 403
    assert "明天办" in own.get(at("case_comment_step", said.id, "edit")).content.decode()
    own.post(at("case_comment_step", said.id, "edit"), {"comment-text": "今天办", "version": 1})
    assert "今天办" in page(own, case)
    own.post(at("case_comment_step", said.id, "withdraw"), {"version": 2})
    shown = page(own, case)
    assert "今天办" not in shown
    assert "本人已撤回这条留言" in shown
    assert own.post(at("case_comment_step", said.id, "nonsense")).status_code == 404


def test_the_picker_answers_with_those_who_may_see_it(ground: Cast, case: Case, signed_in: Signed) -> None:
    client = signed_in(ground.nanxiang)
    found = client.get(at("case_people", case.id) + "?q=核").json()["people"]
    assert found == [{"name": "核查员", "unit": "城运中心"}]
    assert client.get(at("case_people", case.id) + "?q=绿容").json() == {"people": []}
    assert signed_in(ground.jiangqiao).get(at("case_people", case.id)).status_code == 404


def test_nobody_else_comes_near(ground: Cast, case: Case, signed_in: Signed, client: Client) -> None:
    part = acts.give_part(by=ground.nanxiang, case=case, unit=ground.units["lrj"], what="清运")
    offer = acts.offer_case(by=ground.nanxiang, case=case, to_unit=ground.units["lrj"], reason="x")
    said = acts.comment(by=ground.nanxiang, case=case, text="x")
    addresses = [
        at("case_part_give", case.id), at("case_part_step", part.id, "done"), at("case_offer", case.id),
        at("case_offer_step", offer.id, "accept"), at("case_comment", case.id),
        at("case_comment_step", said.id, "edit"), at("case_people", case.id),
    ]  # fmt: skip
    neighbour = signed_in(ground.jiangqiao)
    for address in addresses:
        assert client.get(address).status_code == 302
        assert neighbour.get(address).status_code == 404, address
        assert neighbour.post(address).status_code in (404, 405), address


def test_the_panels_ask_once_each_however_much_stands_on_them(
    ground: Cast, case: Case, rf: RequestFactory, count_queries: Any
) -> None:
    acts.give_part(by=ground.nanxiang, case=case, unit=ground.units["lrj"], what="清运")
    acts.give_part(by=ground.nanxiang, case=case, unit=ground.units["cgzf"], what="执法")
    acts.offer_case(by=ground.nanxiang, case=Case.objects.get(), to_unit=ground.units["jqz"], reason="x")
    for _ in range(3):
        acts.comment(by=ground.nanxiang, case=case, text="x")
    request = rf.get("/")
    request.user = ground.nanxiang
    assert ground.nanxiang.scope
    with count_queries("case panels: parts, offer, comments"):
        for panel in (case_joint.parts_panel, case_joint.hand_over_panel, case_joint.comments_panel):
            assert panel(request, case) is not None


# --- machines ----------------------------------------------------------------------------------------------------


def send(client: Client, address: str, body: dict[str, Any], method: str = "post") -> Any:
    return getattr(client, method)(address, body, content_type="application/json")


def test_machines_give_answer_and_read_parts(ground: Cast, case: Case, signed_in: Signed) -> None:
    lead, helper = signed_in(ground.nanxiang), signed_in(ground.lvrong)
    made = send(lead, f"/api/cases/{case.id}/parts", {"unit": "lrj", "what": "清运", "version": case.version})
    assert made.status_code == 201
    part = made.json()
    assert (part["unit"], part["status"], part["version"]) == ("lrj", "given", 1)
    assert (
        send(helper, f"/api/cases/parts/{part['id']}/accept", {"version": 1}).json()["status"] == "accepted"
    )
    refused = send(helper, f"/api/cases/parts/{part['id']}/return", {"note": ""})
    assert (refused.status_code, refused.json()["code"]) == (400, "case.why_needed")
    done = helper.post(
        f"/api/cases/parts/{part['id']}/photos", {"photos": photo(), "note": "完", "version": 2}
    )
    assert (done.status_code, done.json()["status"]) == (200, "done")
    assert send(helper, f"/api/cases/parts/{part['id']}/nonsense", {}).status_code == 404
    assert (
        send(lead, f"/api/cases/{case.id}/parts", {"unit": "none", "what": "x"}).json()["code"]
        == "case.unknown_unit"
    )
    found = lead.get(f"/api/cases/{case.id}/joint").json()
    assert [each["status"] for each in found["parts"]] == ["done"]
    assert signed_in(ground.jiangqiao).get(f"/api/cases/{case.id}/joint").status_code == 404


def test_machines_hand_over(ground: Cast, case: Case, signed_in: Signed) -> None:
    giver, taker = signed_in(ground.nanxiang), signed_in(ground.jiangqiao)
    made = send(giver, f"/api/cases/{case.id}/offers", {"unit": "jqz", "reason": "在江桥"})
    assert (made.status_code, made.json()["to_unit"]) == (201, "jqz")
    again = send(giver, f"/api/cases/{case.id}/offers", {"unit": "lrj", "reason": "x"})
    assert (again.status_code, again.json()["code"]) == (409, "case.offer_open")
    address = f"/api/cases/offers/{made.json()['id']}"
    assert send(taker, f"{address}/nonsense", {}).status_code == 404
    assert send(taker, f"{address}/accept", {"version": 1}).json()["status"] == "accepted"
    assert taker.get(f"/api/cases/{case.id}").json()["unit"] == "jqz"


def test_machines_comment(ground: Cast, case: Case, signed_in: Signed) -> None:
    client = signed_in(ground.nanxiang)
    made = send(
        client, f"/api/cases/{case.id}/comments", {"text": "请看", "mentions": ["hecha"], "public": True}
    )
    assert made.status_code == 201
    assert made.json()["mentions"] == [str(ground.hecha.id)]
    unseen = send(client, f"/api/cases/{case.id}/comments", {"text": "请看", "mentions": ["lvrong"]})
    assert unseen.json()["code"] == "case.mention_unseen"
    nobody = send(client, f"/api/cases/{case.id}/comments", {"text": "请看", "mentions": ["nobody"]})
    assert nobody.json()["code"] == "case.mention_unseen"
    address = f"/api/cases/comments/{made.json()['id']}"
    assert send(client, address, {"text": "再看", "version": 1}, "patch").json()["text"] == "再看"
    assert client.delete(address).json()["withdrawn"] is True
    assert client.delete(address).json()["code"] == "case.comment_gone"


def test_machines_ask_for_duplicates_and_merge(ground: Cast, case: Case, signed_in: Signed) -> None:
    draft = acts.Draft(title="沪宜公路旁暴露垃圾", area=NANXIANG, class_code="0101", lon=121.3201, lat=31.29)
    other = acts.report_case(by=ground.xuncha, campaign=ground.campaign, draft=draft)
    client = signed_in(ground.chengyun)
    typed = client.get(
        "/api/expo/cases/duplicates?title=暴露垃圾&class_code=0101&lon=121.32&lat=31.29"
    ).json()
    assert {each["case"]["number"] for each in typed} == {case.number, other.number}
    found = client.get(f"/api/cases/{other.id}/duplicates").json()
    assert [each["case"]["id"] for each in found] == [str(case.id)]
    assert {"class", "near", "text", "time"} <= {reason["kind"] for reason in found[0]["reasons"]}
    done = send(client, f"/api/cases/{other.id}/merge", {"into": str(case.id), "reason": "同一处"})
    assert (done.json()["status"], done.json()["merged_into"]) == ("duplicate", str(case.id))
    back = send(client, f"/api/cases/{other.id}/unmerge", {"note": "不是", "version": done.json()["version"]})
    assert (back.json()["status"], back.json()["merged_into"]) == ("reported", None)
    denied = send(
        signed_in(ground.nanxiang), f"/api/cases/{other.id}/merge", {"into": str(case.id), "reason": "x"}
    )
    assert denied.status_code == 403


def test_what_waits_for_my_unit_stands_on_mine(ground: Cast, case: Case, signed_in: Signed) -> None:
    acts.give_part(by=ground.nanxiang, case=case, unit=ground.units["lrj"], what="清运绿化垃圾")
    acts.offer_case(by=ground.nanxiang, case=Case.objects.get(), to_unit=ground.units["jqz"], reason="x")
    mine = signed_in(ground.lvrong).get(at("mine")).content.decode()
    assert "清运绿化垃圾" in mine
    assert "答复移交" in signed_in(ground.jiangqiao).get(at("mine")).content.decode()
    assert "答复移交" not in signed_in(ground.lvrong).get(at("mine")).content.decode()
