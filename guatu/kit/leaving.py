"""What leaves a list besides its page: a file of all its rows, and the choice of columns that is remembered."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit import export, keyset, problems

if TYPE_CHECKING:
    from guatu.kit.lists import Page

COOKIE_AGE = 365 * 24 * 3600
Exported = Callable[[HttpRequest, str], None]


def remember_columns(page: "Page") -> HttpResponseRedirect:
    known = [column.key for column in page.listing.columns]
    chosen = [key for key in known if key in page.request.GET.getlist("column")]
    query = page.request.GET.copy()
    query.pop("columns", None)
    query.pop("column", None)
    text = query.urlencode()
    answer = HttpResponseRedirect(f"{page.request.path}?{text}" if text else page.request.path)
    if chosen and page.request.GET["columns"] != "reset":
        answer.set_cookie(
            page.cookie,
            ".".join(chosen),
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=page.request.is_secure(),
        )
    else:
        answer.delete_cookie(page.cookie)
    return answer


def refuse_bad_filters(page: "Page") -> None:
    wrong = [one.error for one in page.filters if one.error]
    if wrong:
        raise Problem(problems.BAD_FILTER, why="".join(wrong))


def export_of(page: "Page", asked: str, exported: Exported | None) -> HttpResponseBase:
    if asked not in export.FORMATS:
        raise Problem(
            "kit.bad_filter", why=_("只能导出为 csv 或 xlsx，没有“%(format)s”。") % {"format": asked[:20]}
        )
    if page.listing.export_right:
        require(page.request.user.scope, page.listing.export_right)  # type: ignore[union-attr]
    refuse_bad_filters(page)
    if exported is not None:
        exported(page.request, asked)
    whole = page.request.GET.get("all_columns") == "1"
    columns = list(page.listing.columns) if whole else [heading.column for heading in page.headings]
    found = keyset.ordered(page.narrowed, page.order)
    lines = export.lines(found, columns, page.listing.prepare)
    name = _file_name(page)
    headings = [str(column.title) for column in columns]
    if asked == "csv":
        return export.csv_answer(page.request, name, headings, lines)
    most = export.XLSX_MOST
    if found[most : most + 1].exists():
        raise Problem(problems.EXPORT_TOO_LONG, limit=f"{most:,}")
    return export.xlsx_answer(page.request, name, headings, lines)


def _file_name(page: "Page") -> str:
    """What it is, what was asked for, and the day: so that two files on a desk can be told apart."""
    asked = "-".join(f"{one.words}" for one in page.used)
    plain = re.sub(r'[\\/:*?"<>|\s]+', "_", asked)[:60].strip("_")
    return "-".join(part for part in (str(page.title), plain, f"{clock.today():%Y%m%d}") if part)
