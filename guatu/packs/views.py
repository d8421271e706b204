"""Packs for people: those on the shelves, their mistakes, what applying would change, and applying."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from guatu.cases.rules.standards import RULINGS
from guatu.kernel.access import Scope, require
from guatu.kernel.problems import Problem
from guatu.kit import toasts
from guatu.packs import reads
from guatu.packs.applying import Report, apply_pack, compare, sound
from guatu.packs.pack import Pack
from guatu.packs.readme import blocks_of
from guatu.packs.rulings import ruled, ruled_counts

SECTIONS = {
    "areas": _("区域"), "zones": _("片区"), "units": _("单位"), "posts": _("人员与岗位"), "campaign": _("保障活动"),
    "phases": _("阶段"), "bodies": _("组织"), "classes": _("案件类别"), "standards": _("立案标准"), "routing": _("派单规则"), "peers": _("对接平台"), "indicators": _("指标"), "forms": _("表单"),
    "registers": _("名册"), "tasks": _("任务"), "templates": _("简报模板"),
}  # fmt: skip


def _scope(request: HttpRequest) -> Scope:
    found: Scope = request.user.scope  # type: ignore[union-attr]
    return found


def _two(pair: tuple[str, str]) -> str:
    return pair[0] if (get_language() or "zh").startswith("zh") else pair[1] or pair[0]


@require_GET
@login_required
def packs(request: HttpRequest) -> HttpResponse:
    """Every pack on the shelves, with what is wrong with it and the campaign made from it."""
    rows = [(row, _two(row.pack.title), _two(row.pack.about)) for row in reads.shelved(_scope(request))]
    return render(request, "packs/list.html", {"rows": rows})


@require_GET
@login_required
def pack(request: HttpRequest, name: str) -> HttpResponse:
    """One pack: what it holds, its mistakes; with `?compare=1` what applying it would change in this store.

    A library is compared with the campaign named by `?into=`.
    """
    scope = _scope(request)
    row = reads.one(scope, name)
    report: Report | None = None
    refusal: Problem | None = None
    into = request.GET.get("into", "") if row.pack.library else ""
    if request.GET.get("compare") and not row.errors and scope.may("pack.apply"):
        try:
            chosen = reads.taker(into) if row.pack.library else None
            report = compare(by=request.user, pack=row.pack, into=chosen)  # type: ignore[arg-type]
        except Problem as problem:
            refusal = problem
    context = {
        "row": row,
        "pack": row.pack,
        "title": _two(row.pack.title),
        "about": _two(row.pack.about),
        "faults": row.pack.faults.sorted(),
        "readme": blocks_of(row.pack.readme),
        "holds": holdings(row.pack),
        "sample": sum(len(sheet.lines) for sheet in row.pack.sample.values()),
        "may_apply": scope.may("pack.apply"),
        "report": report,
        "tally": tally(report) if report else [],
        "refusal": refusal,
        "into": into,
        "takers": reads.takers(scope) if row.pack.library and scope.may("pack.apply") else [],
        "ruled": [line for line in ruled(row.pack) if line.shown],
        "ruled_counts": _ruled_words(row.pack),
    }
    return render(request, "packs/record.html", context)


def _ruled_words(found: Pack) -> list[tuple[str, int]]:
    chosen = 0 if (get_language() or "zh").startswith("zh") else 1
    return [(RULINGS[rule][chosen], count) for rule, count in ruled_counts(found).items()]


def holdings(found: Pack) -> list[tuple[object, int]]:
    """What a pack holds, section by section."""
    counted = {
        "areas": len(found.areas), "zones": len(found.zones), "units": len(found.units), "posts": len(found.posts),
        "phases": len(found.phases), "bodies": len(found.bodies), "classes": len(found.classes),
        "standards": len(found.standards), "routing": len(found.routing), "peers": len(found.peers),
        "indicators": len(found.indicators), "forms": len(found.forms), "registers": len(found.registers),
        "tasks": len(found.task_sheet.lines) if found.task_sheet else 0, "templates": len(found.templates),
    }  # fmt: skip
    return [(SECTIONS[section], count) for section, count in counted.items() if count]


def tally(report: Report) -> list[tuple[object, dict[str, int], list[str]]]:
    """(section, counts, keys of what would be added or changed) in the order of application."""
    names: dict[str, list[str]] = {}
    for change in report.made:
        names.setdefault(change.section, []).append(change.key)
    return [
        (SECTIONS.get(section, section), counts, names.get(section, [])[:12])
        for section, counts in report.counts().items()
    ]


@require_POST
@login_required
def apply(request: HttpRequest, name: str) -> HttpResponse:
    """Apply a pack (without its sample, which belongs into a fresh store and is entered by the command)."""
    scope = _scope(request)
    require(scope, "pack.apply")
    row = reads.one(scope, name)
    into = reads.taker(request.POST.get("into", "")) if row.pack.library else None
    report = apply_pack(by=request.user, pack=sound(row.pack.folder), into=into)  # type: ignore[arg-type]
    made = sum(change.count for change in report.made)
    if made:
        toasts.say(request, _("已应用：新增或更改 %(count)s 项。") % {"count": made})
    else:
        toasts.say(request, _("本库已与场景包一致，没有需要更改的。"))
    return redirect("packs:pack", name)
