"""`{% load kit %}`: the tags every page uses. What each gives is listed in docs/pages.md."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms, template
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.template import Context, Node, NodeList
from django.template.base import Parser, Token
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from guatu.kernel import clock
from guatu.kit import charts, formats
from guatu.kit.forms import Group, summary
from guatu.kit.rows import table_rows as write_rows
from guatu.kit.toasts import Toast
from guatu.kit.toasts import toast_of as _toast_of
from guatu.kit.writing import Pen, percent_int

register = template.Library()
NONE = formats.NONE


class _Captured(Node):
    """Renders its inside into a variable, stripped, so that a template can ask whether a block was filled."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: Context) -> SafeString:
        context[self.name] = SafeString(self.nodelist.render(context).strip())  # rendered, so escaped already
        return SafeString("")


@register.tag
def captured(parser: Parser, token: Token) -> _Captured:
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endcaptured",))
    parser.delete_first_token()
    return _Captured(nodelist, name)


# --- dates and times ---------------------------------------------------------------------------------------------


def _local(value: dt.datetime) -> dt.datetime:
    return clock.local(value)


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    if not value:
        return NONE
    return formats.day(_local(value).date() if isinstance(value, dt.datetime) else value, get_language())


@register.filter
def shortday(value: dt.date | dt.datetime | None) -> str:
    if not value:
        return NONE
    found = _local(value).date() if isinstance(value, dt.datetime) else value
    return formats.short_day(found, clock.today(), get_language())


@register.filter
def moment(value: dt.datetime | None) -> str:
    return formats.moment(_local(value), get_language()) if value else NONE


@register.filter(name="clock")
def clock_time(value: dt.datetime | None) -> str:
    return formats.clock_time(_local(value)) if value else NONE


@register.filter
def lang_attr(code: str | None) -> str:
    """The language code as HTML wants it."""
    return "en" if (code or "").startswith("en") else "zh-Hans"


@register.filter(name="figure_text")
def figure_text(value: Any) -> str:
    return formats.number(value)


register.filter(percent_int)


@register.simple_tag
def when(value: dt.date | dt.datetime | None, short: bool = True) -> SafeString:
    return Pen().when(value, short)


@register.simple_tag
def deadline(
    due_at: dt.datetime | dt.date | None, done_at: dt.datetime | dt.date | None = None
) -> SafeString:
    return Pen().deadline(due_at, done_at)


# --- state and figures -------------------------------------------------------------------------------------------


@register.simple_tag
def chip(state: Any = None, tone: str = "", word: str = "") -> SafeString:
    return Pen().chip(state, tone, word)


@register.inclusion_tag("kit/parts/figure.html")
def figure_link(
    value: Any,
    href: str = "",
    unit: str = "",
    label: str = "",
    tone: str = "",
    delta: Any = None,
    series: Sequence[Any] | None = None,
    as_of: dt.datetime | None = None,
    note: str = "",
) -> dict[str, Any]:
    """The big number with its label; a link to what it counts whenever there is an `href`."""
    return {
        "text": formats.number(value),
        "href": href,
        "unit": unit,
        "label": label,
        "tone": "" if value == 0 else tone,  # nothing late is nothing to shout about
        "delta": None if delta is None else formats.difference(delta),
        "series": series,
        "as_of": as_of or clock.now(),
        "note": note,
    }


@register.simple_tag
def number(value: Any, href: str = "", unit: str = "") -> SafeString:
    return Pen().number(value, href, unit)


@register.inclusion_tag("kit/parts/rate.html")
def rate(part: Any, whole: Any, href: str = "", part_href: str = "") -> dict[str, Any]:
    share = formats.percent(part, whole)
    return {
        "part": formats.number(part),
        "whole": formats.number(whole),
        "share": share,
        "href": href,
        "part_href": part_href,
    }


@register.simple_tag
def progress(percent: Any, label: str = "", tone: str = "") -> SafeString:
    return Pen().progress(percent, label, tone)


@register.inclusion_tag("kit/parts/sparkline.html")
def sparkline(
    values: Sequence[Any],
    label: str = "",
    labels: Sequence[Any] | None = None,
    width: int = 96,
    height: int = 24,
) -> dict[str, Any]:
    """A sparkline; `label` names it for readers, `labels` (days) stand in its table."""
    named = [str(one) for one in labels] if labels else [str(index) for index in range(1, len(values) + 1)]
    rows = [(name, formats.number(value)) for name, value in zip(named, values, strict=False)]
    return {
        "spark": charts.sparkline(list(values), width, height),
        "label": label,
        "rows": rows,
        "table": bool(labels),
    }


