"""An evening's inspection on the phone, without signal: checked, signed, kept through a reload, ordered exactly once."""

import io
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.walks.conftest import ROOT, Product, Seat
from tests.walks.test_phone import asked, go, opened

pytestmark = pytest.mark.walk


@pytest.fixture(scope="module")
def round_(product: Product) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.walks.visit_cast"],
        env=product.environment, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture
def phone(seat: Callable[..., Seat], round_: None) -> Seat:
    one = seat("nanxiang", phone=True)
    opened(one.open("/m/"))
    return one


def photo() -> dict[str, Any]:
    drawn = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(drawn, "JPEG")
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}


def check(page: Page, number: str) -> Any:
    return page.locator(".check", has=page.locator("h3", has_text=number)).first


def sign(page: Page) -> None:
    page.get_by_role("button", name="点此签名").click()
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 90, steps=5)
    page.mouse.move(box["x"] + 220, box["y"] + 40, steps=5)
    page.mouse.up()
    page.get_by_role("button", name="保存").click()


def visit(product: Product, name: str) -> dict[str, Any]:
    return dict(
        asked(
            product,
            "from guatu.inspections.models import Order, Visit\nfrom guatu.kernel.models import Act\n"
            "from guatu.files.models import Attachment\n"
            f"row = Visit.objects.get(place__name='{name}')\norders = list(Order.objects.filter(visit=row))\n"
            "subjects = [str(row.id), *(str(each.id) for each in orders)]\n"
            "answer = {'status': row.status, 'outcome': row.outcome, 'done': Act.objects.filter(verb='visit.done', "
            "subject_id=str(row.id)).count(), 'orders': [each.number for each in orders], "
            "'signed': [each.signed_as for each in orders], "
            "'files': sorted(Attachment.objects.filter(subject_id__in=subjects).values_list('subject_type', flat=True))}",
        )
    )


def test_a_place_is_checked_without_signal_and_ordered_once(phone: Seat, product: Product, seat: Any):
    page, context = phone.page, phone.context
    go(page, "visits")
    expect(page.locator(".next")).to_contain_text("下一家")
    phone.shot("phone-visits")
    context.set_offline(True)
    go(page, "")
    page.reload()  # the whole round opens without a server
    go(page, "visits")
    page.locator(".item", has_text="古漪园茶楼").locator("a").click()
    check(page, "2 公共区域").get_by_role("button", name="不符合").click()
    page.reload()  # half done: nothing is lost
    expect(check(page, "2 公共区域").get_by_role("button", name="不符合")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.get_by_role("button", name="其余全部符合").click()
    page.get_by_role("button", name="完成检查").click()
    expect(page.locator("p.wrong[role=alert]")).to_contain_text("2")
    check(page, "2 公共区域").locator("input[type=file]").set_input_files(photo())
    expect(check(page, "2 公共区域").locator("img")).to_be_visible()
    expect(page.locator(".result")).to_contain_text("按检查表应为：责令整改")
    page.get_by_label("姓名").fill("陈老板")
    page.locator("input[name=capacity]").fill("经营者")
    sign(page)
    expect(page.locator(".signature img")).to_be_visible()
    phone.shot("phone-visit")
    assert phone.faults() == []
    page.get_by_role("button", name="完成检查").click()
    expect(page.locator(".lead")).to_contain_text("已查 1 家")
    page.reload()
    expect(page.locator(".item", has_text="古漪园茶楼").locator(".chip", has_text="待发送")).to_be_visible()
    assert visit(product, "古漪园茶楼")["status"] == "planned"

    context.set_offline(False)
    go(page, "outbox")
    expect(page.locator(".receipt", has_text="古漪园茶楼")).to_contain_text("ZG-", timeout=60_000)
    phone.shot("phone-visit-receipt")
    told = visit(product, "古漪园茶楼")
    assert told["done"] == 1 and told["outcome"] == "rectify" and told["signed"] == ["经营者"]
    assert len(told["orders"]) == 1 and told["files"] == ["order", "visit"]
    desk = seat("jinbo")
    desk.open("/street/orders/")
    expect(desk.page.locator("main")).to_contain_text(told["orders"][0])


def test_not_open_is_undone_while_unsent(phone: Seat, product: Product):
    page, context = phone.page, phone.context
    context.set_offline(True)
    go(page, "visits")
    page.locator(".item", has_text="解放街百货").locator("a").click()
    check(page, "1 入口").get_by_role("button", name="当场整改").click()
    page.get_by_role("button", name="未开门").click()
    page.get_by_role("button", name="门关着").click()
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".toast")).to_contain_text("解放街百货")
    page.locator(".toast").get_by_role("button", name="撤回").click()
    expect(check(page, "1 入口").get_by_role("button", name="当场整改")).to_have_attribute(
        "aria-pressed", "true"
    )
    go(page, "outbox")
    expect(page.locator("main")).not_to_contain_text("解放街百货")
    context.set_offline(False)
    assert visit(product, "解放街百货")["status"] == "planned"


def test_somebody_else_was_first(phone: Seat, product: Product):
    page, context = phone.page, phone.context
    go(page, "visits")
    expect(page.locator(".item", has_text="云翔酒家")).to_be_visible()
    context.set_offline(True)
    page.locator(".item", has_text="云翔酒家").locator("a").click()
    page.get_by_role("button", name="其余全部符合").click()
    asked(
        product,
        "from guatu.inspections.acts.visits import mark_not_open\nfrom guatu.inspections.models import Visit\n"
        "from guatu.units.models import Person\n"
        "mark_not_open(by=Person.objects.get(username='jinbo'), visit=Visit.objects.get(place__name='云翔酒家'), "
        "note='门关着')\nanswer = 1",
    )
    page.get_by_role("button", name="完成检查").click()
    expect(page.locator(".toast")).to_contain_text("云翔酒家：检查完成")  # it looks for the position first
    context.set_offline(False)
    go(page, "outbox")
    row = page.locator(".item[data-state=refused]", has_text="云翔酒家")
    expect(row).to_be_visible(timeout=60_000)
    name = asked(
        product, "from guatu.units.models import Person\nanswer = Person.objects.get(username='jinbo').name"
    )
    expect(row).to_contain_text(name)
    assert visit(product, "云翔酒家")["outcome"] == "not_open"
