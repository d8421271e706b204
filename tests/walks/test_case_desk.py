"""The case desk, told in a real browser by the people of the demo: one office day, and the wrong turns people take.

    xuncha    an officer on patrol in 南翔镇, with a phone       zhiban    at the centre's desk
    nanxiang  the town that has to put it right                chengyun  the head of the shift, who approves and closes
    hecha     who checks what others have done

A newcomer may read this file as a manual: every sentence in Chinese stands on a button or on a page.
"""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.walks.conftest import Seat
from tests.walks.steps import photo, said
from tests.walks.test_pages import page_faults, speak

pytestmark = pytest.mark.walk
Take = Callable[..., Seat]
BROWN, GREEN = (120, 90, 60), (90, 140, 90)
RECORD = re.compile(r"/cases/[0-9a-f-]{36}/$")


# ------------------------------------------------------------------------------------------- what people do, said once


def _open(one: Seat, case: str) -> Page:
    one.page.goto(case)
    return one.page


def _unfold(page: Page, step: str) -> Any:
    """The form of a step, unfolded as a person does."""
    act = page.locator(f"details#{step}")
    rare = page.locator("details#more-steps:not([open])", has=act)
    if rare.count():  # what is seldom needed stands folded away
        rare.locator("> summary").click()
    if act.get_attribute("open") is None:
        act.locator("> summary").click()
    return act


def _do(page: Page, step: str, **words: str) -> None:
    """Fill in a step's form by its fields and press its button."""
    act = _unfold(page, step)
    for name, text in words.items():
        act.locator(f"[name={step}-{name}]").fill(text)
    act.locator("form button").last.click()


def _post(one: Seat, path: str, **fields: str) -> tuple[int, str]:
    """The same by hand, past the page: what somebody who knows the address could try."""
    token = one.page.locator('meta[name="csrf-token"]').get_attribute("content")
    headers = {"X-CSRFToken": token or "", "Referer": one.address}
    reply = one.page.request.post(path, form=fields, headers=headers)
    return reply.status, reply.text()


def _reported(one: Seat, title: str, *, address: str, lon: str = "121.3181", lat: str = "31.2992") -> str:
    """A case from the desk, told shortly; answers its address."""
    one.open("/cases/new/")
    given = {
        "title": title,
        "class_code": "0110",
        "area": "310114102",
        "address": address,
        "lon": lon,
        "lat": lat,
    }
    status, text = _post(one, f"{one.address}/cases/new/", crs="wgs84", source="inspection", **given)
    assert status == 200, text[:600]
    found = re.search(r'action="(/cases/[0-9a-f-]{36}/)\w+/"', text)
    assert found, text[:2000]
    return f"{one.address}{found[1]}"


def _in_english(one: Seat, page: Page) -> None:
    """The page as it stands, once in English: it fits, speaks one language, and axe finds nothing wrong."""
    here = page.url
    speak(one, "en")
    page.goto(here)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page_faults(here, page, "en") == []
    assert one.faults() == []
    speak(one, "zh")
    page.goto(here)


def _sound(one: Seat, page: Page) -> None:
    assert page_faults(page.url, page, "zh") == []
    assert one.faults() == []


# ------------------------------------------------------------------------------------------------------ one office day


def test_one_office_day(seat: Take):
    """Found on the street, filed by its condition, dispatched by the rule, held and taken up again, sent back once,
    put right, checked by somebody else, closed."""
    case = _found_on_patrol(seat("xuncha", phone=True))
    centre = seat("zhiban")
    _filed_and_dispatched(centre, case)
    town = seat("nanxiang")
    _held(town, seat("chengyun"), case)
    checker = seat("hecha")
    _handled_twice(town, checker, case)
    _closed(checker, case)


