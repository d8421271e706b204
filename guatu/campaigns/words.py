"""The words for bodies, roles and verbs, said the same way on every page.

A room of its own because acts, reads and pages all say them, and rules.py may not import Django.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guatu.kernel.verbs import declare_verbs

BODY_KIND_WORDS: dict[str, Promise] = {
    "leading_group": _("领导小组"),
    "office": _("办公室"),
    "work_group": _("工作组"),
    "special_group": _("专项工作组"),
}
UNIT_ROLE_WORDS: dict[str, Promise] = {
    "lead": _("牵头单位"),
    "support": _("配合单位"),
    "member": _("成员单位"),
}
PERSON_ROLE_WORDS: dict[str, Promise] = {
    "leader": _("组长"),
    "deputy": _("副组长"),
    "contact": _("联络员"),
    "member": _("成员"),
}

declare_verbs(
    {
        "campaign.founded": ("建立保障行动", "founded the campaign"),
        "campaign.edited": ("修改了保障行动", "changed the campaign"),
        "campaign.phases_set": ("调整了阶段", "set the phases"),
        "body.formed": ("成立", "formed it"),
        "body.changed": ("修改了组织信息", "changed it"),
        "body.units_named": ("明确了单位", "named its units"),
        "body.person_appointed": ("任命人员", "appointed somebody"),
        "body.person_dismissed": ("免去人员", "dismissed somebody"),
    }
)
