"""The small pieces of HTML that stand in lists by the hundred, written in Python: a template for each cell is ten times dearer.

A `Pen` is taken once for a page: it knows the language, the time and where the icons are, so that fifty rows ask once. Every
answer is a safe string; everything that people type is escaped here and nowhere else. The tags of `{% load kit %}` write by it too.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.template import Context
from django.template.base import render_value_in_context
from django.templatetags.static import static
from django.utils.functional import cached_property
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from guatu.kernel import clock
from guatu.kit import formats
from guatu.kit.deadlines import deadline_state, end_of, start_of
from guatu.kit.states import State

NONE = formats.NONE


def shown(value: Any) -> SafeString:
    """A value as `{{ value }}` shows it."""
    if isinstance(value, str):
        return conditional_escape(value)
    return SafeString(render_value_in_context(value, Context()))


def percent_int(value: Any) -> int:
    """A percentage for a bar: a whole number from 0 to 100."""
    try:
        return max(0, min(100, int(Decimal(str(value)))))
    except (ArithmeticError, ValueError):
        return 0


class Pen:
    """Writes what stands in cells. For one page: its time does not move on."""

    def __init__(self) -> None:
        self.language = get_language()
        self._chips: dict[State, SafeString] = {}

    @cached_property
    def now(self) -> dt.datetime:
        return clock.now()

    @cached_property
    def today(self) -> dt.date:
        return clock.today()

    @cached_property
    def icons(self) -> SafeString:
        return conditional_escape(static("kit/icons.svg"))

    # --- dates and times ---------------------------------------------------------------------------------------------

    def day(self, value: dt.date | dt.datetime | None) -> str:
        """The day in short: the year only when it is another one than this."""
        if not value:
            return NONE
        found = clock.local(value).date() if isinstance(value, dt.datetime) else value
        return formats.short_day(found, self.today, self.language)

    def minute(self, value: dt.datetime | None) -> str:
        return formats.moment(clock.local(value), self.language) if value else NONE

    def when(self, value: dt.date | dt.datetime | None, short: bool = True) -> SafeString:
        """The absolute time with the relative one beside it; a date without time speaks in days."""
        language = self.language
        if value is None:
            return SafeString(f'<span class="when">{NONE}</span>')
        if isinstance(value, dt.datetime):
            value = clock.local(value)
            full = formats.moment(value, language)
            absolute = formats.short_moment(value, self.today, language) if short else full
            spoken = formats.relative(value, self.now, language)
        else:
            full = formats.day(value, language)
            absolute = formats.short_day(value, self.today, language) if short else full
            spoken = formats.relative_day(value, self.today, language)
        iso = value.isoformat()
        return SafeString(
            f'<span class="when"><time datetime="{iso}" title="{full}">{absolute}</time>'
            f' <span class="relative" data-relative="{iso}">{spoken}</span></span>'
        )

    def deadline(
        self, due_at: dt.datetime | dt.date | None, done_at: dt.datetime | dt.date | None = None
    ) -> SafeString:
        """A time limit: the moment, and how it stands. A date is due at the end of its day."""
        if due_at is None:
            return SafeString(f'<span class="deadline">{NONE}</span>')
        due, done = end_of(due_at), None
        if done_at is not None:
            done = clock.local(done_at) if isinstance(done_at, dt.datetime) else start_of(done_at)
        if isinstance(due_at, dt.datetime):
            text = formats.short_moment(due, self.today, self.language)
        else:
            text = formats.short_day(due.date(), self.today, self.language)
        state = deadline_state(due, done, self.now, self.language)
        full = formats.moment(due, self.language)
        return SafeString(
            f'<span class="deadline"><time datetime="{due.isoformat()}" title="{full}">{text}</time> {self.chip(state)}</span>'
        )

    # --- state and figures -------------------------------------------------------------------------------------------

    def chip(self, state: Any, tone: str = "", word: str = "") -> SafeString:
        """A state by shape, colour and word; anything else than a `State` is a word that waits."""
        found = state if isinstance(state, State) else State(tone or "waiting", word or str(state or NONE))
        known = self._chips.get(found)
        if known is None:
            known = self._chips[found] = SafeString(
                f'<span class="chip chip-{found.tone}"><svg class="shape" viewBox="0 0 16 16" aria-hidden="true" focusable="false">'
                f'<use href="{self.icons}#state-{found.tone}"></use></svg>{shown(str(found.word))}</span>'
            )
        return known

    def number(self, value: Any, href: str = "", unit: str = "") -> SafeString:
        text = shown(formats.number(value))
        inside = f'{text} <span class="unit">{shown(unit)}</span>' if unit else text
        if href:
            return SafeString(f'<a class="number" href="{shown(href)}">{inside}</a>')
        return SafeString(f'<span class="number">{inside}</span>')

    def progress(self, percent: Any, label: str = "", tone: str = "") -> SafeString:
        if percent is None or percent == "":
            return SafeString(NONE)
        colour = f" progress-{shown(tone)}" if tone else ""
        said = f'<span class="visually-hidden">{shown(label)} </span>' if label else ""
        return SafeString(
            f'<span class="progress{colour}"><svg class="progress-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
            f'<rect class="progress-ground" width="100" height="8"/><rect class="progress-fill" width="{percent_int(percent)}" height="8"/></svg>'
            f'<span class="progress-text">{said}{shown(formats.number(percent))}%</span></span>'
        )

    # --- people, codes, signs ----------------------------------------------------------------------------------------

    def person(self, someone: Any, unit: bool = True, href: str = "") -> SafeString:
        found = getattr(someone, "unit", None) if unit else None
        name = getattr(someone, "name", None) or (someone if isinstance(someone, str) else "")
        if not name:
            return SafeString(NONE)
        of = "" if not found else getattr(found, "short_name", "") or getattr(found, "name", "") or str(found)
        own = (
            f'<a href="{shown(href)}">{shown(name)}</a>'
            if href
            else f'<span class="person-name">{shown(name)}</span>'
        )
        beside = f' <span class="person-unit">{shown(of)}</span>' if of else ""
        return SafeString(f'<span class="person">{own}{beside}</span>')

    def code(self, text: Any) -> SafeString:
        if text in (None, ""):
            return SafeString(NONE)
        return SafeString(f'<code class="code">{conditional_escape(text)}</code>')

    def icon(self, name: str, label: str = "") -> SafeString:
        said = (
            f'role="img" aria-label="{conditional_escape(label)}"'
            if label
            else 'aria-hidden="true" focusable="false"'
        )
        return SafeString(
            f'<svg class="icon" {said}><use href="{self.icons}#{conditional_escape(name)}"></use></svg>'
        )

    # --- a cell ------------------------------------------------------------------------------------------------------

    def cell(self, kind: str) -> Callable[[Any, str], str]:
        """The writer of a kind of column: (value, address) -> HTML."""
        return {
            "state": lambda value, _href: self.chip(value) if value else NONE,
            "moment": lambda value, _href: self.when(value),
            "deadline": lambda value, _href: self.deadline(value),
            "date": lambda value, _href: self.day(value),
            "datetime": lambda value, _href: self.minute(value),
            "percent": lambda value, _href: self.progress(value),
            "number": self.number,
            "person": lambda value, _href: self.person(value),
            "yes": lambda value, _href: self.icon("tick", "✓") if value else NONE,
            "code": self._code_cell,
        }.get(kind, self._text_cell)

    def _code_cell(self, value: Any, href: str) -> str:
        if href:
            return f'<a href="{shown(href)}" class="code">{NONE if value is None else shown(value)}</a>'
        return self.code(value)

    def _text_cell(self, value: Any, href: str) -> str:
        if href:
            return f'<a href="{shown(href)}">{NONE if value is None else shown(value)}</a>'
        return NONE if value is None or value == "" else shown(value)
