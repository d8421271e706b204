"""How a matter's way is told to people outside."""

from django.utils.translation import gettext_lazy as _

STANDS_WORDS = {
    "received": _("已收到，正在核实"),
    "under_way": _("正在办理"),
    "on_hold": _("暂时搁置，条件具备后继续办理"),
    "checking": _("已处置，正在核查"),
    "done": _("已办结"),
    "not_ours": _("不属于受理范围"),
    "ended": _("已结束"),
}
STEPS = (
    ("received", _("已收到")),
    ("under_way", _("办理中")),
    ("checking", _("核查中")),
    ("done", _("已办结")),
)
