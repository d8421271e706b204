"""Every page: as each person, in both languages, on a desk and on a phone; nothing breaks, nothing sticks out.

The pages are found as a person finds them, by following links, one record of each kind. The office (`jinbo`) sees the
most, so its pages are drawn, in Chinese on a desk and in English on a phone; the others' are asked for.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, expect

from tests.walks.conftest import Seat
from tests.walks.test_rooms import EVERYBODY

pytestmark = pytest.mark.walk
Take = Callable[..., Seat]

LANGUAGES = {"zh": "zh-hans", "en": "en"}
# addresses of machines, files and the way out
_NOT_PAGES = ("/static/", "/api/", "/openrosa/", "/accounts/logout/", "/files/")
# the words of the product itself: what people wrote (names, titles, reports) may stand in any language
_FRAME = (
    "button, legend, nav a, .hint, .helptext, .note, .empty, .muted > p, .lead > p, label, dt, th[scope=col]"
)
# the words of a form and of a register are its author's, those of a pack its maker's
_AUTHORED = re.compile(r"/street/forms/|/registers/|/packs/")
_LINK = re.compile(r"""<a\s(?:[^>]*?\s)?href="([^"]*)"(?![^>]*\sdownload)""")


def kind_of(path: str) -> str:
    """Which kind of page an address is: its pattern, with the step or the kind of import spelled out."""
    try:
        found = resolve(path)
    except Resolver404:
        return f"nowhere:{path}"
    named = [str(found.kwargs[name]) for name in ("kind", "step") if name in found.kwargs]
    return " ".join([found.route, *(word.split(":")[0] for word in named)])


@dataclass
class Round:
    """What somebody meets who follows every link: one page of every kind, and what was wrong on the way."""

    seat: Seat
    wrong: list[str] = field(default_factory=list)

    def answers(self) -> Iterator[tuple[str, str]]:
        """(address, HTML) of one page of every kind that links lead to, without drawing it."""
        waiting, met = [("/", "")], set[str]()
        while waiting:
            path, linked_on = waiting.pop(0)
            kind = kind_of(path)
            if kind in met:
                continue
            met.add(kind)
            reply = self.seat.page.request.get(self.seat.address + path)
            if reply.status != 200:
                self.wrong.append(f"{path} answered {reply.status}; linked on {linked_on}")
            elif "text/html" in reply.headers.get("content-type", ""):
                html = reply.text()
                links = (unescape(link) for link in _LINK.findall(html))
                own = [urlsplit(urljoin(path, link)).path for link in links if ":" not in link.split("?")[0]]
                waiting += [(link, path) for link in own if not link.startswith(_NOT_PAGES)]
                yield path, html

    def pages(self) -> Iterator[tuple[str, Page]]:
        """The same, drawn in the browser."""
        for path, _html in self.answers():
            yield path, self.seat.open(path)


def speak(seat: Seat, language: str) -> None:
    seat.context.add_cookies([{"name": "django_language", "value": LANGUAGES[language], "url": seat.address}])


def _left_chinese(page: Page) -> list[str]:
    """Chinese words in the frame of an English page."""
    found: list[str] = page.evaluate(
        """(frame) => [...document.querySelectorAll(frame)]
          .filter((each) => each.checkVisibility() && !each.closest("header, guatu-form, .crumbs, [lang^=zh]"))
          .filter((each) => !each.querySelector("a, input[type=checkbox], input[type=radio], .person"))
          .map((each) => each.innerText.trim().slice(0, 50))
          .filter((words) => /[\\u4e00-\\u9fff]/.test(words) && words !== "简体中文")""",
        _FRAME,
    )
    return found


def page_faults(path: str, page: Page, language: str) -> list[str]:
    wrong = []
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
        wrong.append(f"{path}: wider than the window")
    if page.locator("h1").count() < 1:
        wrong.append(f"{path}: no heading")
    if re.search(r"\{\{|\{%|^\s*None\s*$|\bundefined\b|\bNaN\b", page.locator("body").inner_text(), re.M):
        wrong.append(f"{path}: shows the inside of the machine")
    if language == "en" and not _AUTHORED.match(path):
        wrong += [f"{path}: not English: {words}" for words in _left_chinese(page)]
    return wrong


@pytest.mark.parametrize(("language", "phone"), [("zh", False), ("en", True)], ids=["zh-desk", "en-phone"])
def test_every_page_of_the_office(seat: Take, language: str, phone: bool):
    """Each kind of page drawn once: it fits, speaks one language, and axe finds nothing wrong."""
    one = seat("jinbo", phone=phone)
    speak(one, language)
    met, count = Round(one), 0
    for path, page in met.pages():
        met.wrong += page_faults(path, page, language) + [f"{path}: {fault}" for fault in one.faults()]
        count += 1
    assert not met.wrong, "\n".join(met.wrong)
    assert count > 60


@pytest.mark.parametrize("username", [name for name in EVERYBODY if name != "jinbo"])
def test_no_link_leads_to_a_refusal(seat: Take, username: str):
    """With fewer rights there are fewer links, and every one of them opens."""
    one = seat(username)
    met = Round(one)
    for path, html in met.answers():
        if len(re.findall(r"<h1[ >]", html)) != 1:
            met.wrong.append(f"{path}: not one heading")
        if re.search(r"\{\{|\{%|>None<|>undefined<|>NaN<", html):
            met.wrong.append(f"{path}: shows the inside of the machine")
    assert not met.wrong, "\n".join(met.wrong)


def test_large_type_fits_too(seat: Take):
    """18 px and large targets for those who need them, on a phone."""
    one = seat("jinbo", phone=True)
    one.context.add_cookies([{"name": "guatu_type", "value": "large", "url": one.address}])
    wrong = []
    for path in (
        "/",
        "/plan/",
        "/plan/tasks/",
        "/cases/",
        "/street/",
        "/registers/",
        "/briefs/",
        "/figures/",
    ):
        page = one.open(path)
        wrong += page_faults(path, page, "zh") + [f"{path}: {fault}" for fault in one.faults()]
    assert not wrong, "\n".join(wrong)
    assert one.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18


def test_what_is_not_there_says_so(seat: Take):
    one = seat("nanxiang")
    for path in ("/nowhere/", "/cases/01920000-0000-7000-8000-000000000000/", "/figures/trace/F-0000/"):
        reply = one.page.goto(one.address + path)
        assert reply is not None
        assert reply.status == 404
        expect(one.page.locator("h1")).to_have_count(1)
        expect(one.page.locator("main a, main button").first).to_be_visible()
