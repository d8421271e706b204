"""The task list as a table: what each column means and what a row would do. A room of its own: it is neither act nor read."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from guatu.campaigns.models import Body, Campaign
from guatu.files.imports import Cells, Context, Field, Importer, Option, RowOutcome
from guatu.kernel.access import within
from guatu.kernel.problems import Problem
from guatu.places.models import Area
from guatu.tasks import acts, rules
from guatu.tasks.cells import (
    MilestoneCell,
    day_of_cell,
    milestones_of_cell,
    names_of_cell,
    one_by_name,
    percent_of_cell,
    plain,
    told_changes,
)
from guatu.tasks.models import Milestone, Task, TaskUnit
from guatu.tasks.words import STATUS_WORDS
from guatu.units.models import Person, Unit

FIELDS = (
    Field("number", "序号", "No.", aliases=("编号", "任务编号", "号", "no"), example="1"),
    Field("category", "类别", "Category", aliases=("任务类别", "分类", "类型", "板块"), example="道路整治",
          note_zh="合并的单元格按向下填充理解。", note_en="Merged cells are filled down."),
    Field("title", "任务", "Task", aliases=("任务名称", "任务内容", "工作任务", "工作内容", "事项", "项目名称", "内容"), required=True,
          example="华江公路人行道维修"),
    Field("lead_unit", "牵头单位", "Lead unit", aliases=("责任单位", "牵头部门", "主责单位", "实施单位"), required=True, example="江桥镇"),
    Field("supporting", "配合单位", "Supporting units", aliases=("协同单位", "配合部门", "协办单位"), example="绿容局、交警支队",
          note_zh="多个单位用顿号隔开。", note_en="Separate several units by commas."),
    Field("body", "工作组", "Work group", aliases=("所属工作组", "专项组", "组别", "保障组"), example="北虹桥商务区综合服务保障组"),
    Field("owner", "责任人", "Owner", aliases=("负责人", "具体责任人"), example="张三", personal=True),
    Field("area", "属地", "Area", aliases=("街镇", "区域", "属地街镇", "所在街镇"), example="江桥镇"),
    Field("starts_on", "开始日期", "Start", aliases=("开始时间", "起始日期", "启动时间", "开始"), example="2021-03-01"),
    Field("due_on", "完成时限", "Deadline", aliases=("完成时间", "完成日期", "截止日期", "计划完成时间", "时间节点", "期限", "时限"), required=True,
          example="2021-09-30", note_zh="只写月份时按月底理解。", note_en="A month alone means its last day."),
    Field("status", "状态", "Status", aliases=("完成情况", "任务状态", "进展状态"), example="未开始"),
    Field("percent", "进度（%）", "Progress (%)", aliases=("进度", "完成率", "完成比例", "完成进度"), example="0"),
    Field("milestones", "里程碑", "Milestones", aliases=("关键节点", "节点"), example="完成方案 2021-04-30；进场施工 2021-06-01"),
    Field("note", "备注", "Note", aliases=("说明", "备注说明")),
    Field("id", "系统标识", "System id", note_zh="导出时写入，请勿改动。", note_en="Written by the export; leave it as it is."),
    Field("version", "版本", "Version", note_zh="导出时写入，请勿改动。", note_en="Written by the export; leave it as it is."),
)  # fmt: skip
DONE_AS = Option(
    "done_as",
    "新任务写着“已完成”时",
    "When a new row says “done”",
    (
        ("reported", "按“待验收”导入", "take it in as waiting for a check"),
        ("refuse", "不导入并说明", "leave it out and say so"),
    ),
    default="reported",
    note_zh="验收只能由他人在系统中确认，导入不能代替验收。",
    note_en="Somebody else must accept a task here; a table cannot.",
)
# words of offices for the states, beside our own
_STATUS_ALIASES = {
    "planned": ("未启动", "未开展", "待开始", "not started", "planned"),
    "started": ("推进中", "正在推进", "实施中", "在建", "in progress", "started", "under way"),
    "returned": ("退回", "returned"),
    "reported_done": ("已报完成", "待核查", "完成待验收", "reported done", "waiting for a check"),
    "accepted": ("完成", "已完工", "完工", "已验收", "验收通过", "done", "accepted"),
    "cancelled": ("取消", "cancelled"),
}


@dataclass
class Known:
    """What a table of one campaign may name, loaded once."""

    units: dict[str, Unit] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    people: dict[str, list[Person]] = field(default_factory=dict)
    by_id: dict[str, Task] = field(default_factory=dict)
    by_number: dict[str, Task] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)
    categories: dict[int, str] = field(default_factory=dict)  # by line, filled down
    bodies_down: dict[int, str] = field(default_factory=dict)


def load(context: Context, rows: Sequence[Cells]) -> None:
    """Everything the rows may name, in seven queries."""
    campaign: Campaign = context.campaign
    known = Known()
    for unit in Unit.objects.filter(active=True).order_by("-path"):
        for name in (unit.code, unit.short_name, unit.name):
            if name:
                known.units[plain(name)] = unit
    for body in Body.objects.filter(campaign=campaign):
        known.bodies[plain(body.name)] = known.bodies[plain(body.code)] = body
    for area in Area.objects.filter(within("code", campaign.area)).defer("shape").order_by("-code"):
        known.areas[plain(area.name)] = known.areas[plain(area.code)] = area
    for person in Person.objects.filter(is_active=True).select_related("unit"):
        known.people.setdefault(plain(person.name), []).append(person)
    tasks = Task.objects.filter(campaign=campaign).select_related("lead_unit", "body", "owner", "campaign")
    for task in tasks.prefetch_related(
        Prefetch("supporting", TaskUnit.objects.select_related("unit")),
        Prefetch("milestones", Milestone.objects.all()),
    ):
        known.by_id[str(task.id)] = known.by_number[plain(task.number)] = task
    for status, word in STATUS_WORDS.items():
        for each in (str(word), status, *_STATUS_ALIASES[status]):
            known.statuses[plain(each)] = status
    _fill_down(known, rows)
    context.loaded["tasks"] = known


def _fill_down(known: Known, rows: Sequence[Cells]) -> None:
    """A merged cell is written once; the empty ones below it mean the same. Not in tables that were exported here."""
    category = body = ""
    for row in rows:
        if row.raw("id"):
            continue
        category = str(row.raw("category") or "").strip() or category
        body = str(row.raw("body") or "").strip() or body
        known.categories[row.line], known.bodies_down[row.line] = category, body


def check(context: Context, row: Cells) -> RowOutcome:
    """What one row would do: a new task, changed cells of an existing one, nothing, or why it cannot go in."""
    known: Known = context.loaded["tasks"]
    existing = _existing(known, row)
    values = _values(context, known, row, existing)
    if existing is None:
        _check_new(context, row, values)
        key = plain(values["number"]) if values["number"] else f"line-{row.line}"
        return row.wrong() if row.faults else row.new(key, values)
    changes = _changes(existing, values)
    if changes and not row.faults:
        _check_version(row, existing)
        _check_status(row, existing, changes)
    if row.faults:
        return row.wrong()
    if not changes:
        return row.same(str(existing.id), existing.id)
    words = {"status": STATUS_WORDS, "area": {area.code: area.name for area in known.areas.values()}}
    told = told_changes(standing_of(existing), changes, words)
    return row.changed(str(existing.id), existing.id, {"task": existing, "changes": changes}, told)


def _existing(known: Known, row: Cells) -> Task | None:
    """The task a row speaks of: by the hidden id, else by its number."""
    asked, number = row.text("id", longest=40), row.text("number", longest=40)
    if asked:
        try:
            found = known.by_id.get(str(UUID(asked)))
        except ValueError:
            found = None
        if found is None:
            row.refuse("id", Problem("task.import_stranger"))
        return found
    return known.by_number.get(plain(number)) if number else None


def _values(context: Context, known: Known, row: Cells, existing: Task | None) -> dict[str, Any]:
    """The cells understood; only of columns that the table has (new rows: everything)."""
    year = context.campaign.opens_on.year
    values: dict[str, Any] = {
        "number": rules.tidy_number(row.text("number", longest=40)),
        "title": row.text("title", longest=300),
        "category": row.text("category", longest=80)
        or ("" if existing else known.categories.get(row.line, "")),
        "lead_unit": _unit(known, row),
        "supporting": _units(known, row),
        "body": _body(known, row, existing),
        "area": _area(context, known, row),
        "starts_on": _day(row, "starts_on", year, end=False),
        "due_on": _day(row, "due_on", year, end=True),
        "status": _status(known, row),
        "percent": _percent(row),
        "milestones": _milestones(row, year),
        "note": row.text("note", longest=2000),
    }
    values["owner"], values["owner_name"] = _owner(known, row, values["lead_unit"])
    if existing is None:
        return values
    present = {name: value for name, value in values.items() if row.has(name)}
    if row.has("owner"):
        present["owner_name"] = values["owner_name"]
    for name in ("number", "status", "percent"):  # an emptied cell means no change here
        if present.get(name) in ("", None):
            present.pop(name, None)
    return present


def _unit(known: Known, row: Cells) -> Unit | None:
    text = row.text("lead_unit", longest=200)
    if not text:
        return None
    names = names_of_cell(text)
    if len(names) > 1:
        row.refuse("lead_unit", Problem("task.import_one_lead", units="、".join(names)))
        return None
    unit = one_by_name(names[0] if names else text, known.units)
    if unit is None:
        row.refuse("lead_unit", _unknown_unit(known, text))
    return unit


def _units(known: Known, row: Cells) -> list[Unit]:
    found: list[Unit] = []
    for name in names_of_cell(row.text("supporting", longest=500)):
        unit = one_by_name(name, known.units)
        if unit is None:
            row.refuse("supporting", _unknown_unit(known, name))
        elif unit not in found:
            found.append(unit)
    return found


def _unknown_unit(known: Known, name: str) -> Problem:
    near = [
        str(known.units[key]) for key in get_close_matches(plain(name), list(known.units), n=3, cutoff=0.5)
    ]
    return Problem("task.import_unit", unit=name, near="、".join(dict.fromkeys(near)) or "—")


def _body(known: Known, row: Cells, existing: Task | None) -> Body | None:
    text = row.text("body", longest=120) or ("" if existing else known.bodies_down.get(row.line, ""))
    if not text:
        return None
    body = one_by_name(text, known.bodies)
    if body is None:
        names = "、".join(dict.fromkeys(each.name for each in known.bodies.values())) or "—"
        row.refuse("body", Problem("task.import_body", body=text, bodies=names))
    return body


def _area(context: Context, known: Known, row: Cells) -> str:
    text = row.text("area", longest=80)
    if not text:
        return str(context.campaign.area)
    area = one_by_name(text, known.areas)
    if area is None:
        row.refuse("area", Problem("task.import_area", area=text))
        return ""
    return area.code


def _day(row: Cells, key: str, year: int, *, end: bool) -> dt.date | None:
    text = row.text(key, longest=60)
    day = day_of_cell(text, year, end=end) if text else None
    if text and day is None:
        row.refuse(key, Problem("import.not_a_day"))
    return day


def _status(known: Known, row: Cells) -> str:
    text = row.text("status", longest=40)
    if not text:
        return ""
    status = known.statuses.get(plain(text), "")
    if not status:
        row.refuse(
            "status",
            Problem("import.not_a_choice", choices="、".join(str(word) for word in STATUS_WORDS.values())),
        )
    return status


def _percent(row: Cells) -> int | None:
    text = row.text("percent", longest=20)
    percent = percent_of_cell(text, ours=bool(row.raw("id"))) if text else None
    if text and percent is None:
        row.refuse("percent", Problem("task.percent", percent=text))
    return percent


def _milestones(row: Cells, year: int) -> list[MilestoneCell]:
    found, strange = milestones_of_cell(row.text("milestones", longest=1000), year)
    if strange:
        row.refuse("milestones", Problem("task.import_milestone", piece=strange))
    names = [each.name for each in found]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        row.refuse("milestones", Problem("task.milestone_taken", task=row.text("number") or "—", name=twice))
    return found


def _owner(known: Known, row: Cells, lead: Unit | None) -> tuple[Person | None, str]:
    """A person by name, of the lead unit first; a name that nobody here bears is kept as a name."""
    name = row.text("owner", longest=60)
    people = known.people.get(plain(name), []) if name else []
    own = [person for person in people if lead is not None and person.unit_id == lead.id]
    chosen = own if len(own) == 1 else people if len(people) == 1 else []
    return (chosen[0], "") if chosen else (None, name)


def _check_new(context: Context, row: Cells, values: Mapping[str, Any]) -> None:
    """What the act would refuse, said at the cell it is about."""
    starts_on, due_on, lead = values["starts_on"], values["due_on"], values["lead_unit"]
    if due_on and rules.wrong_schedule(starts_on, due_on):
        row.refuse("due_on", Problem("task.schedule", starts_on=starts_on, due_on=due_on))
    if lead is not None and lead in values["supporting"]:
        row.refuse("supporting", Problem("task.lead_supports", unit=lead.name))
    if values["status"] in (rules.RETURNED, rules.CANCELLED):
        row.refuse("status", Problem("task.import_status", status=STATUS_WORDS[values["status"]]))
    if values["status"] == rules.ACCEPTED and context.options.get("done_as") == "refuse":
        row.refuse("status", Problem("task.import_accepted"))
    if due_on:
        _check_days(row, starts_on, due_on, values["milestones"])


def _check_days(
    row: Cells, starts_on: dt.date | None, due_on: dt.date, milestones: Sequence[MilestoneCell]
) -> None:
    wrong = next((each for each in milestones if rules.wrong_milestone(starts_on, due_on, each.due_on)), None)
    if wrong is not None:
        row.refuse("milestones", Problem("task.milestone_day", name=wrong.name, day=wrong.due_on))


def standing_of(task: Task) -> dict[str, Any]:
    """A task's cells as they stand, in the shape of a row's values."""
    return {
        **{name: getattr(task, name) for name in rules.FIELDS if name != "supporting"},
        "supporting": [each.unit for each in task.supporting.all()],
        "status": task.status,
        "percent": task.percent,
        "milestones": sorted(
            MilestoneCell(each.due_on, each.name, each.done_on) for each in task.milestones.all()
        ),
    }


def _changes(task: Task, values: Mapping[str, Any]) -> dict[str, Any]:
    """The cells that differ from the task as it stands."""
    standing = standing_of(task)
    found = {}
    for name, new in values.items():
        old = standing[name]
        if name == "supporting":
            if {unit.id for unit in old} != {unit.id for unit in new}:
                found[name] = new
        elif old != new:
            found[name] = new
    if "owner" in found or "owner_name" in found:
        found["owner"], found["owner_name"] = values["owner"], values["owner_name"]
    return found


def _check_version(row: Cells, task: Task) -> None:
    """A row prepared on an older state is shown as a conflict, never written over the newer one."""
    version = row.whole("version") if row.raw("id") else None
    if version is not None and version != task.version:
        row.refuse(
            "version", Problem("task.import_conflict", number=task.number, sheet=version, now=task.version)
        )


def _check_status(row: Cells, task: Task, changes: Mapping[str, Any]) -> None:
    wanted = changes.get("status")
    steps = {rules.STARTED: (rules.PLANNED, rules.RETURNED), rules.REPORTED: rules.OPEN}
    if wanted is not None and task.status not in steps.get(wanted, ()):
        code = "task.import_accepted" if wanted == rules.ACCEPTED else "task.import_status"
        row.refuse("status", Problem(code, status=STATUS_WORDS[wanted]))
    if "percent" in changes and task.status not in rules.OPEN:
        row.refuse("percent", Problem("task.import_percent", status=STATUS_WORDS[task.status]))
    if "due_on" in changes or "starts_on" in changes:
        starts_on, due_on = changes.get("starts_on", task.starts_on), changes.get("due_on", task.due_on)
        if rules.wrong_schedule(starts_on, due_on):
            row.refuse("due_on", Problem("task.schedule", starts_on=starts_on, due_on=due_on))
        else:
            _check_days(row, starts_on, due_on, changes.get("milestones", standing_of(task)["milestones"]))


TASKS = Importer(
    kind="task",
    title=("任务清单", "Task list"),
    about=(
        "一行一项任务。从本系统导出的表改好后再导入，只会改动您改过的单元格。",
        "One task a row. A table exported here, edited and sent back changes exactly the cells you edited.",
    ),
    right="task.import",
    fields=FIELDS,
    options=(DONE_AS,),
    prepare=load,
    check=check,
    apply=acts.import_tasks,
    undo=acts.withdraw_imported,
    campaign=True,
    url=lambda task_id: reverse("desk:task", args=[task_id]),
)


def title_of_sheet() -> str:
    """The name of the sheet that is exported."""
    return _("任务清单")
