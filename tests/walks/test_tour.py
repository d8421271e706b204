"""The three walks of the README, told end to end in a real browser by the people of the demo."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.walks.conftest import Product, Seat
from tests.walks.steps import WALL, Filler, number_in, on_wall, photo, printed, said

pytestmark = pytest.mark.walk
Take = Callable[..., Seat]
PERSONS = "000.clean_day_person_times"


# ------------------------------------------------------------------------------------------- 1. phone to wall


def test_phone_to_wall(seat: Take):
    """王敏 fills in the clean day on her phone; the wall counts it within a second, and names it when asked."""
    wall = seat("zhihui").open(WALL)
    before = number_in(on_wall(wall, PERSONS))

    phone = seat("nanxiang", phone=True).open("/street/forms/")
    phone.get_by_role("link", name="城市环境清洁日上报").first.click()
    phone.get_by_role("link", name="填报", exact=True).first.click()
    form = Filler(phone)
    assert form.question("日期").locator("input").input_value() == "2021年9月16日", "the office's day"
    form.type("活动编号", "QJ-20210915")
    form.choose("街镇", "南翔镇")
    form.type("出动人员（人次）", "37")
    form.type("清理垃圾（吨）", "1.25")
    form.type("整治结合部、三无通道（处）", "2")
    form.type("重点点位", "古猗园路沿线")
    receipt = form.send()
    answered = time.monotonic()
    expect(wall.locator(f'[data-figure="{PERSONS}"]').first).to_contain_text(str(before + 37), timeout=5_000)
    waited = time.monotonic() - answered
    assert waited <= 1.0, f"{waited:.2f} s from the receipt to the wall"
    assert re.search(r"310114102-\d+", receipt), "the receipt can be read out on the telephone"

    wall.locator(f'[data-figure="{PERSONS}"]').first.click()
    wall.wait_for_url(re.compile(r"/figures/000\.clean_day_person_times/"))
    expect(wall.locator("main")).to_contain_text(f"{before + 37}")
    wall.goto(f"{wall.url}&from=2021-09-16")
    row = wall.locator("tr[data-row]", has_text="古猗园路沿线")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("南翔镇")
    row.get_by_role("link").click()
    expect(wall.locator("main")).to_contain_text("37")
    expect(wall.locator("main")).to_contain_text("王敏")


# --------------------------------------------------------------------------------------- 2. report to closure


def _opened(page: Page, case: str) -> Page:
    page.goto(case)
    return page


def _step(page: Page, button: str) -> None:
    """Press the strong button; one that needs words unfolds its form first."""
    page.locator(".next-step").get_by_text(button, exact=True).first.click()


def _register(page: Page) -> str:
    page.get_by_label("标题").fill("曹安公路菜场后门暴露垃圾")
    page.get_by_label("类别").select_option("暴露生活垃圾")
    page.get_by_label("现场照片").set_input_files([photo("before.jpg", (120, 90, 60))])
    page.get_by_label("街镇").select_option("江桥镇")
    page.get_by_label("地址").fill("曹安公路2000号菜场后门")
    page.get_by_label("来源").select_option("市级问题整治整改平台")
    page.get_by_label("上级编号").fill("SJ20210916777")
    page.get_by_role("button", name="登记", exact=True).click()
    page.wait_for_url(re.compile(r"/cases/[0-9a-f-]{36}/$"))
    return page.url


def test_report_to_closure(seat: Take):
    """A case of the city platform: registered, dispatched, put right with photos, checked by somebody else, closed."""
    wall = seat("zhihui").open(WALL)
    total, done = number_in(on_wall(wall, "cases-total")), number_in(on_wall(wall, "cases-done"))
    rate = "000.case_rectification_rate"
    of_before, per_before = map(int, on_wall(wall, f"{rate}-parts").split("/"))

    centre = seat("chengyun").open("/cases/new/")
    case = _register(centre)
    _step(centre, "立案")
    centre.locator("#file form button").click()
    said(centre, "已立案")
    _step(centre, "派单")
    centre.locator("#dispatch").get_by_label("承办单位").select_option("江桥镇")
    centre.locator("#dispatch form button").click()
    said(centre, "已派单")
    expect(wall.locator('[data-figure="cases-total"]')).to_contain_text(str(total + 1), timeout=5_000)

    # four working hours, told line by line: 9:xx to 12:00, then from 14:00
    expect(centre.locator("#clock")).to_contain_text("4 工作时")
    clock = centre.locator("#clock details[open]")  # each stage tells its own; that of handling stands open
    expect(clock.locator("tbody tr")).to_have_count(2)
    expect(clock.locator("tbody tr").first).to_contain_text("12:00")
    expect(clock.locator("tbody tr").last).to_contain_text("14:00")

    town_seat = seat("jiangqiao")
    town = _opened(town_seat.page, case)
    _step(town, "接单")
    said(town, "已接单")
    _step(town, "报告处置完毕")
    town.locator("#handle form button").click()
    expect(town.locator("#handle")).to_contain_text("照片")  # refused: nothing shown of what was put right
    town.locator("#handle").get_by_label("整改后的照片").set_input_files([photo("after.jpg", (90, 140, 90))])
    town.locator("#handle").get_by_label("说明").fill("垃圾已清运，增设桶站一组。")
    town.locator("#handle form button").click()
    said(town, "已报告处置完毕")

    # checking one's own work: not offered, and refused in words when tried all the same
    expect(town.locator(".next-step")).to_have_count(0)
    refused = town.evaluate(
        """async (address) => {
          const body = new FormData();
          body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
          const reply = await fetch(address, {method: "POST", body});
          return [reply.status, await reply.text()];
        }""",
        f"{case}pass/",
    )
    assert refused[0] == 403
    assert "按您的岗位不能办理此事" in refused[1]

    checker = _opened(seat("hecha").page, case)
    expect(checker.locator("#photos img")).to_have_count(2)
    _step(checker, "核查通过")
    checker.locator("#pass form button").click()
    said(checker, "核查通过")
    _step(checker, "结案")
    checker.locator("#close form button").click()
    said(checker, "已结案")
    expect(checker.locator(".kicker")).to_contain_text("已结案")
    story = checker.locator("#story")
    for words in ("上报案件", "立案", "派单", "接单", "结案"):
        expect(story).to_contain_text(words)

    expect(wall.locator('[data-figure="cases-done"]')).to_contain_text(str(done + 1), timeout=5_000)
    parts = wall.locator(f'[data-figure="{rate}-parts"]')
    expect(parts).to_contain_text(re.compile(rf"{of_before + 1}\s*/\s*{per_before + 1}"), timeout=5_000)
    percent = round((of_before + 1) * 100 / (per_before + 1))
    assert on_wall(wall, rate).startswith(f"{percent}")


# --------------------------------------------------------------------------------------- 3. figure to record


def _code_of(page: Page, title: str) -> str:
    """The code of a figure in the brief's annex."""
    row = page.locator("#figures tbody tr", has_text=title)
    return row.locator("td.code").inner_text().strip()


