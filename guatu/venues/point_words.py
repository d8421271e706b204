"""What kinds and states of service points are called, in both languages."""

from django.utils.translation import gettext_lazy as _

KINDS = {"sampling": _("采样点"), "vaccination": _("接种点"), "supply": _("供应点")}
STATUS = {"open": _("开放"), "paused": _("暂停"), "ended": _("已撤点")}
SOURCES = {"staff": _("工作人员"), "counter": _("计数设备")}
