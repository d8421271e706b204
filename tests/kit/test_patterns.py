"""The living pattern page, every page kind and every error page: whole in both languages, axe-clean, never wider than the screen.

Pages are drawn by Django first and then given to the browser, so that the browser sees exactly what a server sends,
with its content policy, and nothing is asked of any host.
"""

import mimetypes
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import django_htmx
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model
from playwright.sync_api import sync_playwright

from guatu.kernel import clock
from guatu.kernel.words import compile_catalogues
from guatu.kit import errors
from guatu.kit.patterns import PAGES
from guatu.kit.states import TONES

KIT = Path(errors.__file__).parent
PLACES = (KIT / "static", Path(django_htmx.__file__).parent / "static")
ADDRESSES = ["/kit/", *(f"/kit/{name}/" for name in PAGES)]
CHROME = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOST = "http://guatu.test"
# the rest of axe's rules are best practice of one reading; these are WCAG
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kit.urls")]


@pytest.fixture
def shown(settings):
    settings.GUATU_PATTERNS = True
    settings.GUATU_HEADLINE = ""


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_drawn(client, shown, address, language):
    compile_catalogues()
    client.cookies["django_language"] = language
    answer = client.get(address)
    text = answer.content.decode()
    name = address.strip("/").partition("/")[2]
    expected = {"problem": 409, "form-wrong": 422}.get(
        name, int(name[6:]) if name.startswith("error-") else 200
    )
    assert answer.status_code == expected
    assert f'lang="{"en" if language == "en" else "zh-Hans"}"' in text
    assert " style=" not in text
    assert "<script>" not in text
    assert "onclick" not in text


def test_the_patterns_are_for_those_who_build_pages(client, settings):
    settings.GUATU_PATTERNS = False
    assert client.get("/kit/").status_code == 404
    assert client.get("/kit/list/").status_code == 404


def test_trouble_speaks_in_one_voice(client, settings):
    client.raise_request_exception = False
    gone = client.get("/nowhere/")
    assert gone.status_code == 404
    assert "没有找到这一页" in gone.content.decode()
    broken = client.get("/broken/")
    assert broken.status_code == 500
    assert "之前的内容都在" in broken.content.decode()
    strict = type(client)(enforce_csrf_checks=True)
    refused = strict.post("/kit/prefer/", {"language": "en"})
    assert refused.status_code == 403
    assert "岗位" in refused.content.decode()


def test_each_trouble_says_what_happened_and_what_to_do():
    assert sorted(errors.TROUBLES) == [400, 403, 404, 409, 413, 429, 500]
    for trouble in errors.TROUBLES.values():
        for sentence in (str(trouble.sentence), str(trouble.next_step)):
            assert sentence.endswith("。")
            assert "失败" not in sentence


def test_every_icon_that_is_asked_for_is_drawn():
    sprite = (KIT / "static/kit/icons.svg").read_text()
    asked = {f"state-{tone}" for tone in TONES}
    for path in KIT.parent.rglob("*.html"):
        asked |= set(re.findall(r"""{% icon ["']([\w-]+)["']""", path.read_text()))
    assert not [name for name in asked if f'id="{name}"' not in sprite]


@pytest.fixture
def pages(client, shown):
    """address → (status, policy, body), both languages, for somebody signed in, drawn before the browser opens."""
    compile_catalogues()
    person = get_user_model()(username="kit", name="陈志强", made_at=clock.now())
    person.save()
    client.force_login(person)
    drawn = {}
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        for address in ADDRESSES:
            answer = client.get(address)
            policy = answer.headers.get("Content-Security-Policy", "")
            drawn[language, address] = SimpleNamespace(
                status=answer.status_code, policy=policy, body=answer.content
            )
    return drawn


def answer_from(drawn, language, *, status=200):
    """A route; the pages' own status only when asked for, because a browser logs every refusal as an error."""

    def answer(route):
        path = urlsplit(route.request.url).path
        page = drawn.get((language, path))
        if page is not None:
            headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": page.policy}
            return route.fulfill(status=status or page.status, headers=headers, body=page.body)
        for place in PLACES:
            file = place / path.removeprefix("/static/")
            if path.startswith("/static/") and file.is_file():
                return route.fulfill(
                    body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or ""
                )
        return route.fulfill(status=404, body="")

    return answer


