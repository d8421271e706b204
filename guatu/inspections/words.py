"""What statuses, outcomes, verdicts, shifts and steps of rounds, visits and orders are called."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

ROUND_STATUS = {
    "draft": _("准备中"),
    "running": _("检查中"),
    "closed": _("检查结束"),
    "cancelled": _("已取消"),
}
VISIT_STATUS = {
    "planned": _("待检查"),
    "started": _("正在检查"),
    "done": _("检查完成"),
    "skipped": _("不去了"),
    "removed": _("已移出"),
}
VISIT_KINDS = {"round": _("轮次检查"), "look_back": _("回头看"), "spot": _("临时检查")}
OUTCOMES = {
    "pass": _("合格"),
    "rectify": _("责令整改"),
    "shut": _("关停"),
    "not_open": _("未开门"),
    "gone": _("已不在"),
}
VERDICTS = {
    "met": _("符合"),
    "not_met": _("不符合"),
    "put_right": _("当场整改"),
    "not_applicable": _("不适用"),
}
FAULTS = {
    "no_verdict": _("没有结论"),
    "unknown_verdict": _("结论不对"),
    "strange_item": _("不在检查表里"),
    "twice": _("重复填写"),
}
ORDER_KINDS = {"rectify": _("责令整改通知书"), "shut": _("关停通知书")}
ORDER_STATUS = {
    "issued": _("待整改"),
    "complied": _("已整改待回头看"),
    "passed": _("回头看通过"),
    "failed": _("回头看未通过"),
    "withdrawn": _("已撤销"),
}
SHIFTS = {"day": _("白班"), "night": _("夜班")}
TRAVEL = {"foot": _("步行"), "bike": _("骑行"), "car": _("开车")}
DRAW_FAULTS = {
    "count": _("一个也抽不到"),
    "share": _("比例不对"),
    "weight": _("权重不对"),
    "crew": _("人数或分组人数不对"),
    "repeated": _("有重复"),
    "few": _("数量多于范围"),
    "public": _("没有公开的随机值"),
}
LEFT_OUT = {
    "no_point": _("没有位置：请先在场所登记里补上坐标"),
    "closed": _("开放时间不在任何一班之内"),
    "too_far": _("太远：一班之内来不及往返"),
    "team_gone": _("指定的检查组去不了：时间、路程不够或已撤下"),
    "too_many": _("各组的场所数已满"),
    "full": _("各组时间已排满，更要紧的场所优先"),
}
CRITERIA = {
    "industries": _("行业"),
    "kinds": _("类别"),
    "risks": _("风险等级"),
    "areas": _("区域"),
    "zone": _("片区"),
    "last_before": _("上次检查早于"),
    "never": _("从未检查过"),
    "open_orders": _("有未办结的通知书"),
    "contracted": _("责任人"),
    "shift": _("开门的班次"),
    "picked": _("手工勾选"),
    "numbers": _("名单"),
    "without": _("排除"),
}


def word(table: Mapping[str, Any], code: str) -> str:
    """What a code is called in the reader's language; a code nobody named stays as it is."""
    return str(table.get(code, code))
