"""The phone pages in a real browser: without signal, with answers lost, with a wrong clock, through an update, full, shared."""

import json
import re
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.walks.conftest import ROOT, Product, Seat

pytestmark = pytest.mark.walk

FULL = """() => {
  window.keptPut = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function () { throw new DOMException("full", "QuotaExceededError"); };
}"""
ROOM = "() => { IDBObjectStore.prototype.put = window.keptPut; }"


def asked(product: Product, code: str) -> Any:
    """Ask the store itself, in a process of its own; `answer` is what the code leaves."""
    whole = (
        "import json, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'guatu.settings'\n"
        "import django; django.setup()\nfrom guatu.kernel import clock; clock.refresh(force=True)\n"
        f"{code}\nprint(json.dumps(answer, default=str))"
    )
    done = subprocess.run(
        [sys.executable, "-c", whole], env=product.environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def surveys(product: Product, name: str) -> list[dict[str, Any]]:
    return list(
        asked(
            product,
            "from guatu.places.models import PlaceSurvey\nfrom guatu.kernel.models import Act\n"
            f"rows = PlaceSurvey.objects.filter(place__name='{name}')\n"
            "answer = [{'at': row.at, 'opened': row.opened, 'acts': Act.objects.filter(verb='placesurvey.said', "
            "subject_id=str(row.id)).count()} for row in rows]",
        )
    )


@pytest.fixture(scope="module")
def places(product: Product) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.walks.phone_cast"],
        env=product.environment, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture
def phone(seat: Callable[..., Seat], places: None) -> Seat:
    """南翔镇 with a phone on which the pages were opened once, with signal."""
    one = seat("nanxiang", phone=True)
    opened(one.open("/m/"))
    return one


def opened(page: Page) -> Page:
    """The lists are here and the worker keeps the pages."""
    expect(page.locator(".hello")).to_contain_text("王敏")
    expect(page.locator(".sync")).to_contain_text("已同步", timeout=60_000)
    page.evaluate("() => navigator.serviceWorker.ready")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return page


def go(page: Page, hash_: str) -> None:
    page.evaluate("to => { location.hash = to; }", f"#/{hash_}")


def unchanged(page: Page, name: str) -> None:
    """Two taps."""
    go(page, "places")
    row = page.locator(".item", has_text=name)
    row.get_by_role("button", name="无变化").click()
    row.get_by_role("button", name="确认无变化？").click()
    expect(page.locator(".toast")).to_contain_text(name)


def state(page: Page, name: str, word: str) -> None:
    go(page, "outbox")
    expect(page.locator(".item", has_text=name).locator(".chip").first).to_contain_text(word, timeout=60_000)


def test_a_survey_without_signal_is_sent_once_when_it_returns(phone: Seat, product: Product):
    page, context = phone.page, phone.context
    expect(page.locator(".tiles")).to_contain_text("今天还没有摸排")
    go(page, "places")
    expect(page.locator(".lead")).to_have_text(re.compile("我的3栋楼宇和[78]家商铺"))
    context.set_offline(True)
    unchanged(page, "老街小笼")
    page.reload()  # the pages open without a server
    expect(page.locator(".tabs .count")).to_have_text("1")
    state(page, "老街小笼", "待发送")
    other = context.new_page()  # a second tab, also without signal
    other.goto(f"{product.address}/m/#/outbox")
    expect(other.locator(".item", has_text="老街小笼")).to_be_visible()
    assert surveys(product, "老街小笼") == []

    # the answer of the first try is lost after the server has done it
    lost = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)
        route.abort()

    context.route("**/m/outbox", lose)
    context.set_offline(False)
    state(page, "老街小笼", "已发送")
    expect(other.locator(".item", has_text="老街小笼")).to_contain_text("已发送")
    assert lost == [201]
    (row,) = surveys(product, "老街小笼")
    assert row["acts"] == 1
    expect(page.locator(".receipt").first).to_contain_text(re.compile(r"0916-[0-9A-F]{6}"))


def test_a_clock_wrong_by_a_year_and_what_opened(phone: Seat, product: Product):
    page = phone.page
    page.clock.set_system_time("2030-01-01T10:00:00+08:00")
    go(page, "places")
    row = page.locator(".item", has_text="翔云便利店")
    row.get_by_role("button", name="新开/关停").click()
    page.locator(".sheet").get_by_role("button", name="提交").click()
    expect(page.locator(".sheet .wrong")).not_to_be_empty()
    page.fill(".merchant input[name=name]", "新开奶茶")
    page.locator(".sheet").get_by_role("button", name="提交").click()
    state(page, "翔云便利店", "已发送")
    expect(page.locator(".receipt").first).to_contain_text("手机时钟比服务器快")
    (found,) = surveys(product, "翔云便利店")
    assert found["at"].startswith("2021-09-16") and found["opened"] == 1


