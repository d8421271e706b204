"""What states are called, in both languages."""

from django.utils.translation import gettext_lazy as _

STATUS = {
    "applied": _("待审批"),
    "active": _("有效"),
    "refused": _("未批准"),
    "withdrawn": _("已撤回"),
    "revoked": _("已收回"),
    "ended": _("已到期"),
    "replaced": _("已续期"),
}
FIELDS = {"name": _("姓名"), "phone": _("电话"), "id_card": _("居民身份证号")}
