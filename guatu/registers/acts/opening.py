"""Opening a register: what is kept of whom, for what."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from guatu.campaigns.models import Campaign
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.problems import Problem
from guatu.registers import problems as problems
from guatu.registers.models import Entry, Register
from guatu.registers.rules import KINDS, Column, ColumnError, check_register, read_columns

WHY_COLUMN = {
    "key": _("列代码要用小写字母、数字和下划线，字母开头"),
    "label": _("没有中文名"),
    "type": _("没有这种类型"),
    "choices": _("没有列出选项"),
    "counted": _("个人信息不能进入统计"),
    "twice": _("与另一列重复"),
    "none": _("一列也没有"),
    "key_field": _("作为唯一标识的列不在名册里"),
    "key_required": _("作为唯一标识的列要设为必填"),
    "title_field": _("作为名称的列不在名册里"),
    "kind": _("没有这种名册"),
}


def open_register(
    *,
    by: Actor,
    campaign: Campaign,
    code: str,
    name: str,
    kind: str,
    key_field: str,
    columns: Sequence[Mapping[str, Any]],
    title_field: str = "",
    name_en: str = "",
    area: str = "",
    parent: Register | None = None,
    purpose: str = "",
    erase_on: dt.date | None = None,
    order: int = 0,
    via: str = "web",
) -> Register:
    """Open a register, or set an existing one again (nothing happens when it is the same). Columns may be added at any
    time; what entries stand on (keys, types, what is personal) cannot change under them. Raises `register.bad_column`,
    `register.known`."""
    require(by.scope, "register.open", area=area or campaign.area)
    read = _declared(columns, kind, key_field, title_field or key_field)
    wanted = {
        "name": name, "name_en": name_en, "kind": kind, "area": area or campaign.area, "key_field": key_field,
        "title_field": title_field or key_field, "columns": [column.as_data() for column in read], "parent": parent,
        "purpose": purpose, "erase_on": erase_on, "order": order,
    }  # fmt: skip
    with deed(by=by, via=via) as d:
        row = (
            Register.objects.select_for_update(of=("self",), no_key=True)
            .filter(campaign=campaign, code=code)
            .first()
        )
        if row is not None and row.entity_list:  # what forms added to a list stays when it is opened again
            given = {column.key for column in read}
            read = (*read, *(column for column in read_columns(row.columns) if column.key not in given))
            wanted["columns"] = [column.as_data() for column in read]
        if row is not None and all(getattr(row, each) == value for each, value in wanted.items()):
            return row
        if row is not None:
            _check_still_fits(row, read, key_field)
        verb = "register.opened" if row is None else "register.changed"
        row = row or Register(home=campaign.home, campaign=campaign, code=code, version=0)
        for each, value in wanted.items():
            setattr(row, each, value)
        row.version += 1
        row.save()
        d.record(verb, row, details={"code": code, "columns": [column.key for column in read]})
    return row


def _declared(
    columns: Sequence[Mapping[str, Any]], kind: str, key_field: str, title_field: str
) -> tuple[Column, ...]:
    try:
        read = read_columns(columns)
        check_register(read, key_field, title_field)
        if kind not in KINDS:
            raise ColumnError("kind", kind)
    except ColumnError as wrong:
        raise Problem("register.bad_column", column=wrong.key, why=str(WHY_COLUMN[wrong.why])) from wrong
    return read


def _check_still_fits(row: Register, read: Sequence[Column], key_field: str) -> None:
    count = Entry.objects.filter(register=row).count()
    fixed = {column.key: (column.type, column.personal) for column in read}
    kept = all(fixed.get(each.key) == (each.type, each.personal) for each in read_columns(row.columns))
    if count and not (kept and row.key_field == key_field):
        raise Problem("register.known", code=row.code, count=count)
