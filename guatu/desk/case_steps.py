"""The steps of a case as the pages offer them: which act, what the button says, what is said when it is done."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from guatu.cases import acts
from guatu.cases.models import Case

ACTS: dict[str, Callable[..., Case]] = acts.STEPS
# What the button says.
BUTTONS = {
    "confirm": _("核实属实"), "file": _("立案"), "dispatch": _("派单"), "accept": _("接单"), "handle": _("报告处置完毕"),
    "pass": _("核查通过"), "rework": _("核查不通过"), "close": _("结案"), "return": _("申请退回"), "reject": _("不予受理"),
    "recall": _("撤回派单"), "void": _("申请作废"), "hold": _("申请挂账"), "extend": _("申请延期"), "resume": _("恢复办理"),
    "stage": _("完成一个阶段"), "feed_back": _("反馈"), "withdraw": _("撤回上报"), "reopen": _("重新办理"),
    "contact": _("先行联系"), "reclassify": _("改类别"),
}  # fmt: skip
DONE = {
    "confirm": _("已核实。"), "file": _("已立案。"), "reject": _("已登记为不予受理。"), "dispatch": _("已派单。"),
    "recall": _("已撤回派单。"), "accept": _("已接单。"), "return": _("已申请退回，等待审批。"), "hold": _("已申请挂账，等待审批。"),
    "extend": _("已申请延期，等待审批。"), "resume": _("已恢复办理，继续计时。"), "stage": _("已登记这个阶段完成。"),
    "handle": _("已报告处置完毕，等待核查。"), "feed_back": _("已反馈，等待核查。"), "pass": _("核查通过。"),
    "rework": _("已退回返工。"), "close": _("已结案。"), "void": _("已申请作废，等待审批。"), "withdraw": _("已撤回。"),
    "reopen": _("已重新办理，等待派单。"), "contact": _("已登记先行联系。"), "reclassify": _("已改类别。"),
}  # fmt: skip
PLAIN = {
    "accept",
    "recall",
    "resume",
}  # one press is enough; words are optional and left to the form
