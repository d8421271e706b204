"""The words for states, steps and kinds, said the same way on every page, in refusals and in workbooks.

A room of its own because acts, reads, workbooks and pages all say them, and rules.py may not import Django.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guatu.kernel.verbs import declare_verbs

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
# what an activity may bring beside its headcount; packs add their own in settings["activities"]["results"]
RESULT_WORDS: dict[str, Promise] = {
    "teams": _("参演（参赛）队伍"),
    "batches": _("批次"),
    "persons": _("慰问（服务）人数"),
    "places": _("整治点位"),
    "rubbish_tonnes": _("清理垃圾（吨）"),
    "media_reports": _("媒体报道（次）"),
    "problems_found": _("发现问题"),
}
ACTIVITY_STATUS_WORDS: dict[str, Promise] = {
    "planned": _("待举行"),
    "held": _("已举行"),
    "cancelled": _("已取消"),
}

declare_verbs(
    {
        "task.added": ("列入任务清单，完成时限 {due_on}", "put on the task list, due {due_on}"),
        "task.edited": ("修改了任务", "changed the task"),
        "task.started": ("开始办理", "began the work"),
        "task.progressed": ("报告进度", "reported progress"),
        "task.reported_done": ("报告完成，等待验收", "reported it done; it waits for a check"),
        "task.report_taken_back": ("收回了完成报告", "took the report back"),
        "task.accepted": ("验收通过", "accepted it"),
        "task.returned": ("验收未通过，退回整改", "sent it back"),
        "task.acceptance_withdrawn": ("撤销验收（更正）", "withdrew the acceptance (a correction)"),
        "task.reopened": ("重新打开", "opened it again"),
        "task.cancelled": ("取消任务", "cancelled it"),
        "task.restored": ("恢复任务", "put it back on the list"),
        "task.pressed": ("督办", "pressed on it"),
        "task.commented": ("留言", "said"),
        "task.milestone_added": ("增加里程碑，{due_on}", "added a milestone for {due_on}"),
        "task.milestone_reached": ("完成里程碑", "reached a milestone"),
        "task.milestone_reopened": ("里程碑改为未完成", "took a milestone back"),
        "task.milestone_dropped": ("删除里程碑“{name}”", "dropped the milestone “{name}”"),
        "task.phase_changed": ("随阶段调整重新归入阶段", "moved to another phase as the phases changed"),
        "task.became_late": ("逾期（完成时限 {due_on}）", "became late (due {due_on})"),
        "task.came_at_risk": ("临期，可能不能按时完成", "came to be at risk"),
        "task.withdrawn": ("撤销导入，任务移出清单", "taken off the list with the import that brought it"),
        "task.set_back": ("撤销导入，恢复原来的内容", "set back to what it was before the import"),
        "campaign.tasks_accepted": ("批量验收任务", "accepted many tasks at once"),
        "campaign.tasks_reassigned": ("批量调整牵头单位或责任人", "gave many tasks to somebody else"),
        "campaign.tasks_undone": ("撤销批量操作", "took back a step on many tasks"),
        "activity.planned": ("计划活动，{held_on}", "planned it for {held_on}"),
        "activity.edited": ("修改了活动", "changed the activity"),
        "activity.held": ("登记已举行", "recorded it as held"),
        "activity.corrected": ("更正了结果", "corrected its results"),
        "activity.cancelled": ("取消活动", "cancelled it"),
        "activity.restored": ("恢复活动", "planned it again"),
    }
)
