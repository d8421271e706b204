"""Composition: the eight rooms of the house and what stands behind a person's name."""

from django.utils.translation import gettext_lazy as _

from guatu.kit.rooms import Room

ROOMS = (
    Room("wall", _("墙"), "wall:wall", "wall.read"),
    Room("mine", _("我的"), "desk:mine"),
    Room(
        "plan", _("计划"), "desk:plan", "task.read", also=("/plan/", "/tasks/", "/campaigns/", "/activities/")
    ),
    Room("cases", _("案件"), "desk:cases", "case.read", also=("/cases/",)),
    Room(
        "street",
        _("现场"),
        "desk:street",
        "place.read",
        also=("/street/", "/places/", "/forms/", "/submissions/"),
    ),
    Room("registers", _("名册"), "desk:registers", "register.read", also=("/registers/",)),
    Room("duty", _("值守"), "desk:duty", "duty.read", also=("/duty/",)),
    Room("briefs", _("简报"), "desk:briefs", "brief.read", also=("/briefs/",)),
)

MENU = (
    Room("figures", _("数字"), "desk:figures", "figure.read", icon="figure"),
    Room("people", _("人员"), "desk:people", "person.read", icon="person"),
    Room("packs", _("场景包"), "packs:packs", "pack.read", icon="pack"),
    Room("settings", _("设置"), "desk:settings", icon="settings"),
)
