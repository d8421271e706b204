"""The clocks of a case: every stretch with its limit, where the limit comes from, pauses, and the computation."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guatu.cases import reads
from guatu.cases.models import LIMIT_WORDS, STAGE_WORDS, STEP_WORDS, Case, Stage
from guatu.desk.case_panels import Panel
from guatu.kernel import clock
from guatu.kit import formats

KINDS = {
    "worked": gettext_lazy("工作时间"),
    "running": gettext_lazy("连续计时"),
    "assumed": gettext_lazy("日历未公布，按周一至周五推定"),
    "paused": gettext_lazy("挂账，暂停计时"),
}


def lines_of(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The computation as it was kept when the limit was set."""
    moment = dt.datetime.fromisoformat
    return [
        {**line, "start": moment(line["start"]), "end": moment(line["end"]), "kind": KINDS[line["kind"]]}
        for line in lines
    ]


def why(entry: dict[str, Any]) -> str:
    """Where a limit comes from, in words."""
    what = entry.get("what")
    unit = LIMIT_WORDS.get(str(entry.get("unit")), "")
    if what == "standard":
        return _("立案标准：%(condition)s") % {"condition": entry["condition"]}
    if what == "class":
        return _("类别规定：%(name)s") % {"name": entry["name"]}
    if what == "guarantee":
        return _("保障期“%(phase)s”从严：%(usual)s × %(factor)s") % entry
    if what == "extended":
        amount = formats.number(Decimal(entry["amount"]).normalize())
        return _("批准延期 %(amount)s %(unit)s") % {"amount": amount, "unit": unit}
    plain = {
        "stage": _("环节规定"), "given": _("派单时指定"), "upper": _("上级要求"), "kept": _("沿用原期限"),
        "corrected": _("更正登记"), "reclassified": _("改类别后重算"),
    }  # fmt: skip
    return plain.get(str(what), str(what))


def _line(stage: Stage, labels: dict[str, str]) -> dict[str, Any]:
    now = clock.now()
    over = stage.late or (stage.ended_at is None and stage.due_at is not None and stage.due_at < now)
    return {
        "row": stage,
        "kind": labels.get(stage.kind) or STAGE_WORDS[stage.kind],
        "unit": LIMIT_WORDS.get(stage.limit_unit, ""),
        "late": over,
        "why": [why(entry) for entry in stage.why],
        "outcome": STEP_WORDS.get(stage.outcome, ""),
        "lines": lines_of(stage.lines),
        "pauses": [
            (dt.datetime.fromisoformat(each["from"]), dt.datetime.fromisoformat(each["to"]) if each["to"] else None)
            for each in stage.pauses
        ],
    }  # fmt: skip


def panel(request: HttpRequest, case: Case) -> Panel | None:
    """All stretches in the order they began."""
    stages = reads.stages(case)
    if not stages:
        return None
    book = reads.rulebook(case.campaign)
    english = not (get_language() or "zh").startswith("zh")
    labels = {kind: (rule.label_en if english else rule.label_zh) for kind, rule in book.stages.items()}
    lines = [_line(stage, labels) for stage in stages]
    contact = any(stage.kind == "contact" and stage.ended_at is None for stage in stages)
    context = {"lines": lines, "case": case, "contact": contact}
    return Panel("stages", "desk/cases/panels/stages.html", context, order=30)