def test_a_tap_can_be_undone_while_it_is_unsent(phone: Seat, product: Product):
    unchanged(phone.page, "顺风水果")
    phone.page.locator(".toast").get_by_role("button", name="撤回").click()
    expect(phone.page.locator(".toast")).to_contain_text("已撤回")
    phone.page.wait_for_timeout(8000)
    assert surveys(product, "顺风水果") == []


def test_what_is_refused_stays_and_the_rest_goes_on(phone: Seat, product: Product):
    page, context = phone.page, phone.context
    context.set_offline(True)
    unchanged(page, "德华五金")
    unchanged(page, "南翔药房")
    asked(
        product,
        "from guatu.places.models import Place\nfrom guatu.units.models import Contract\n"
        "from guatu.units.acts import end_contract\nfrom guatu.places.acts import withdraw_place\n"
        "from guatu.kernel.acts import SYSTEM\nplace = Place.objects.get(name='德华五金')\n"
        "[end_contract(by=SYSTEM, contract=row) for row in Contract.objects.filter(place=place, ended=False)]\n"
        "withdraw_place(by=SYSTEM, place=Place.objects.get(id=place.id)); answer = 1",
    )
    context.set_offline(False)
    state(page, "南翔药房", "已发送")
    state(page, "德华五金", "未通过")
    row = page.locator(".item", has_text="德华五金")
    expect(row.locator(".note.bad")).not_to_be_empty()
    expect(page.locator(".tabs .count")).to_have_text("1")
    row.get_by_role("button", name="放弃这一条").click()
    expect(page.locator(".item", has_text="德华五金")).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="撤回").click()  # and undo of that
    expect(page.locator(".item", has_text="德华五金")).to_contain_text("未通过")
    go(page, "places")
    expect(page.locator(".item", has_text="德华五金")).to_have_count(0)


def test_a_full_phone_keeps_nothing_half_and_says_so(phone: Seat):
    page = phone.page
    go(page, "cases/new")
    page.get_by_label("问题是什么").fill("暴露垃圾")
    page.evaluate(FULL)
    page.get_by_role("button", name="上报").click()
    expect(page.locator(".toast")).to_contain_text("手机存储已满")
    expect(page.locator(".toast")).to_contain_text("清理已发送的照片")
    expect(page.get_by_label("问题是什么")).to_have_value("暴露垃圾")
    page.evaluate(ROOM)
    go(page, "outbox")
    expect(page.locator(".item", has_text="暴露垃圾")).to_have_count(0)
    go(page, "cases/new")
    page.get_by_label("问题是什么").fill("暴露垃圾")
    page.get_by_role("button", name="上报").click()
    state(page, "暴露垃圾", "已发送")


def test_a_session_that_ended_and_a_phone_that_is_shared(phone: Seat, product: Product):
    page, context = phone.page, phone.context
    context.set_offline(True)
    unchanged(page, "古猗茶庄")
    context.clear_cookies(name="sessionid")
    context.set_offline(False)
    expect(page.locator(".alert.warn")).to_contain_text("王敏")
    state(page, "古猗茶庄", "待发送")
    # somebody else signs in on the same phone: nothing is shown, nothing is sent
    sign_in(context, product, "jiangqiao")
    page.reload()
    expect(page.locator(".alert.warn")).to_contain_text("另一位同志")
    page.get_by_role("button", name="切换到现在登录的人").click()
    go(page, "")
    expect(page.locator(".hello")).to_contain_text("李建国")
    go(page, "outbox")
    expect(page.locator("body")).not_to_contain_text("古猗茶庄")
    assert surveys(product, "古猗茶庄") == []
    # and when the first one is back, it goes
    context.clear_cookies(name="sessionid")
    sign_in(context, product, "nanxiang")
    page.reload()
    page.get_by_role("button", name="切换到现在登录的人").click()
    state(page, "古猗茶庄", "已发送")
    assert len(surveys(product, "古猗茶庄")) == 1


