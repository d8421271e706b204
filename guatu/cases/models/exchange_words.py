"""What exchange with other platforms is called on pages."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from guatu.cases.models.words import STATUS_WORDS
from guatu.cases.rules.exchange import Fault

KIND_WORDS = {"upper": _("上级平台"), "hotline": _("热线平台"), "district": _("兄弟区平台")}
WAY_WORDS = {"http": _("联网"), "file": _("文件")}
MESSAGE_WORDS = {
    "case": _("下发案件"), "change": _("改变要求"), "update": _("办理进展"), "offer": _("提出移交"), "answer": _("答复移交"),
    "note": _("来文"),
}  # fmt: skip
DEMAND_WORDS = {
    "recall": _("撤回"), "hurry": _("催办"), "due": _("改期限"), "close": _("已结案"), "rework": _("退回整改"),
    "note": _("来文"), "accept": _("接手"), "return": _("退回"),
}  # fmt: skip
MESSAGE_STATUS_WORDS = {
    "waiting": _("待发送"), "failed": _("发送失败，待重试"), "sent": _("已送达"), "dead": _("多次失败，已停"),
    "given_up": _("不再发送"), "applied": _("已办妥"), "refused": _("未收"), "conflict": _("两边不一致"),
    "settled": _("已人工处理"),
}  # fmt: skip
SIGNAL_WORDS = {
    "none": _("只记录"), "accept": _("视为已接单"), "done": _("视为已办完"), "return": _("视为退回")
}  # fmt: skip
PART_WORDS = {
    "states": _("状态"), "signals": _("对方用语"), "classes": _("类别"), "areas": _("区域"), "units": _("单位"),
    "defaults": _("默认值"),
}  # fmt: skip


def fault_words(fault: Fault) -> str:
    """What is wrong in a mapping, as a sentence."""
    said = {"part": PART_WORDS.get(fault.part, fault.part), "word": fault.word, "other": fault.other}
    if fault.code == "unmapped_status":
        return _now("状态“%(word)s”没有写对方的用语。") % {"word": STATUS_WORDS.get(fault.word, fault.word)}
    if fault.code == "unknown_status":
        return _now("没有“%(word)s”这个状态。") % said
    if fault.code == "unknown_signal":
        return _now("“%(word)s”后面写的“%(other)s”不认识，应是 none、accept、done 或 return。") % said
    if fault.code == "ambiguous":
        return _now("%(part)s里“%(word)s”有两种意思（%(other)s）。") % said
    return _now("不认识的一节 [%(word)s]。") % said
