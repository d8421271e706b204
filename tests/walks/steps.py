"""What people do in the walks, said once: fill in a question of a form, read a number, take a small photo."""

import io
import json
import re
from typing import Any

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.walks.conftest import Product, Seat

WALL = "/wall/jiading-2021/"


class Filler:
    """A form being filled in in the browser, question by question, as a person types."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.place = page.locator("guatu-form")
        expect(self.place.locator(".question-container").first).to_be_visible(timeout=30_000)

    def question(self, label: str) -> Locator:
        return self.place.locator(".question-container", has=self.page.locator("label", has_text=label)).last

    def type(self, label: str, text: str) -> None:
        field = self.question(label).locator("input, textarea").first
        field.press_sequentially(text)
        field.press("Tab")

    def choose(self, label: str, choice: str) -> None:
        """A short list stands as buttons, a long one folds out."""
        question = self.question(label)
        if question.locator("[role=combobox]").count():
            question.locator("[role=combobox]").first.click()
            self.page.get_by_role("option", name=choice, exact=True).click()
        else:
            question.get_by_text(choice, exact=True).click()

    def day(self, label: str) -> None:
        """Today, by the office's clock."""
        self.question(label).locator("input").click()
        self.page.locator(".p-datepicker-panel").get_by_role("button", name="今天").click()

    def send(self) -> str:
        """Press the button; gives the receipt's sentence."""
        self.place.get_by_role("button", name="提交").click()
        says = self.place.locator(".form-says")
        expect(says).to_contain_text("已收到")
        return says.inner_text()


def number_in(text: str) -> int:
    """The first whole number of a sentence: `4,425 人次` → 4425."""
    found = re.search(r"\d[\d,]*", text)
    assert found, f"no number in {text!r}"
    return int(found[0].replace(",", ""))


def on_wall(page: Page, figure: str) -> str:
    return page.locator(f'[data-figure="{figure}"]').first.inner_text().strip()


def photo(name: str, shade: tuple[int, int, int]) -> FilePayload:
    """A JPEG of one colour, as a phone would send it."""
    kept = io.BytesIO()
    Image.new("RGB", (320, 240), shade).save(kept, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def said(page: Page, words: str) -> None:
    """The note at the foot of the page says so."""
    expect(page.locator("#toasts")).to_contain_text(words)


def no_complaint(one: Seat) -> None:
    assert one.complaints == []


def printed(product: Product, *arguments: str) -> Any:
    """What a command printed as JSON."""
    return json.loads(product.guatu(*arguments, "--json"))