def test_figure_to_record(seat: Take, product: Product):
    """“Already finished: 252.” Which ones? One of them wrongly: then 252, now 251, and the trace names it."""
    office_seat = seat("jinbo")
    office = office_seat.open("/briefs/")
    office.get_by_role("link", name=re.compile("倒计时50天")).first.click()
    expect(office.locator("article.brief-paper")).to_contain_text("252")
    brief = office.url
    code = _code_of(office, "已完工任务")
    assert re.fullmatch(r"F-[0-9A-Z]{4,}", code)

    # typed in by hand, in small letters, as off a sheet of paper
    office = office_seat.open("/figures/")
    office.get_by_role("textbox").first.fill(code.lower())
    office.keyboard.press("Enter")
    expect(office.locator(".kicker")).to_contain_text(code)
    expect(office.locator("#of h2")).to_contain_text("252")
    office.locator("#of tbody a").first.click()
    expect(office.locator("#story")).to_contain_text("报告完成")
    expect(office.locator("#story")).to_contain_text("验收通过")
    task, heading = office.url, office.locator("h1").inner_text()

    wall = seat("zhihui").open(WALL)
    assert on_wall(wall, "000.task_completion_rate-parts").startswith("252")
    chief = _opened(seat("zhihui").page, task)
    chief.locator(".next-more").get_by_text("撤销验收").first.click()
    chief.locator("#withdraw_acceptance").get_by_label(re.compile("原因|理由")).fill(
        "现场复查，人行道仍有破损。"
    )
    chief.locator("#withdraw_acceptance form button").click()
    said(chief, "验收已撤销")
    expect(chief.locator("#story")).to_contain_text("人行道仍有破损")
    try:
        expect(wall.locator('[data-figure="000.task_completion_rate-parts"]')).to_contain_text(
            re.compile(r"251\s*/"), timeout=5_000
        )
        _then_and_now(office, office_seat, brief, code, heading)
        _shell_says_the_same(product, code)
        _next_brief_says_251(office)
    finally:
        # the check done properly this time: the other walks begin with the day's own numbers again
        again = _opened(seat("hecha").page, task)
        _step(again, "验收通过")
        again.locator("#accept form button").click()
        said(again, "验收通过")
    expect(wall.locator('[data-figure="000.task_completion_rate-parts"]')).to_contain_text(
        re.compile(r"252\s*/"), timeout=5_000
    )


def _then_and_now(office: Page, office_seat: Seat, brief: str, code: str, heading: str) -> None:
    office_seat.open("/figures/000.tasks_completed/")
    expect(office.locator(".figures")).to_contain_text("251")
    office.goto(brief)
    expect(office.locator("article.brief-paper")).to_contain_text("252")
    expect(office.locator("#figures tr", has_text=code)).to_contain_text("现在 251")
    office_seat.open(f"/figures/trace/{code}/")
    expect(office.locator(".lead")).to_contain_text("当时 252，现在 251")
    expect(office.locator("#gone tbody tr")).to_have_count(1)
    expect(office.locator("#gone")).to_contain_text(heading)


def _shell_says_the_same(product: Product, code: str) -> None:
    traced = str(printed(product, "trace", code))
    assert "252" in traced and "251" in traced
    assert "251" in str(printed(product, "pack", "figures", "jiading-2021"))
    assert "equal" in product.guatu("recount")


def _next_brief_says_251(office: Page) -> None:
    office.goto(office.url.split("/figures/")[0] + "/briefs/new/")
    office.get_by_label("标题").fill("进博会倒计时50天嘉定保障工作进展（更正后）")
    office.get_by_role("button", name="起草").click()
    office.wait_for_url(re.compile(r"/briefs/[0-9a-f-]{36}/$"))
    expect(office.locator("article.brief-paper")).to_contain_text("251")
    office.locator(".next-step").get_by_role("button", name="定稿").click()
    said(office, "已定稿")
    expect(office.locator("#figures tr", has_text="已完工任务")).to_contain_text("251")
    with office.expect_download() as kept:
        office.get_by_role("link", name="下载 Word 文档").click()
    assert kept.value.suggested_filename.endswith(".docx")