def sign_in(context: BrowserContext, product: Product, username: str) -> None:
    page = context.new_page()
    page.goto(f"{product.address}/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", product.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    page.close()


def test_signing_out_asks_about_what_is_unsent_and_leaves_nothing(phone: Seat):
    page, context = phone.page, phone.context
    go(page, "settings")
    page.get_by_role("button", name="退出登录").click()
    expect(page.locator(".sheet")).to_be_visible()
    page.locator(".sheet").get_by_role("button", name="先不退出").click()
    page.get_by_role("button", name="退出登录").click()
    page.locator(".sheet .button.danger").click()
    expect(page.locator(".alert.warn")).to_contain_text("还没有登录")
    names = page.evaluate("async () => (await indexedDB.databases()).map((each) => each.name)")
    assert not [name for name in names if re.fullmatch(r"guatu-phone-[0-9a-f-]{36}", name)]
    assert context.pages


@contextmanager
def in_front(product: Product, newer: threading.Event) -> Iterator[str]:
    """A server in front of the product that hands out another worker once `newer` is set: an update in between."""

    class Front(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else None
            passed = {
                name: value for name, value in self.headers.items() if name.lower() != "accept-encoding"
            }
            request = urllib.request.Request(product.address + self.path, body, passed, method=self.command)
            try:
                reply = urllib.request.build_opener(_Stay).open(request)
            except urllib.error.HTTPError as error:
                reply = error
            text = reply.read()
            if self.path == "/m/sw.js" and newer.is_set():
                text = text.replace(b'{"version": "', b'{"version": "newer-', 1)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                if name.lower() not in (
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "server",
                    "date",
                ):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = pass_on

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Front)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def test_an_update_in_between_loses_nothing(seat: Callable[..., Seat], product: Product, places: None):
    newer = threading.Event()
    one = seat(None, phone=True)
    with in_front(product, newer) as address:
        one.address = address
        page = one.open("/accounts/login/?next=/m/")
        page.fill("input[name=login]", "nanxiang")
        page.fill("input[name=password]", product.password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/m/**")
        opened(page)
        go(page, "forms")
        page.locator(".item a").first.click()
        page.wait_for_selector("[data-fill-ready]")
        field = page.locator(".fill input[type=text], .fill textarea").first
        field.fill("QJ-20210915")
        newer.set()
        page.evaluate("async () => { await (await navigator.serviceWorker.ready).update(); }")
        page.get_by_role("button", name="有新版本，点此更新").click()
        page.wait_for_selector("[data-fill-ready]")
        expect(page.locator(".fill input[type=text], .fill textarea").first).to_have_value("QJ-20210915")
        assert page.evaluate("async () => (await caches.keys()).length") == 1
        assert "newer-" in page.evaluate("async () => (await caches.keys())[0]")
        page.context.set_offline(True)
        page.reload()
        page.wait_for_selector("[data-fill-ready]")
        page.context.set_offline(False)


def test_every_form_opens_without_signal(phone: Seat):
    page, context = phone.page, phone.context
    go(page, "forms")
    expect(page.locator(".items .item").first).to_be_visible()
    context.set_offline(True)
    page.reload()
    go(page, "forms")
    expect(page.locator(".items .item").first).to_be_visible()
    for name in page.locator(".items .item-title").all_inner_texts():
        go(page, "forms")
        page.locator(".item a", has_text=name).first.click()
        page.wait_for_selector("[data-fill-ready]")
        expect(page.locator(".fill")).not_to_contain_text("没有能够打开")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_pages_have_no_accessibility_faults(seat: Callable[..., Seat], places: None, language: str):
    one = seat("nanxiang", phone=True)
    if language == "en":
        one.context.add_cookies([{"name": "django_language", "value": "en", "url": one.address}])
    page = one.open("/m/")
    expect(page.locator(".sync")).to_contain_text(re.compile("已同步|Synchronised"), timeout=60_000)
    for hash_ in (
        "",
        "places",
        "visits",
        "forms",
        "outbox",
        "map",
        "settings",
        "lists",
        "cases",
        "cases/new",
    ):
        go(page, hash_)
        page.wait_for_timeout(500)
        assert one.faults() == [], hash_


def test_without_a_store_in_the_browser_it_still_works_and_says_so(seat: Callable[..., Seat], places: None):
    """The browser inside a messenger: no IndexedDB, no worker."""
    one = seat("nanxiang", phone=True)
    one.context.add_init_script(
        "Object.defineProperty(window, 'indexedDB', {value: undefined});"
        "Object.defineProperty(Navigator.prototype, 'serviceWorker', {get: undefined}); delete Navigator.prototype.serviceWorker;"
    )
    page = one.open("/m/")
    expect(page.locator(".alert.bad")).to_contain_text("在浏览器打开")
    expect(page.locator(".hello")).to_contain_text("王敏")
    unchanged(page, "新华书店")
    state(page, "新华书店", "已发送")
