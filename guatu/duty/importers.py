"""The roster from a table: one shift a row."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from guatu.duty import acts, rules
from guatu.duty.models import Shift
from guatu.files.imports import Cells, Context, Field, Importer, RowOutcome
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.units.models import Person, Unit
from guatu.units.reads import find_person, find_unit
from guatu.units.rules import ROLE_WORDS

NAMES = {"白班": "day", "日班": "day", "早班": "day", "day": "day", "夜班": "night", "晚班": "night", "night": "night",
         "全天": "whole", "24小时": "whole", "whole": "whole"}  # fmt: skip
_ROLES = {**{zh: key for key, (zh, _en) in ROLE_WORDS.items()}, **{key: key for key in ROLE_WORDS}}


def load(context: Context, rows: Sequence[Cells]) -> None:
    context.loaded.update(units={}, people={}, taken=None)


def _unit(context: Context, row: Cells) -> Unit | None:
    text = row.text("unit", longest=120)
    known = context.loaded["units"]
    if text and text not in known:
        try:
            known[text] = find_unit(text)
        except Problem as problem:
            known[text] = problem
    found = known.get(text)
    if isinstance(found, Problem):
        row.refuse("unit", found)
        return None
    return found if isinstance(found, Unit) else None


def _person(context: Context, row: Cells, unit: Unit | None) -> Person | None:
    text = row.text("person", longest=60)
    known, key = context.loaded["people"], (text, unit.id if unit is not None else None)
    if text and key not in known:
        try:
            known[key] = find_person(text, unit=unit)
        except Problem as problem:
            known[key] = problem
    found = known.get(key)
    if isinstance(found, Problem):
        row.refuse("person", found)
        return None
    return found if isinstance(found, Person) else None


def _time(row: Cells, key: str) -> dt.time | None:
    """A time of day as written: 8:30, 08:30:00, 8：30."""
    raw = row.raw(key)
    if isinstance(raw, (dt.time, dt.datetime)):
        return raw if isinstance(raw, dt.time) else raw.time()
    text = row.text(key, longest=20)
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,2})[:：点时](\d{1,2})?(?:[:：分]\d{0,2})?", text)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        row.refuse(key, Problem("import.not_a_moment"))
        return None
    return dt.time(int(found[1]), int(found[2] or 0))


def _span(row: Cells) -> tuple[dt.datetime, dt.datetime] | None:
    """From when until when: the name of a shift, or two times of day (the second on the next day when not later)."""
    day = row.day("day")
    named = row.choice("shift", NAMES, default="")
    begins, ends = _time(row, "begins"), _time(row, "ends")
    if row.faults or day is None:
        return None
    if begins is not None and ends is not None:
        start = dt.datetime.combine(day, begins, tzinfo=clock.ZONE)
        until = day if ends > begins else day + dt.timedelta(days=1)
        return start, dt.datetime.combine(until, ends, tzinfo=clock.ZONE)
    if named in rules.NAMED:
        return rules.span(day, named, clock.ZONE)
    if named == "whole":
        start = rules.span(day, "day", clock.ZONE)[0]
        return start, start + dt.timedelta(days=1)
    row.refuse("shift", Problem("import.empty_cell"))
    return None


def check(context: Context, row: Cells) -> RowOutcome:
    unit = _unit(context, row)
    person = _person(context, row, unit)
    found = _span(row)
    role = row.choice("role", _ROLES, default="")
    if unit is not None and not context.scope.allows("duty.edit", area=unit.area, units=(unit.path,)):
        row.refuse("unit", Problem("access.denied", right="duty.edit"))
    if row.faults or unit is None or person is None or found is None:
        return row.wrong()
    start, end = found
    key = f"{unit.code} {person.username} {start:%Y-%m-%d %H:%M}"
    shift = Shift(unit=unit, person=person, role=role, starts_at=start, ends_at=end)
    there = Shift.objects.filter(unit=unit, person=person, starts_at=start, ends_at=end, role=role).first()
    if there is not None:
        return row.same(key, there.id)
    try:
        acts.check_shift(shift)
    except Problem as problem:
        row.refuse("day", problem)
        return row.wrong()
    values: dict[str, Any] = {
        "unit": unit, "person": person, "starts_at": start, "ends_at": end, "role": role, "note": row.text("note"),
    }  # fmt: skip
    return row.new(key, values)


SHIFTS = Importer(
    kind="shift",
    title=("值班表", "Roster"),
    about=("谁在哪个单位值哪一班：单位、值班人、日期、班次（白班、夜班、全天）或起止时间。一行一班。",
           "Who is on duty where and when: unit, person, day, shift (day, night, whole) or from and until. One shift a row."),
    right="duty.edit",
    fields=(
        Field("unit", "单位", "Unit", ("值班单位", "部门", "单位名称"), required=True, example="南翔镇"),
        Field("person", "值班人", "Person", ("姓名", "用户名", "值班人员", "带班领导"), required=True, example="zhangsan",
              note_zh="用户名；没有重名时可写姓名。", note_en="User name; or the name when only one has it."),
        Field("day", "日期", "Day", ("值班日期",), required=True, example="2021-09-20"),
        Field("shift", "班次", "Shift", ("值班班次", "时段"), example="白班"),
        Field("begins", "开始时间", "From", ("起始时间", "上班时间"), example=""),
        Field("ends", "结束时间", "Until", ("截止时间", "下班时间"), example="",
              note_zh="不晚于开始时间就算第二天。", note_en="The next day when not later than the beginning."),
        Field("role", "值班角色", "Role", ("角色", "岗位"), example=""),
        Field("note", "备注", "Note", ("说明",), example=""),
    ),
    prepare=load,
    check=check,
    apply=acts.apply_imported,
    undo=acts.undo_imported,
)  # fmt: skip
