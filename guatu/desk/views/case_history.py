"""Past cases beside the table they came from: where our verdict and the table's differ, and which rule explains it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from guatu.cases.reads.history import KIND, Comparison, compare
from guatu.cases.rules.history import RULES
from guatu.files import reads as files
from guatu.kernel.problems import Problem
from guatu.kit.export import xlsx_answer
from guatu.units.models import Person

_SHOWN = 200
WORDS = {
    "agreed": _("两边一致"),
    "no_deadline": _("表里没有截止时间：我们不判按期，也不判超时"),
    "not_said": _("表里没写结论，我们按截止时间判"),
    "closed_before_opened": _("结案早于上报：表里两个时间有一个不对"),
    "same_minute": _("结案就在截止的那一分钟里：差在几秒"),
    "deadline_before_opening": _("截止早于上报：时限在开始前就过了"),
    "theirs_late_closed_in_time": _("表里写超时，结案却不晚于截止：截止时间后来改过，或按别的时限算"),
    "theirs_on_time_closed_late": _("表里写按期，结案却晚于截止：截止时间后来改过，或扣除了暂停"),
    "open": _("还没有结案，没有结论"),
}
VERDICTS = {"on_time": _("按期"), "late": _("超时"), "": _("没有结论")}
ODD = {
    "opened:twice": _("上报在钟拨慢、出现两次的那一小时里"),
    "opened:skipped": _("上报在钟拨快、被跳过的那一小时里，已顺延"),
    "due:twice": _("截止在钟拨慢、出现两次的那一小时里"),
    "due:skipped": _("截止在钟拨快、被跳过的那一小时里，已顺延"),
    "closed:twice": _("结案在钟拨慢、出现两次的那一小时里"),
    "closed:skipped": _("结案在钟拨快、被跳过的那一小时里，已顺延"),
}


@require_GET
@login_required
def case_history(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """The comparison as a page; `?export=xlsx` as a file with every row that differs."""
    person = request.user
    assert isinstance(person, Person)
    run = files.run(person.scope, run_id)
    if run.kind != KIND:
        raise Problem("access.not_found")
    found = compare(person.scope, run)
    if request.GET.get("export"):
        name = run.name.rsplit(".", 1)[0]
        return xlsx_answer(request, f"{name}-verdicts", _headings(), _lines(found))
    return render(request, "desk/cases/history.html", _context(run, found))


def _headings() -> list[str]:
    given = (_("行号"), _("原编号"), _("案件编号"), _("上报时间（表里写的）"), _("截止时间（表里写的）"), _("结案时间（表里写的）"),
             _("我们的结论"), _("表里的结论"), _("说明"))  # fmt: skip
    return [str(each) for each in given]


def _lines(found: Comparison) -> Iterator[list[Any]]:
    for line in found.differing:
        words = (str(VERDICTS[line.ours]), str(VERDICTS[line.theirs]), str(WORDS[line.rule]))
        yield [line.line, line.number, line.case_number, *line.said, *words]


def _context(run: Any, found: Comparison) -> dict[str, Any]:
    return {
        "run": run,
        "found": found,
        "rules": [(rule, WORDS[rule], found.rules[rule]) for rule in RULES if found.rules[rule]],
        "table": [
            (VERDICTS[ours], [found.verdicts[ours, theirs] for theirs in VERDICTS]) for ours in VERDICTS
        ],
        "theirs": list(VERDICTS.values()),
        "odd": [(ODD[name], count) for name, count in sorted(found.odd.items())],
        "lines": [
            (line, VERDICTS[line.ours], VERDICTS[line.theirs], WORDS[line.rule])
            for line in found.differing[:_SHOWN]
        ],
        "more": max(len(found.differing) - _SHOWN, 0),
    }


urlpatterns = [path("<uuid:run_id>/", case_history, name="case_history")]
