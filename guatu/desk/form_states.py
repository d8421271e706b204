"""How forms and submissions look on pages: states and words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guatu.kit.states import State

FORM_STATES: Mapping[str, State] = {
    "draft": State("waiting", _("草稿")),
    "open": State("going", _("开放")),
    "closing": State("soon", _("收尾")),
    "closed": State("done", _("停用")),
}
STATES: Mapping[str, State] = {
    "received": State("waiting", _("待审阅")),
    "has_issues": State("returned", _("有问题")),
    "approved": State("done", _("通过")),
    "rejected": State("void", _("不予采用")),
    "withdrawn": State("void", _("已撤回")),
}
RETURN_STATES: Mapping[str, State] = {
    "waiting": State("returned", _("等待修改")),
    "settled": State("done", _("已改好")),
    "dropped": State("void", _("已收回")),
}
MOVES: Mapping[str, tuple[Any, Any]] = {
    # to → (button, what was done)
    "open": (_("重新开放"), _("表单已开放，手机可以获取。")),
    "closing": (_("转为收尾"), _("已转为收尾：不再下发，手机里已填的仍可补报。")),
    "closed": (_("停用"), _("表单已停用，不再接收。")),
}
TYPES: Mapping[str, Any] = {
    "text": _("文字"), "int": _("整数"), "decimal": _("小数"), "date": _("日期"), "time": _("时间"),
    "datetime": _("日期时间"), "geopoint": _("位置"), "geotrace": _("路线"), "geoshape": _("范围"),
    "select_one": _("单选"), "select_multiple": _("多选"), "rank": _("排序"), "file": _("照片或文件"),
    "barcode": _("扫码"), "boolean": _("是否"), "acknowledge": _("确认"),
}  # fmt: skip
