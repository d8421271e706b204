"""A border drawn on the map: by the mouse, by the keyboard, and what the page says when a line would cross another."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.walks.conftest import Seat
from tests.walks.steps import said

pytestmark = pytest.mark.walk
Take = Callable[..., Seat]


def _ready(page: Page) -> None:
    expect(page.locator("guatu-draw")).to_have_attribute("ready", "", timeout=20_000)


def _press(page: Page, x: float, y: float) -> None:
    """Press the map at a share of its width and height."""
    canvas = page.locator("guatu-draw canvas.maplibregl-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)


def _ring(page: Page) -> list[list[float]]:
    drawn: dict[str, Any] = json.loads(page.input_value("#id_shape"))
    assert drawn["type"] == "Polygon"
    ring: list[list[float]] = drawn["coordinates"][0]
    return ring


def _corners(page: Page, count: int) -> None:
    expect(page.locator("guatu-draw")).to_have_attribute("data-corners", str(count))


def _new_grid(one: Seat) -> Page:
    """From the town to its first neighbourhood to the form, as a person goes."""
    page = one.open("/street/places/areas/310114102/")
    page.locator("#below table a").first.click()
    page.get_by_role("link", name="新增单元网格").click()
    _ready(page)
    return page


def test_the_office_draws_a_grid_and_a_point_inside_lies_in_it(seat: Take):
    one = seat("jinbo")
    page = _new_grid(one)
    page.fill("#id_name", "手画一网格")
    says = page.locator(".draw-says")
    for corner in ((0.40, 0.40), (0.60, 0.40), (0.60, 0.60)):
        _press(page, *corner)
    _corners(page, 3)
    assert page.input_value("#id_shape") == "", "an open outline is no border"
    page.get_by_role("button", name="保存", exact=True).click()
    expect(says).to_contain_text("还没有合上")
    _press(page, 0.50, 0.30)
    expect(says).to_contain_text("与自己相交")
    _corners(page, 3)
    _press(page, 0.40, 0.60)
    _press(page, 0.30, 0.50)
    page.get_by_role("button", name="撤销一步").click()
    _corners(page, 4)
    _press(page, 0.40, 0.40)
    expect(says).to_contain_text("已合上：4 个角")
    ring = _ring(page)
    assert len(ring) == 5 and ring[0] == ring[-1]
    page.get_by_role("button", name="清除").click()
    assert page.input_value("#id_shape") == ""
    page.get_by_role("button", name="撤销一步").click()
    assert _ring(page) == ring, "clearing can be taken back"
    assert one.faults() == []
    one.shot("draw-desk")

    page.get_by_role("button", name="保存", exact=True).click()
    said(page, "已新增网格“手画一网格”。")
    expect(page.locator("h1")).to_contain_text("手画一网格")
    expect(page.locator("main")).to_contain_text("本单位勾画")
    code = re.search(r"/areas/(\d{15})/", page.url)
    assert code

    lon = sum(at[0] for at in ring[:4]) / 4
    lat = sum(at[1] for at in ring[:4]) / 4
    page = one.open("/street/places/new/")
    page.fill("#id_name", "网格里的停车场")
    page.fill("#id_kind", "停车场")
    page.fill("#id_x", str(lon))
    page.fill("#id_y", str(lat))
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("h1")).to_contain_text("网格里的停车场")
    expect(page.locator("main")).to_contain_text("手画一网格")
    page = one.open("/street/places/areas/?q=手画一网格")
    page.get_by_role("link", name="手画一网格").click()
    expect(page.locator("#places")).to_contain_text("网格里的停车场")

    # Drawn anew the border stands in the map; its neighbour's form shows it and holds on to its corners.
    page.get_by_role("link", name="改名或重画").click()
    _ready(page)
    _corners(page, 4)
    expect(page.locator(".draw-says")).to_contain_text("已合上")
    page.wait_for_timeout(500)  # for the picture: the map draws a moment after it knows
    one.shot("draw-anew")


def test_a_grid_is_drawn_with_the_keyboard_alone(seat: Take):
    one = seat("nanxiang", phone=True)
    page = _new_grid(one)
    page.locator("guatu-draw canvas.maplibregl-canvas").focus()
    for key in (
        "Enter",
        "ArrowRight",
        "Enter",
        "ArrowDown",
        "Enter",
        "Shift+ArrowLeft",
        "Enter",
        "Backspace",
    ):
        page.keyboard.press(key)
    _corners(page, 3)
    for key in ("ArrowUp", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".draw-says")).to_contain_text("已合上：3 个角")
    assert len(_ring(page)) == 4
    assert page.input_value("#id_system") == "wgs84"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")
    assert one.faults() == []
    one.shot("draw-phone")


def test_what_is_pasted_shows_on_the_map(seat: Take):
    page = _new_grid(seat("nanxiang"))
    square = [[121.31, 31.29], [121.32, 31.29], [121.32, 31.30], [121.31, 31.30], [121.31, 31.29]]
    page.fill("#id_shape", json.dumps({"type": "Polygon", "coordinates": [square]}))
    page.locator("#id_shape").blur()
    _corners(page, 4)
    expect(page.locator(".draw-says")).to_contain_text("约 106 公顷")
    page.fill("#id_shape", "{")
    page.locator("#id_shape").blur()
    _corners(page, 0)