@pytest.mark.walk
def test_pages_are_accessible_and_fit_every_screen(pages):
    wrong, axe = [], Axe()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROME, args=["--no-sandbox"])
        for language in ("zh-hans", "en"):
            for width, height in ((1440, 900), (390, 844)):
                context = browser.new_context(viewport={"width": width, "height": height}, bypass_csp=False)
                context.route("**/*", answer_from(pages, language))
                page = context.new_page()
                page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
                page.on("pageerror", lambda error: wrong.append(str(error)))
                for address in ADDRESSES:
                    page.goto(HOST + address)
                    where = f"{address} {language} {width}"
                    if page.evaluate("document.documentElement.scrollWidth") > width:
                        wrong.append(f"{where}: wider than the screen")
                    # axe takes a second a page: both widths for Chinese, the wide one for English
                    if language == "zh-hans" or width > 1000:
                        found = axe.run(page, options=WCAG)
                        for each in found.response["violations"]:
                            targets = [node["target"] for node in each["nodes"]][:3]
                            wrong.append(f"{where}: {each['id']} {targets} {each['help']}")
                context.close()
        browser.close()
    assert wrong == []


@pytest.mark.walk
def test_a_list_is_worked_with_the_keyboard_alone(pages):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROME, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.route("**/*", answer_from(pages, "zh-hans"))
        page = context.new_page()
        page.goto(HOST + "/kit/list/")
        assert not page.is_visible("#bulk")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("x")
        assert page.inner_text("[data-chosen]") == "1"
        assert page.is_visible("#bulk")
        page.keyboard.press("Escape")
        assert not page.is_visible("#bulk")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "q"
        page.keyboard.press("Escape")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("?")
        assert page.is_visible("#keys")
        page.keyboard.press("Escape")
        page.keyboard.press("o")
        page.wait_for_url("**/kit/record/")
        browser.close()


@pytest.mark.walk
def test_what_was_typed_survives_leaving_the_page(pages):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROME, args=["--no-sandbox"])
        context = browser.new_context()
        context.route("**/*", answer_from(pages, "zh-hans"))
        page = context.new_page()
        page.goto(HOST + "/kit/form/")
        page.fill("#id_title", "曹安公路人行道破损")
        page.wait_for_timeout(600)
        page.goto(HOST + "/kit/list/")
        page.goto(HOST + "/kit/form/")
        assert page.input_value("#id_title") == "曹安公路人行道破损"
        assert "已恢复" in page.inner_text(".draft-said")
        page.click(".draft-said button")
        assert page.input_value("#id_title") == ""
        browser.close()


@pytest.mark.walk
def test_a_refusal_of_a_part_is_said_and_nothing_is_lost(pages):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROME, args=["--no-sandbox"])
        page = browser.new_context().new_page()
        page.route("**/*", answer_from(pages, "zh-hans", status=None))
        page.goto(HOST + "/kit/form/")
        page.fill("#id_title", "甲")
        page.evaluate("htmx.ajax('GET', '/kit/problem/', {target: '#content', swap: 'innerHTML'})")
        page.wait_for_selector(".toast-bad")
        assert "已被他人修改" in page.inner_text(".toast-bad")
        assert "请查看最新内容" in page.inner_text(".toast-bad")
        assert page.input_value("#id_title") == "甲"
        page.click(".toast-close")
        assert page.query_selector(".toast") is None
        browser.close()


@pytest.mark.walk
def test_pages_work_without_script(pages):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROME, args=["--no-sandbox"])
        context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
        context.route("**/*", answer_from(pages, "zh-hans"))
        page = context.new_page()
        page.goto(HOST + "/kit/list/")
        page.fill("input[name=q]", "曹安公路")
        page.click(".filters-go button")
        assert "q=%E6%9B%B9%E5%AE%89%E5%85%AC%E8%B7%AF" in page.url
        page.click("text=JD-2021090-0001")
        page.click("#handle summary")
        assert page.is_visible("#handle form button.strong")
        page.click("details.menu summary")
        assert page.is_visible("text=大字")
        browser.close()


@pytest.mark.walk
def test_filters_are_kept_under_a_name(pages):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROME, args=["--no-sandbox"])
        context = browser.new_context()
        context.route("**/*", answer_from(pages, "zh-hans"))
        page = context.new_page()
        page.on("dialog", lambda question: question.accept("南翔逾期"))
        page.goto(HOST + "/kit/list/?unit=nx&late=1&after=x")
        page.click("text=保存这组条件")
        page.goto(HOST + "/kit/list/")
        assert page.get_attribute("[data-views] a", "href") == "?unit=nx&late=1"
        page.click("[data-views] button")
        assert page.is_hidden("[data-views]")
        browser.close()


def test_style_sheets_are_whole():
    for sheet in (KIT / "static/kit").glob("*.css"):
        text = re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", sheet.read_text(), flags=re.S)
        assert text.count("{") == text.count("}"), sheet.name
        assert "url(" not in text, f"{sheet.name} asks for another file"
