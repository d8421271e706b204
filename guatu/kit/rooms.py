"""The rooms in the top bar and the entries of the person menu: what they are is composed above, who sees them is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from guatu.kernel.access import Scope

MOST_ROOMS = 8


@dataclass(frozen=True)
class Room:
    """One word in the navigation.

    `url` is a URL name; a name that leads nowhere yet hides the room. `right` is what a person must hold to enter
    ("" for everybody signed in). `also` are further path beginnings that belong to the room.
    """

    key: str
    title: str | Promise
    url: str
    right: str = ""
    icon: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Door:
    """A room as one person sees it on one page."""

    key: str
    title: str | Promise
    href: str
    icon: str
    current: bool


def configured(setting: str) -> Sequence[Room]:
    """The table named by a setting; empty when the setting is not there."""
    path = getattr(settings, setting, "")
    return cast(Sequence[Room], import_string(path)) if path else ()


def doors(rooms: Sequence[Room], scope: Scope, path: str) -> list[Door]:
    """The rooms `scope` may enter, the one that `path` lies in marked (the longest match wins)."""
    found: list[tuple[Room, str]] = []
    for room in rooms:
        if room.right and not scope.may(room.right):
            continue
        try:
            found.append((room, reverse(room.url)))
        except NoReverseMatch:
            continue
    here = _current([(room.key, (href, *room.also)) for room, href in found], path)
    return [Door(room.key, room.title, href, room.icon, room.key == here) for room, href in found]


def _current(places: Sequence[tuple[str, tuple[str, ...]]], path: str) -> str:
    best, length = "", 0
    for key, beginnings in places:
        for beginning in beginnings:
            matches = path == beginning or (beginning != "/" and path.startswith(beginning))
            if matches and len(beginning) > length:
                best, length = key, len(beginning)
    return best