def _found_on_patrol(patrol: Seat) -> str:
    patrol.context.grant_permissions(["geolocation"])
    patrol.context.set_geolocation({"latitude": 31.2955, "longitude": 121.3120})
    page = patrol.open("/cases/new/")
    page.get_by_label("标题").fill("解放街桥头渣土散落")
    page.get_by_label("看到了什么").fill("垃圾 散落")
    condition = page.locator("#picks li", has_text="散落在道路上")
    expect(condition).to_contain_text("2 紧急工作时")
    condition.get_by_role("button", name="选这条").click()
    expect(page.locator("#chosen-class")).to_contain_text("散落在道路上")
    page.get_by_label("详细情况").fill("渣土车遗撒约二十米，电动车打滑。")
    page.get_by_label("现场照片").set_input_files([photo("before.jpg", BROWN)])
    page.get_by_role("button", name="用我现在的位置").click()
    expect(page.locator("#id_lon")).to_have_value(re.compile(r"^121\.31"))
    _sound(patrol, page)
    page.get_by_role("button", name="登记", exact=True).click()
    page.wait_for_url(RECORD)
    expect(page.locator("h1")).to_contain_text("解放街桥头渣土散落")
    expect(page.locator(".lead")).to_contain_text("南翔镇")  # found from the phone's position
    expect(page.locator("#photos img")).to_have_count(1)
    _sound(patrol, page)
    _in_english(patrol, page)
    return page.url


def _filed_and_dispatched(centre: Seat, case: str) -> None:
    page = _open(centre, case)
    why = page.locator("#why-unit")
    expect(why).to_contain_text("建议派给 南翔镇")
    expect(why).to_contain_text("街面秩序归属地街镇")
    expect(why).to_contain_text("王敏")  # who is on duty there now
    _do(page, "file")
    said(page, "已立案")
    page.locator("#why-unit").get_by_role("button", name=re.compile("按规则派给")).click()
    said(page, "已按规则派给南翔镇")
    expect(page.locator("#clock")).to_contain_text("散落在道路上")  # where the limit comes from
    expect(page.locator("#clock")).to_contain_text("2 紧急工作时")
    _sound(centre, page)
    _in_english(centre, page)


def _held(town: Seat, head: Seat, case: str) -> None:
    page = _open(town, case)
    page.locator(".next-step").get_by_role("button", name="接单").click()
    said(page, "已接单")
    _do(page, "hold", reason="清运车辆故障，备用车十点到。", until="2021-09-16T18:00")
    said(page, "已申请挂账，等待审批")
    expect(page.locator("#requests").get_by_role("button", name="同意", exact=True)).to_have_count(0)

    # the bell of who may approve rings; the notice leads to the case
    desk = head.open("/notices/")
    desk.locator("main a", has_text=re.compile("挂账")).first.click()
    desk.wait_for_url(RECORD)
    expect(desk.locator("#requests")).to_contain_text("备用车十点到")
    _sound(head, desk)
    desk.get_by_label("审批意见").fill("同意，备用车到了马上恢复。")
    desk.locator("#requests").get_by_role("button", name="同意", exact=True).click()
    expect(desk.locator(".kicker")).to_contain_text("挂账")
    expect(desk.locator("#clock")).to_contain_text("暂停计时")
    desk.locator(".next-step").get_by_role("button", name="恢复办理").click()
    said(desk, "已恢复办理")
    expect(desk.locator(".kicker")).to_contain_text("处置中")
    _in_english(head, desk)


def _handled_twice(town: Seat, checker: Seat, case: str) -> None:
    page = _open(town, case)
    _do(page, "handle", note="已清运。")
    expect(page.locator("#handle")).to_contain_text("照片")  # nothing shown of what was put right
    page.locator("#handle").get_by_label("整改后的照片").set_input_files([photo("after.jpg", GREEN)])
    page.locator("#handle form button").last.click()
    said(page, "已报告处置完毕")

    check = _open(checker, case)
    expect(check.locator("#photos img")).to_have_count(2)
    _do(check, "rework", note="桥头护栏下还有一堆，请清干净。")
    said(check, "已退回返工")

    page = _open(town, case)
    expect(page.locator("#story")).to_contain_text("桥头护栏下还有一堆")
    page.locator("details#handle > summary").click()
    page.locator("#handle").get_by_label("整改后的照片").set_input_files([photo("again.jpg", (80, 150, 100))])
    page.locator("#handle").get_by_label("说明").fill("护栏下已清净，路面冲洗。")
    page.locator("#handle form button").last.click()
    said(page, "已报告处置完毕")
    _sound(town, page)


