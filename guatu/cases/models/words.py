"""What statuses, steps, stages, sources and limits are called."""

from django.utils.translation import gettext_lazy as _

STATUS_WORDS = {
    "reported": _("待立案"),
    "confirmed": _("已核实待立案"),
    "filed": _("待派单"),
    "dispatched": _("待接单"),
    "accepted": _("处置中"),
    "treated": _("待反馈"),
    "handled": _("待核查"),
    "verified": _("已核查"),
    "closed": _("已结案"),
    "returned": _("已退回"),
    "held": _("挂账"),
    "rejected": _("不予受理"),
    "void": _("已作废"),
    "duplicate": _("重复件"),
    "withdrawn": _("已撤回"),
}
SOURCE_WORDS = {
    "city_platform": _("市级问题整治整改平台"),
    "patrol": _("巡查发现"),
    "hotline": _("12345热线"),
    "public": _("市民上报"),
    "open311": _("Open311 平台"),
    "upper": _("上级派遣"),
    "district": _("兄弟区移交"),
    "inspection": _("执法检查"),
    "leader": _("领导交办"),
    "other": _("其他来源"),
}
LIMIT_WORDS = {
    "work_hour": _("工作时"),
    "work_day": _("工作日"),
    "urgent_hour": _("紧急工作时"),
    "natural_day": _("自然日"),
}
STEP_WORDS = {
    "report": _("上报"),
    "contact": _("先行联系"),
    "confirm": _("核实"),
    "file": _("立案"),
    "reject": _("不予受理"),
    "dispatch": _("派单"),
    "recall": _("撤回派单"),
    "accept": _("接单"),
    "return": _("退回"),
    "hold": _("挂账"),
    "resume": _("恢复办理"),
    "extend": _("延期"),
    "stage": _("完成一个阶段"),
    "handle": _("处置完毕"),
    "feed_back": _("反馈"),
    "pass": _("核查通过"),
    "rework": _("核查不通过"),
    "close": _("结案"),
    "void": _("作废"),
    "merge": _("并入主件"),
    "unmerge": _("取消合并"),
    "withdraw": _("撤回上报"),
    "reopen": _("重新办理"),
    "reclassify": _("改类别"),
    "hand_over": _("移交"),
    "hurry": _("催办"),
    "note": _("来文"),
}
STAGE_WORDS = {
    "contact": _("先行联系"),
    "confirm": _("核实"),
    "file": _("立案"),
    "dispatch": _("派单"),
    "accept": _("接单"),
    "handle": _("处置"),
    "feed_back": _("反馈"),
    "check": _("核查"),
    "close": _("结案"),
    "whole": _("全程"),
}
REQUEST_WORDS = {
    "hold": _("挂账"),
    "extend": _("延期"),
    "return": _("退回"),
    "void": _("作废"),
}
REQUEST_STATUS_WORDS = {
    "asked": _("待审批"),
    "granted": _("同意"),
    "refused": _("不同意"),
    "taken_back": _("已收回"),
}
