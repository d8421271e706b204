"""The house as it is started: everybody signs in, every room opens, in both languages, on a desk and on a phone."""

import re
from collections.abc import Callable

import pytest

from tests.walks.conftest import Product, Seat

pytestmark = pytest.mark.walk

EVERYBODY = ("zhihui", "jinbo", "chengyun", "nanxiang", "jiangqiao", "xuncha", "hecha", "lvrong")


def rooms(seat: Seat) -> list[str]:
    """Addresses of the rooms this person is offered, as they stand in the page's navigation."""
    found: list[str] = seat.page.evaluate(
        "() => [...document.querySelectorAll('header a[href], nav a[href]')].map(a => new URL(a.href).pathname)"
    )
    return sorted({path for path in found if path.startswith("/") and not path.startswith("/accounts/")})


@pytest.mark.parametrize("username", EVERYBODY)
def test_everybody_enters_every_room_offered(seat: Callable[..., Seat], username: str):
    one = seat(username)
    offered = rooms(one)
    assert len(offered) >= 3, offered
    for path in offered:
        page = one.open(path)
        assert page.locator("h1").count() == 1, f"{path} has no one heading"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("phone", [False, True])
def test_rooms_are_accessible_and_fit(seat: Callable[..., Seat], language: str, phone: bool):
    """axe finds nothing wrong, and nothing has to be pushed sideways, in the rooms of the office."""
    one = seat("jinbo", phone=phone, language="zh-CN" if language == "zh" else "en-GB")
    wrong = []
    for path in rooms(one):
        page = one.open(path)
        page.wait_for_timeout(150)
        one.shot(f"rooms-{language}-{'phone' if phone else 'desk'}{path.replace('/', '-').rstrip('-')}")
        wrong += [f"{path}: {fault}" for fault in one.faults()]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            wrong.append(f"{path}: wider than the window")
    assert wrong == []


def test_pages_work_without_script(seat: Callable[..., Seat]):
    one = seat("nanxiang", script=False)
    for path in ("/", "/plan/", "/cases/"):
        page = one.open(path)
        assert page.locator("main").inner_text().strip()


def test_a_wrong_password_says_so_and_keeps_the_name(seat: Callable[..., Seat]):
    one = seat(None)
    page = one.open("/accounts/login/")
    page.fill("input[name=login]", "jinbo")
    page.fill("input[name=password]", "not this one")
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("[role=alert], .errorlist, [aria-invalid=true]")
    assert page.input_value("input[name=login]") == "jinbo"
    assert re.search(r"[\u4e00-\u9fff]{4,}", page.locator("main, body").first.inner_text())


def test_the_store_answers_the_commands_beside_the_server(product: Product):
    assert "2021-09-16" in product.guatu("clock")
    assert "equal" in product.guatu("recount")
    assert '"000.days_to_opening"' in product.guatu("pack", "figures", "jiading-2021", "--json")