def _closed(checker: Seat, case: str) -> None:
    page = _open(checker, case)
    _do(page, "pass", note="现场干净。")
    said(page, "核查通过")
    _unfold(page, "close").get_by_label("对外答复").fill("渣土已清运，路面已冲洗。")
    page.locator("#close form button").last.click()
    said(page, "已结案")
    story = page.locator("#story")
    for words in ("上报", "立案", "派单", "挂账", "恢复", "返工", "结案"):
        expect(story).to_contain_text(words)
    expect(page.locator(".kicker")).to_contain_text("返工 1 次")
    _sound(checker, page)
    _in_english(checker, page)


# ------------------------------------------------------------------------------------------------------ the wrong turns


def test_nobody_approves_or_checks_themselves(seat: Take):
    """The centre may approve and may check; its own request and its own finding it may not."""
    one, head = seat("zhiban"), seat("chengyun")
    case = _reported(one, "芳林路垃圾桶破损，自己报自己查", address="南翔镇芳林路")
    page = _open(one, case)
    _do(page, "file")
    page.locator("#why-unit").get_by_role("button", name=re.compile("按规则派给")).click()
    said(page, "已按规则派给南翔镇")
    _do(page, "hold", reason="等新桶到货。", until="2021-09-17T09:00")
    said(page, "等待审批")
    asked = page.locator("#requests form").first.get_attribute("action") or ""
    decide = asked.replace("take-back", "decide")
    status, text = _post(one, f"{one.address}{decide}", decision="grant", version="1", note="同意")
    assert status == 403 and "case.own_request" in text and "要由别人审批" in text

    other = _open(head, case)
    other.get_by_label("审批意见").fill("新桶已到，不必挂账。")
    other.locator("#requests").get_by_role("button", name="不同意").click()
    expect(other.locator("#requests")).to_contain_text("新桶已到")
    town = _open(seat("nanxiang"), case)
    town.locator(".next-step").get_by_role("button", name="接单").click()
    _unfold(town, "handle").get_by_label("整改后的照片").set_input_files([photo("bin.jpg", GREEN)])
    town.locator("#handle form button").last.click()
    said(town, "已报告处置完毕")
    page = _open(one, case)
    expect(page.locator("details#pass")).to_have_count(
        0
    )  # not offered, and refused in words when tried all the same
    status, text = _post(one, f"{case}pass/")
    assert status == 422 and "核查的人不能是上报人" in text
    expect(_open(one, case).locator(".kicker")).to_contain_text("待核查")


def test_who_comes_second_keeps_what_they_typed(seat: Take):
    """Two at one case: the second is shown who did what, and their words are still there."""
    first, second = seat("zhiban"), seat("chengyun")
    case = _reported(first, "银翔路绿化带垃圾，两人同时派", address="南翔镇银翔路")
    _do(_open(first, case), "file")
    page = _open(second, case)
    act = _unfold(page, "dispatch")
    act.locator("[name=dispatch-unit]").select_option(label="南翔镇")
    act.locator("[name=dispatch-note]").fill("请午前清完，下午有检查。")
    _do(_open(first, case), "reclassify", class_code="0136", reason="是装修堆物")
    said(first.page, "已改类别")
    act.locator("form button").last.click()
    expect(page.locator("h1")).to_contain_text("有人先改了这一件")
    expect(page.locator("main")).to_contain_text("请午前清完，下午有检查。")
    expect(page.locator("main")).to_contain_text("许晨")
    _sound(second, page)
    page.get_by_role("button", name=re.compile("在现在的状态上按我的办")).click()
    said(page, "已派单")
    expect(page.locator("#story")).to_contain_text("请午前清完")


def test_many_at_once_by_keyboard_and_back(seat: Take):
    """j, x and the preview; what was dispatched in a batch can be taken back as one."""
    one = seat("zhiban")
    words = f"众仁路清运{str(time.time_ns())[-6:]}"
    titles = [f"{words}{number}" for number in ("一", "二", "三")]
    for index, title in enumerate(titles):
        case = _reported(one, title, address=f"南翔镇众仁路{index + 1}号", lat=f"31.30{index}2")
        one.page.goto(case)
        _do(one.page, "file")
        said(one.page, "已立案")
    page = one.open(f"/cases/?q={words}")
    expect(page.locator("table[data-rows] tbody tr")).to_have_count(3)
    for _row in titles:
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("[data-chosen]")).to_have_text("3")
    page.keyboard.press("k")
    page.keyboard.press("x")  # the middle one stays behind
    expect(page.locator("[data-chosen]")).to_have_text("2")
    page.locator("#bulk select[name=step]").select_option("dispatch")
    page.get_by_role("button", name="预览…").click()
    expect(page.locator("main")).to_contain_text("其中 2 件可以办理")
    _sound(one, page)
    page.get_by_label("承办单位").select_option(label="南翔镇")
    page.locator("button[name=confirm]").click()
    said(page, "已办 2 件")
    page.locator("#toasts").get_by_text("撤销").first.click()
    page = one.open(f"/cases/?q={words}&status=filed")
    expect(page.locator("table[data-rows] tbody tr")).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(RECORD)


