"""The custom elements alone, in a real browser, over a page server that keeps them honest about their content policy."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pyxform.xls2xform import convert

BUILT = Path(__file__).resolve().parents[2] / "guatu" / "kit" / "static" / "built"
pytestmark = pytest.mark.walk

STRICT = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "worker-src 'self' blob:; object-src 'none'"
)
FORM_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self' data:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'"
)
FORM = """
| survey | | | | | | | | | |
| | type | name | label::中文 (zh) | label::English (en) | required | constraint | relevant | appearance | calculation |
| | text | place | 地点 | Place | yes | | | | |
| | integer | people | 出动人数 | People | yes | . > 0 | | | |
| | select_one yn | more | 还有遗留问题吗 | Anything left | | | | | |
| | text | what | 什么问题 | What | | | ${more} = 'y' | | |
| | geopoint | spot | 位置 | Position | | | | | |
| | geopoint | onmap | 图上位置 | On the map | | | | placement-map | |
| | image | photo | 照片 | Photo | | | | | |
| | calculate | day | | | | | | | format-date(today(), '%Y-%m-%d') |
| | end | end | | | | | | | |
| choices | | | | |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | yn | y | 有 | Yes |
| | yn | n | 没有 | No |
| settings | | | |
| | form_title | form_id | version | default_language |
| | 清洁日记录 | clean-day | 1 | 中文 (zh) |
"""
SQUARE = [[121.2, 31.3], [121.3, 31.3], [121.3, 31.4], [121.2, 31.4], [121.2, 31.3]]


def area(code: str, name: str, value: float | None, **more: Any) -> dict[str, Any]:
    shift = int(code[-1]) * 0.12
    ring = [[x + shift, y] for x, y in SQUARE]
    properties = {"role": "area", "code": code, "name": name, "tile": True, "value": value, **more}
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": properties,
    }


class Story:
    """What the page server answers, changed by a test while the page stands open."""

    def __init__(self) -> None:
        self.xform = convert(xlsform=FORM, validate=False, file_type=".md").xform
        self.page = ""
        self.answer = (201, "已收到，编号 S-1。")
        self.received: list[bytes] = []
        self.down = False
        self.value = 85.0
        self.late = "3"
        self.asked: list[str] = []

    def map(self) -> dict[str, Any]:
        return {
            "type": "FeatureCollection",
            "guatu": {"label": "任务完成率", "unit": "%", "sense": "good", "steps": [60, 80], "attributions": ["测试数据"], "as_of": ""},
            "features": [
                area("310114102", "南翔镇", self.value, text=f"{self.value:.0f}%", href="/there"),
                area("310114103", "安亭镇", None),
                {
                    "type": "Feature",
                    "geometry": {"type": "Point", "coordinates": [121.5, 31.35]},
                    "properties": {"role": "point", "name": "华江公路占道", "tone": "late", "href": "/case"},
                },
            ],
        }  # fmt: skip

    def wall(self) -> dict[str, Any]:
        late = f'<h2>逾期</h2><a href="/late" data-figure="late">{self.late}</a>'
        return {
            "as_of": "09:00",
            "panels": [
                {"id": "late", "tag": self.late, "html": late},
                {"id": "still", "tag": "same", "html": "不应换上"},
            ],
        }


class Answers(BaseHTTPRequestHandler):
    story: Story

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def out(
        self, body: str | bytes, kind: str, status: int = 200, policy: str = STRICT, tag: str = ""
    ) -> None:
        raw = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Security-Policy", policy),
            ("Content-Length", str(len(raw))),
        ):
            self.send_header(name, value)
        if tag:
            self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(raw)

    def tagged(self, content: Any, kind: str) -> None:
        body = json.dumps(content, ensure_ascii=False)
        tag = f'"{hash(body)}"'
        if self.headers.get("If-None-Match") == tag:
            self.out("", kind, 304, tag=tag)
        else:
            self.out(body, kind, tag=tag)

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        self.story.asked.append(path)
        if self.story.down and path in ("/data", "/map.json"):
            self.out("", "text/plain", 503)
        elif path.startswith("/built/"):
            kinds = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css"}
            file = BUILT / path.removeprefix("/built/")
            self.out(file.read_bytes(), kinds.get(file.suffix, "application/octet-stream"))
        elif path == "/map.json":
            self.tagged(self.story.map(), "application/geo+json")
        elif path == "/data":
            self.tagged(self.story.wall(), "application/json")
        elif path == "/form.xml":
            self.out(self.story.xform, "text/xml")
        elif path == "/favicon.ico":
            self.out("", "image/x-icon")
        else:
            policy = FORM_POLICY if "guatu-form" in self.story.page else STRICT
            self.out(self.story.page, "text/html; charset=utf-8", policy=policy)

    def do_POST(self) -> None:
        self.story.received.append(self.rfile.read(int(self.headers["Content-Length"])))
        status, sentence = self.story.answer
        body = f'<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message>{sentence}</message></OpenRosaResponse>'
        self.out(body, "text/xml; charset=utf-8", status)


@pytest.fixture
def story() -> Iterator[Story]:
    Answers.story = Story()
    yield Answers.story


@pytest.fixture
def address(story: Story) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, geolocation={"latitude": 31.29, "longitude": 121.31}
    )
    context.grant_permissions(["geolocation"])
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that notes every complaint and every request to another host; both must stay empty."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda said: wrong.append(said.text) if "Content Security Policy" in said.text else None
    )
    page.on("request", lambda asked: wrong.append(asked.url) if _outside(asked.url) else None)
    yield page
    assert wrong == []


def _outside(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))


def html(body: str, lang: str = "zh-hans") -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>t</title>'
        '<meta name="csrf-token" content="token-1"></head>'
        f'<body>{body}<script type="module" src="/built/elements.js"></script></body></html>'
    )


def test_map_draws_and_says_the_same_in_its_list(page: Page, story: Story, address: str) -> None:
    rows = '<tr data-code="310114102"><th><a href="/there">南翔镇</a></th><td>85%</td></tr>'
    story.page = html(
        f'<guatu-map src="/map.json" refresh="100" label="任务完成率"><table data-twin>{rows}</table></guatu-map>'
    )
    page.goto(address)
    expect(page.locator("guatu-map")).to_have_attribute("data-drawn", "1", timeout=20_000)
    legend = page.locator(".map-legend")
    for word in ("任务完成率", "80% 以上", "不到 60%", "无数据", "逾期", "方格为示意，不是边界"):
        expect(legend).to_contain_text(word)
    expect(page.locator(".map-by")).to_contain_text("测试数据")
    page.locator(".map-twin summary").click()
    page.get_by_role("link", name="南翔镇").focus()
    expect(page.locator(".map-card")).to_contain_text("85%")
    story.value = 86
    expect(page.locator("guatu-map")).to_have_attribute("data-drawn", "2")


def test_map_is_a_list_where_there_is_no_webgl(page: Page, story: Story, address: str) -> None:
    story.page = html(
        '<guatu-map src="/map.json" label="x"><table data-twin><tr><td>南翔镇</td></tr></table></guatu-map>',
        "en",
    )
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(address)
    expect(page.get_by_text("please use the list")).to_be_visible()
    expect(page.get_by_text("南翔镇")).to_be_visible()


def test_wall_exchanges_only_what_changed_and_says_since_when(page: Page, story: Story, address: str) -> None:
    story.page = html(
        '<guatu-wall data="/data" every="100"><p data-wall-stale hidden></p>'
        '<section class="wall-panel" id="late" data-tag="3"><a href="/late" data-figure="late">3</a></section>'
        '<section class="wall-panel" id="still" data-tag="same">原样</section></guatu-wall>'
    )
    page.goto(address)
    page.wait_for_timeout(400)
    assert story.asked.count("/data") >= 3
    story.late = "4"
    figure = page.locator("#late [data-figure]")
    expect(figure).to_have_text("4", timeout=1000)
    expect(figure).to_have_class("changed")
    expect(page.locator("#still")).to_have_text("原样")
    story.down = True
    expect(page.locator("[data-wall-stale]")).to_contain_text("数据截至", timeout=10_000)
    story.down = False
    expect(page.locator("[data-wall-stale]")).to_be_hidden(timeout=10_000)


def test_gantt_opens_at_today_and_zooms(page: Page, story: Story, address: str) -> None:
    chart = '<svg width="2920" height="64"><line class="gantt-today" x1="70%" x2="70%" y1="0" y2="64"/></svg>'
    story.page = html(
        '<guatu-gantt days="365" today="258"><div class="gantt-names"></div>'
        f'<div class="gantt-scroll" tabindex="0">{chart}</div></guatu-gantt>'
    )
    page.goto(address)
    expect(page.get_by_role("button", name="月")).to_have_attribute("aria-pressed", "true")
    scrolled = "document.querySelector('.gantt-scroll').scrollLeft"
    at_month = page.evaluate(scrolled)
    assert at_month > 1500
    page.get_by_role("button", name="周").click()
    assert page.evaluate(scrolled) > at_month * 2
    page.reload()
    expect(page.get_by_role("button", name="周")).to_have_attribute("aria-pressed", "true")


FORM_PAGE = (
    '<guatu-form form="/form.xml" submit="/submission" draft="clean-day:p1"><p>没有脚本</p></guatu-form>'
)


def open_form(page: Page, story: Story, address: str, lang: str = "zh-hans") -> None:
    story.page = html(FORM_PAGE, lang)
    page.goto(address)
    page.wait_for_selector("guatu-form[ready]", timeout=20_000)


def fill(page: Page, place: str, people: str) -> None:
    page.get_by_role("textbox", name="地点").fill(place)
    number = page.get_by_role("spinbutton")
    number.press_sequentially(people)
    number.blur()


def instance_id(body: bytes) -> str:
    return body.split(b"instanceID>")[1].split(b"<")[0].decode()


def xml_of(body: bytes) -> bytes:
    return re.findall(rb"\r\n\r\n(<.*?)\r\n--", body, re.S)[0]


def test_form_is_chinese_checks_and_sends(page: Page, story: Story, address: str) -> None:
    open_form(page, story, address)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("有 2 题需要改正。")).to_be_visible()
    expect(page.get_by_text("此项必填").first).to_be_visible()
    fill(page, "南翔老街", "32")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".form-says")).to_contain_text("已收到，编号 S-1。")
    assert "南翔老街" in story.received[0].decode()
    assert b'name="xml_submission_file"' in story.received[0]
    expect(page.get_by_role("textbox", name="地点")).to_have_value("")


def test_form_lives_on_the_day_of_the_office(page: Page, story: Story, address: str) -> None:
    story.page = html(FORM_PAGE.replace("<guatu-form", '<guatu-form now="2021-09-16T09:00:00+08:00"'))
    page.goto(address)
    page.wait_for_selector("guatu-form[ready]", timeout=20_000)
    fill(page, "南翔老街", "5")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".form-says")).to_contain_text("S-1")
    assert b"<day>2021-09-16</day>" in story.received[0]


def test_form_in_english(page: Page, story: Story, address: str) -> None:
    open_form(page, story, address, "en")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("2 questions with errors.")).to_be_visible()


def test_form_keeps_a_draft_until_the_server_has_it(page: Page, story: Story, address: str) -> None:
    open_form(page, story, address)
    fill(page, "金沙江西路", "7")
    page.get_by_text("有", exact=True).click()
    expect(page.locator(".form-kept")).to_contain_text("已保存在本机")
    page.reload()
    page.wait_for_selector("guatu-form[ready]")
    expect(page.locator(".form-says")).to_contain_text("已取回上次没有提交的内容")
    expect(page.get_by_role("textbox", name="地点")).to_have_value("金沙江西路")

    story.answer = (409, "这份记录与已收到的内容不同，已另存备查。")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".form-says")).to_contain_text("已另存备查")
    expect(page.get_by_role("textbox", name="地点")).to_have_value("金沙江西路")

    page.context.set_offline(True)
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".form-says")).to_contain_text("没有信号")
    page.context.set_offline(False)

    story.answer = (201, "已收到，编号 S-2。")
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".form-says")).to_contain_text("S-2")
    page.reload()
    page.wait_for_selector("guatu-form[ready]")
    expect(page.get_by_role("textbox", name="地点")).to_have_value("")
    assert len({instance_id(body) for body in story.received}) == 1
    assert len({xml_of(body) for body in story.received}) == 1, (
        "what was once on the wire is repeated as it was"
    )


def test_form_map_asks_no_outside_host(page: Page, story: Story, address: str) -> None:
    open_form(page, story, address)
    expect(page.locator("guatu-form .ol-viewport").first).to_be_visible(timeout=10_000)
    page.get_by_role("button", name="获取位置").last.click()
    page.wait_for_timeout(1000)
    assert any("MapBlock" in path for path in story.asked), "the map of the question was loaded"


def test_nothing_built_asks_an_outside_host() -> None:
    for part in BUILT.rglob("*.js"):
        assert "tile.openstreetmap.org" not in part.read_text(), part.name
