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
POSTED = {True: _("已张贴"), False: _("没有张贴"), None: _("还没有核查")}
SOURCES = {"self": _("自己扫码"), "staff": _("店员代扫"), "kiosk": _("闸机")}
VERDICTS = {"good": _("有效"), "ended": _("已失效"), "revoked": _("已被收回")}