@register.inclusion_tag("kit/parts/line_chart.html")
def line_chart(
    labels: Sequence[Any],
    series: Sequence[tuple[str, Sequence[Any]]],
    label: str = "",
    width: int = 860,
    height: int = 250,
) -> dict[str, Any]:
    """Lines over days (dates, ISO days or any words): `series` is a list of (name, values)."""
    named = [str(one) for one in labels]
    chart = charts.line_chart(
        [formats.axis_day(one) for one in labels],
        [(str(name), values) for name, values in series],
        width,
        height,
    )
    rows = [
        (name, [formats.number(values[index]) for _n, values in series]) for index, name in enumerate(named)
    ]
    return {"chart": chart, "label": label, "rows": rows, "names": [str(name) for name, _values in series]}


@register.inclusion_tag("kit/parts/stacked_bar.html")
def stacked_bar(parts: Sequence[Any], label: str = "") -> dict[str, Any]:
    """One bar of states: `parts` are (State, count) or (State, count, href)."""
    given = [(str(part[0].word), part[0].tone, part[1], part[2] if len(part) > 2 else "") for part in parts]
    segments = charts.stacked_bar(given)
    legend = [(part[0], formats.number(part[1]), part[2] if len(part) > 2 else "") for part in parts]
    return {
        "segments": segments,
        "legend": legend,
        "label": label,
        "whole": formats.number(sum(part[1] for part in parts)),
    }


# --- people, codes, files ----------------------------------------------------------------------------------------


@register.simple_tag
def person(someone: Any, unit: bool = True, href: str = "") -> SafeString:
    return Pen().person(someone, unit, href)


@register.simple_tag
def code(text: Any) -> SafeString:
    return Pen().code(text)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    return Pen().icon(name, label)


@register.simple_tag(takes_context=True)
def table_rows(context: Context, rows: Any, bulk: Any = "") -> SafeString:
    """The rows of a list's table."""
    return write_rows(rows, bool(bulk), context)


@register.inclusion_tag("kit/parts/files.html")
def files(attachments: Sequence[Any], empty: str = "") -> dict[str, Any]:
    return {"files": attachments, "empty": empty}


@register.filter
def file_size(count: int | None) -> str:
    return formats.size(count) if count else ""


@register.inclusion_tag("kit/parts/story.html")
def story(lines: Sequence[Any]) -> dict[str, Any]:
    return {"lines": lines}


# --- addresses and forms -----------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The present query with changes; None removes a name."""
    request: HttpRequest = context["request"]
    found = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = str(value)
    text = found.urlencode()
    return f"?{text}" if text else request.path


@register.inclusion_tag("kit/parts/pager.html")
def pager(listing: Any) -> dict[str, Any]:
    return {"listing": listing}


@register.inclusion_tag("kit/parts/sortlink.html")
def sortlink(heading: Any) -> dict[str, Any]:
    return {"heading": heading}


@register.simple_tag
def version(row: Any) -> SafeString:
    return format_html('<input type="hidden" name="version" value="{}">', row.version)


@register.simple_tag
def signout_url() -> str:
    """Where the sign-out button posts to; "" while no door offers it."""
    for name in (getattr(settings, "GUATU_SIGNOUT", "account_logout"), "logout"):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


@register.simple_tag
def toast_of(message: Message) -> Toast:
    return _toast_of(message)


@register.simple_tag
def built(name: str) -> SafeString:
    """Load an element from the front-end build (`front/`), as `<script type="module">`."""
    return format_html('<script type="module" src="{}"></script>', static(f"built/{name}.js"))


@register.simple_tag
def form_errors(form: forms.BaseForm) -> list[tuple[str, str, str]]:
    return summary(form)


@register.simple_tag
def form_groups(form: forms.BaseForm) -> list[Group]:
    grouped = getattr(form, "grouped", None)
    return list(grouped()) if grouped else [Group("", list(form.visible_fields()))]


@register.simple_tag
def field_kind(field: BoundField) -> str:
    """What the field is to the style sheet: check, file, area, choice, short or text."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.FileInput):
        return "file"
    if isinstance(widget, forms.Textarea):
        return "area"
    if isinstance(widget, forms.Select):
        return "choice"
    short = isinstance(
        field.field, (forms.IntegerField, forms.DateField, forms.TimeField, forms.DateTimeField)
    )
    return "short" if short else "text"
