"""The words for states, steps and kinds, said the same way on every page, in refusals and in workbooks.

A room of its own because acts, reads, workbooks and pages all say them, and rules.py may not import Django.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STATUS_WORDS: dict[str, Promise] = {
    "planned": _("未开始"),
    "started": _("进行中"),
    "returned": _("退回整改"),
    "reported_done": _("待验收"),
    "accepted": _("已完成"),
    "cancelled": _("已取消"),
}
STEP_WORDS: dict[str, Promise] = {
    "start": _("开始"),
    "report_progress": _("报告进度"),
    "report_done": _("报告完成"),
    "take_back_report": _("收回报告"),
    "accept": _("验收"),
    "return": _("退回"),
    "withdraw_acceptance": _("撤销验收"),
    "reopen": _("重新打开"),
    "cancel": _("取消"),
    "restore": _("恢复"),
    "hold": _("登记举行"),
}
FIELD_WORDS: dict[str, Promise] = {
    "number": _("编号"),
    "title": _("任务"),
    "category": _("类别"),
    "body": _("工作组"),
    "lead_unit": _("牵头单位"),
    "supporting": _("配合单位"),
    "owner": _("责任人"),
    "owner_name": _("责任人"),
    "area": _("属地"),
    "place": _("点位"),
    "starts_on": _("开始日期"),
    "due_on": _("完成时限"),
    "percent": _("进度"),
    "note": _("备注"),
    "milestone": _("里程碑名称"),
    "press": _("督办内容"),
    "comment": _("留言内容"),
    "name": _("名称"),
}
ACTIVITY_KIND_WORDS: dict[str, Promise] = {
    "clean_day": _("城市环境清洁日"),
    "drill": _("演练"),
    "drill_part": _("演练环节"),
    "meeting": _("会议"),
    "training": _("培训"),
    "reception": _("接待"),
    "care_visit": _("慰问"),
    "publicity": _("宣传"),
    "visit": _("调研检查"),
}
ACTIVITY_STATUS_WORDS: dict[str, Promise] = {
    "planned": _("待举行"),
    "held": _("已举行"),
    "cancelled": _("已取消"),
}
BODY_KIND_WORDS: dict[str, Promise] = {
    "leading_group": _("领导小组"),
    "office": _("办公室"),
    "work_group": _("工作组"),
    "special_group": _("专项工作组"),
}
