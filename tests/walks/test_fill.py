"""Filling in on the phone: without signal, killed and opened again, sent once; refused, mended, sent once; sent back."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import segno
from playwright.sync_api import Browser, expect

from tests.walks.conftest import Product, Seat
from tests.walks.fill_cast import EVERYTHING, Phone, asked, carried, media, picture, publish, row, workbook

pytestmark = pytest.mark.walk
Take = Callable[..., Seat]


@pytest.fixture
def phone(product: Product, browser: Browser) -> Iterator[Phone]:
    with carried(product, browser) as one:
        yield one


def answers_of(product: Product, code: str) -> list[dict[str, Any]]:
    """Every submission of a form: answers, files that arrived, instance id, edits."""
    return list(
        asked(
            product,
            "from guatu.fieldwork.models import Submission\nfrom guatu.files.models import Attachment\n"
            f"rows = Submission.objects.filter(form__code={code!r}).order_by('received_at')\n"
            "print(json.dumps([{'answers': r.answers, 'files': r.files, 'instance': r.instance_id, 'edits': r.edits,"
            " 'id': str(r.id), 'title': r.title, 'device': r.device_id,"
            " 'here': [[a.name, a.content_type] for a in Attachment.objects.filter(subject_id=r.id)]} for r in rows], default=str))",
        )
    )


def draw(phone: Phone) -> None:
    """A line across the open frame, and keep it."""
    page = phone.page
    frame = page.locator("dialog canvas").bounding_box()
    assert frame is not None
    page.mouse.move(frame["x"] + 30, frame["y"] + 40)
    page.mouse.down()
    page.mouse.move(frame["x"] + 220, frame["y"] + 90, steps=6)
    page.mouse.up()
    page.locator("dialog").get_by_role("button", name="保存").click()


def fill_words(phone: Phone) -> None:
    page, q = phone.page, phone.question
    page.get_by_label("名称").fill("老街小笼")
    page.get_by_label("说明").fill("两行\n说明")
    page.get_by_label("人数").fill("１２０")  # a Chinese keyboard's digits
    expect(q("/people")).to_contain_text("应在 1 到 99 之间")
    page.get_by_label("人数").fill("１２")
    page.get_by_label("面积").fill("35.5")
    page.get_by_label("日期").fill("2021-09-10")
    page.get_by_label("时间").fill("09:30")
    q("/any").get_by_text("有", exact=True).click()
    page.get_by_label("什么问题").fill("占道")


def fill_choices(phone: Phone) -> None:
    page, q = phone.page, phone.question
    for one in ("丙类", "甲类"):
        q("/kinds").get_by_text(one).click()
    q("/street").get_by_role("button").click()
    page.locator("dialog").get_by_text("南翔").click()
    expect(q("/village")).not_to_contain_text("昌吉")
    q("/village").get_by_text("永乐村").click()
    q("/shop").get_by_role("button").click()
    page.get_by_placeholder("查找").fill("4321")
    page.locator("dialog").get_by_text("商户 4321 号").click()
    q("/order").get_by_role("button", name="下移 甲类").click()
    q("/score").locator("input").fill("7")
    q("/stars").get_by_role("radio", name="4 星").click()
    q("/checked").get_by_text("确认").click()
    q("/part").locator("svg #right").click()


def fill_places_and_files(phone: Phone) -> None:
    page, q = phone.page, phone.question
    q("/spot").get_by_role("button", name="获取位置").click()
    expect(q("/spot")).to_contain_text("31.296500")
    for count, (lat, lon) in enumerate(((31.2960, 121.3120), (31.2970, 121.3120), (31.2970, 121.3130)), 1):
        phone.context.set_geolocation({"latitude": lat, "longitude": lon, "accuracy": 4})
        q("/plot").get_by_role("button", name="在这里加一点").click()
        expect(q("/plot")).to_contain_text(f"已记 {count} 点")
    shot = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    q("/photo").locator("input[type=file]").first.set_input_files(shot)
    expect(q("/photo").locator("img")).to_be_visible()
    q("/signed").get_by_role("button", name="签名").click()
    draw(phone)
    expect(q("/signed").locator("img")).to_be_visible()
    q("/voice").get_by_role("button", name="录音", exact=True).click()
    page.wait_for_timeout(1200)
    q("/voice").get_by_role("button", name="停止录音").click()
    expect(q("/voice").locator("audio")).to_be_visible()
    paper = {"name": "说明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 plain"}
    q("/paper").locator("input[type=file]").set_input_files(paper)
    scan(phone, "/code", "GT-2021-0042")


def scan(phone: Phone, path: str, text: str) -> None:
    """A QR code on a photo, read by whatever reads codes in this browser."""
    out = io.BytesIO()
    segno.make(text, micro=False).save(out, kind="png", scale=8, border=4)
    phone.question(path).get_by_role("button", name="扫码").click()
    with phone.page.expect_file_chooser() as chosen:
        phone.page.get_by_role("button", name="从照片识别").click()
    chosen.value.set_files({"name": "code.png", "mimeType": "image/png", "buffer": out.getvalue()})
    expect(phone.question(path).locator("input").first).to_have_value(text)


def fill_homes(phone: Phone) -> None:
    page = phone.page
    page.get_by_label("户主称呼").fill("张")
    page.get_by_label("年龄").fill("40")
    page.get_by_role("button", name="增加 户").click()
    page.get_by_label("户主称呼").nth(1).fill("李")
    page.get_by_label("年龄").nth(1).fill("2")
    expect(phone.question("/sum")).to_contain_text("42")


def test_everything_is_filled_in_without_signal_and_counted_right(
    seat: Take, phone: Phone, product: Product
) -> None:
    said = publish(seat("jinbo"), "patrol-all", workbook("patrol-all", "全部题型巡查", EVERYTHING), media())
    assert "手机页面" not in said, "everything in this form is done by the phone"
    phone.sign_in("nanxiang")
    phone.take("全部题型巡查")
    phone.context.set_offline(True)
    phone.page.reload()
    phone.open("全部题型巡查")
    phone.submit()
    expect(phone.page.locator(".fill-kept")).to_contain_text("有 2 题需要改正")
    fill_words(phone)
    fill_choices(phone)
    fill_places_and_files(phone)
    fill_homes(phone)
    phone.kept()
    # killed: the tab is gone, another one opens the same address
    address = phone.page.url
    phone.page.close()
    phone.page = phone.context.new_page()
    phone.page.goto(address)
    phone.ready()
    expect(phone.page.get_by_label("名称")).to_have_value("老街小笼")
    expect(phone.question("/photo").locator("img")).to_be_visible()
    assert phone.question("/photo").locator("img").evaluate("e => [e.naturalWidth, e.naturalHeight]") == [
        800,
        600,
    ]
    expect(phone.question("/voice").locator("audio")).to_be_visible()
    expect(phone.question("/shop")).to_contain_text("商户 4321 号")
    phone.question("/paper").get_by_role("button", name="移除").click()
    phone.submit()
    expect(phone.page.get_by_text("已放入发件箱")).to_be_visible()
    assert answers_of(product, "patrol-all") == []
    phone.context.set_offline(False)
    phone.received("巡查 老街小笼")
    (found,) = answers_of(product, "patrol-all")
    kept = found["answers"]
    plain = {
        "/name": "老街小笼", "/people": 12, "/area": 35.5, "/day": "2021-09-10", "/any": "y", "/what": "占道",
        "/kinds": ["a", "c"], "/street": "nx", "/village": "v2", "/shop": "s4321", "/order": ["b", "a", "c"], "/score": 7,
        "/stars": 4, "/code": "GT-2021-0042", "/part": "right", "/total": "42",
    }  # fmt: skip
    assert {path: _number(kept.get(path)) for path in plain} == plain
    assert [home["/homes/home/head"] for home in kept["/homes/home"]] == ["张", "李"]
    assert found["device"] == "phone"
    assert "/paper" not in kept
    kinds = sorted(kind for _, kind in found["here"])
    assert kinds == ["audio/webm", "image/jpeg", "image/png"], found["here"]
    assert sorted(name for name, _ in found["here"]) == sorted(found["files"])


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, str) and re.fullmatch(r"\d+\.\d+", value) else value


SIMPLE = [
    row("text", "name", "名称", required="yes"),
    row("integer", "people", "人数", constraint=". < 100", **{"constraint_message::中文 (zh)": "应少于 100"}),
    row("image", "photo", "照片"),
]


def test_refused_is_mended_and_sent_once(seat: Take, phone: Phone, product: Product) -> None:
    publish(seat("jinbo"), "patrol-strict", workbook("patrol-strict", "严格巡查", SIMPLE))
    phone.sign_in("nanxiang")
    phone.take("严格巡查")
    # a phone whose copy of the form asks less than the office does
    phone.page.evaluate(
        """async () => {
          const name = (await indexedDB.databases()).map((one) => one.name).find((one) => /^guatu-phone-(?!nobody)/.test(one));
          const db = await new Promise((done) => { const asked = indexedDB.open(name); asked.onsuccess = () => done(asked.result); });
          const forms = db.transaction("forms", "readwrite").objectStore("forms");
          const all = await new Promise((done) => { const asked = forms.getAll(); asked.onsuccess = () => done(asked.result); });
          const form = all.find((one) => one.code === "patrol-strict");
          await new Promise((done) => { const put = forms.put({ ...form, xml: form.xml.replace(/constraint="[^"]*"/, "") }); put.onsuccess = done; });
          db.close();
        }"""
    )
    phone.open("严格巡查")
    phone.page.get_by_label("名称").fill("翔云便利店")
    phone.page.get_by_label("人数").fill("500")
    phone.question("/photo").locator("input[type=file]").first.set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(640, 480)}
    )
    expect(phone.question("/photo").locator("img")).to_be_visible()
    phone.submit()
    expect(phone.page.get_by_text("已放入发件箱")).to_be_visible()
    phone.page.goto(f"{product.address}/m/#/outbox")
    expect(phone.page.locator("main")).to_contain_text("未通过", timeout=60_000)
    expect(phone.page.locator("main")).to_contain_text("应少于 100")
    phone.page.get_by_role("button", name="改正后再发").click()
    phone.ready()
    expect(phone.question("/people")).to_have_class(re.compile("marked"))
    expect(phone.question("/people").locator(".fill-mark")).to_contain_text("应少于 100")
    expect(phone.question("/name").locator(".fill-mark")).to_have_count(0)
    expect(phone.question("/photo").locator("img")).to_be_visible()
    phone.page.get_by_label("人数").fill("50")
    phone.submit()
    expect(phone.page.get_by_text("已放入发件箱")).to_be_visible()
    phone.received("巡查 翔云便利店")
    (found,) = answers_of(product, "patrol-strict")
    assert found["answers"]["/people"] == 50
    assert len(found["here"]) == 1


def test_a_draft_of_the_old_version_is_finished_after_a_new_one(
    seat: Take, phone: Phone, product: Product
) -> None:
    desk = seat("jinbo")
    publish(desk, "patrol-two", workbook("patrol-two", "两版巡查", SIMPLE))
    phone.sign_in("nanxiang")
    phone.take("两版巡查")
    phone.open("两版巡查")
    phone.page.get_by_label("名称").fill("顺风水果")
    phone.kept()
    address = phone.page.url
    publish(
        desk,
        "patrol-two",
        workbook("patrol-two", "两版巡查", [*SIMPLE, row("text", "fresh", "新增的题")], version="2"),
    )
    phone.page.goto(f"{product.address}/m/#/forms")
    phone.page.reload()
    phone.page.wait_for_timeout(6000)
    phone.context.set_offline(True)
    phone.page.goto(f"{product.address}/m/#/forms")
    phone.open("两版巡查")
    expect(phone.page.get_by_label("新增的题")).to_be_visible()
    expect(phone.page.get_by_text("有一份没有提交的草稿")).to_be_visible()
    phone.page.get_by_role("button", name="接着填").click()
    expect(phone.page.get_by_label("名称")).to_have_value("顺风水果")
    assert phone.page.url == address
    expect(phone.page.get_by_label("新增的题")).to_have_count(0)
    phone.context.set_offline(False)
    phone.submit()
    phone.received("巡查 顺风水果")
    (found,) = answers_of(product, "patrol-two")
    assert found["answers"]["/name"] == "顺风水果"


def test_taken_back_before_it_is_sent(seat: Take, phone: Phone, product: Product) -> None:
    publish(seat("jinbo"), "patrol-back", workbook("patrol-back", "撤回巡查", SIMPLE, space="1234"))
    phone.sign_in("nanxiang")
    phone.take("撤回巡查")
    phone.context.set_offline(True)
    phone.open("撤回巡查")
    phone.page.get_by_label("名称").fill("德华五金")
    phone.submit()
    phone.page.get_by_role("button", name="撤回修改").click()
    expect(phone.page.get_by_label("名称")).to_have_value("德华五金")
    phone.page.get_by_label("名称").fill("德华五金店")
    phone.submit()
    expect(phone.page.get_by_text("已放入发件箱")).to_be_visible()
    phone.context.set_offline(False)
    phone.received("巡查 德华五金店")
    assert [one["title"] for one in answers_of(product, "patrol-back")] == ["巡查 德华五金店"]


def test_what_was_sent_back_is_mended_in_its_place(seat: Take, phone: Phone, product: Product) -> None:
    publish(seat("jinbo"), "patrol-again", workbook("patrol-again", "退回巡查", SIMPLE))
    phone.sign_in("nanxiang")
    phone.take("退回巡查")
    phone.open("退回巡查")
    phone.page.get_by_label("名称").fill("古猗茶庄")
    phone.page.get_by_label("人数").fill("4")
    phone.question("/photo").locator("input[type=file]").first.set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture(640, 480)}
    )
    expect(phone.question("/photo").locator("img")).to_be_visible()
    phone.submit()
    phone.received("巡查 古猗茶庄")
    (before,) = answers_of(product, "patrol-again")
    asked(
        product,
        "from guatu.kernel import clock\nclock.refresh(force=True)\n"
        "from guatu.fieldwork.acts import review_submission\nfrom guatu.fieldwork.models import Submission\n"
        "from guatu.units.models import Person\n"
        f"row = Submission.objects.get(id={before['id']!r})\n"
        "review_submission(by=Person.objects.get(username='jinbo'), submission=row, status='has_issues', reason='人数不对',"
        " questions=[{'path': '/people', 'note': '请数一遍再填'}])\nprint('1')",
    )
    phone.page.goto(f"{product.address}/m/#/returns")
    phone.page.reload()
    expect(phone.page.get_by_role("link", name=re.compile("退回巡查"))).to_be_visible(timeout=60_000)
    phone.page.wait_for_timeout(1500)
    phone.context.set_offline(True)
    phone.open("退回巡查")
    expect(phone.page.locator(".fill-note")).to_contain_text("人数不对")
    expect(phone.question("/people").locator(".fill-mark")).to_contain_text("请数一遍再填")
    expect(phone.page.get_by_label("名称")).to_have_value("古猗茶庄")
    expect(phone.question("/photo")).to_contain_text("文件已在服务器上")
    phone.page.get_by_label("人数").fill("6")
    phone.kept()
    phone.page.reload()
    phone.ready()
    expect(phone.page.get_by_label("人数")).to_have_value("6")
    expect(phone.question("/people").locator(".fill-mark")).to_contain_text("请数一遍再填")
    phone.submit()
    expect(phone.page.get_by_text("已放入发件箱")).to_be_visible()
    phone.context.set_offline(False)
    phone.page.goto(f"{product.address}/m/#/outbox")
    expect(phone.page.locator("[data-state=sent]")).to_have_count(2, timeout=60_000)
    (after,) = answers_of(product, "patrol-again")
    assert (after["id"], after["edits"]) == (before["id"], 1)
    assert after["answers"]["/people"] == 6
    assert after["answers"]["/photo"] == before["answers"]["/photo"]
    assert after["instance"] != before["instance"]