def test_one_matter_told_twice(seat: Take):
    """Typing it a second time shows the first; merged it follows the first; taken out it is its own again."""
    one = seat("zhiban")
    title = "古猗园路公交站积存垃圾"
    first = _reported(one, title, address="南翔镇古猗园路公交站", lon="121.3095", lat="31.2991")
    page = one.open("/cases/new/")
    page.get_by_label("标题").fill(title)
    page.get_by_label("类别").select_option("0110")
    page.locator("#id_lon").fill("121.3096")
    page.locator("#id_lat").fill("31.2992")
    page.locator("#id_lat").press("Tab")
    suggestion = page.locator("#case-duplicates")
    expect(suggestion).to_contain_text("可能已经有人报过")
    expect(suggestion.locator("li", has_text=title).first).to_be_visible()
    _sound(one, page)

    second = _reported(one, f"{title}没人收", address="南翔镇古猗园路公交站", lon="121.3096", lat="31.2992")
    keys = [address.rstrip("/").rsplit("/", 1)[-1] for address in (first, second)]
    page = one.open(f"/cases/duplicates/{keys[1]}/{keys[0]}/")
    _sound(one, page)
    side = page.locator("#side-1")
    side.locator("summary").click()
    side.locator("textarea").fill("同一个公交站，同一堆垃圾。")
    side.get_by_role("button", name="合并", exact=True).click()
    page = _open(one, second)
    expect(page.locator("#merged")).to_contain_text("这是重复件")
    _sound(one, page)
    expect(_open(one, first).locator("#merged")).to_contain_text("并入的重复件（1 件）")
    page = _open(one, second)
    page.locator("#merged summary").click()
    page.locator("#merged textarea").fill("看错了，是对面的站。")
    page.locator("#merged form button").last.click()
    expect(_open(one, second).locator(".kicker")).to_contain_text("待立案")


def test_an_outsider_answers_by_a_link(seat: Take):
    """Somebody without an account is asked once, answers on the phone without signing in, and cannot answer twice."""
    one = seat("zhiban")
    case = _reported(one, "德园路工地出土口扬尘垃圾", address="南翔镇德园路")
    page = _open(one, case)
    page.locator("#outside").get_by_text("请外部人员用链接答复").click()
    page.get_by_label("请谁答复").fill("德园路项目部")
    page.get_by_label("问什么").fill("出土口何时装好冲洗设备？请附照片。")
    page.get_by_role("button", name="生成链接").click()
    link = page.locator("#address").get_attribute("href") or ""
    _sound(one, page)

    stranger = seat(None, phone=True)
    answer = _open(stranger, link)
    expect(answer.locator("main")).to_contain_text("出土口何时装好冲洗设备")
    assert stranger.faults() == []
    speak(stranger, "en")
    expect(_open(stranger, link).get_by_role("button", name=re.compile("Send|Answer|Submit"))).to_be_visible()
    assert stranger.faults() == []
    speak(stranger, "zh")
    answer.goto(link)
    answer.locator("textarea").first.fill("今天下午三点前装好，已停止出土。")
    answer.locator("input[type=file]").set_input_files([photo("wash.jpg", (70, 110, 160))])
    answer.get_by_role("button", name="提交答复").click()
    expect(answer.locator("h1")).to_contain_text("已收到您的答复")
    assert stranger.faults() == []

    answer.goto(link)
    expect(answer.locator("textarea")).to_have_count(0)
    page = _open(one, case)
    expect(page.locator("#outside")).to_contain_text("今天下午三点前装好")
    expect(page.locator("#outside img")).to_have_count(1)
    _in_english(one, page)
