"""Saved views as a list page reads them. Who keeps them is a matter of the composition (setting GUATU_VIEWS)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class View:
    """A list under a name. shared: with whom, "" when it is one's own alone. first: the list opens with it."""

    id: str
    name: str
    query: str
    url: str  # takes what is done with it (`do`)
    own: bool = True
    by: str = ""
    shared: str = ""
    pinned: bool = False
    first: bool = False


@dataclass(frozen=True)
class Views:
    """All views of one list that the reader may open."""

    views: tuple[View, ...]
    save_url: str
    may_share: bool = False

    @property
    def pinned(self) -> list[View]:
        return [view for view in self.views if view.pinned]

    @property
    def first(self) -> View | None:
        return next((view for view in self.views if view.first), None)


def views_for(request: HttpRequest, list_name: str) -> Views | None:
    """The views of a list, or None where none are kept."""
    where = getattr(settings, "GUATU_VIEWS", "")
    if not where:
        return None
    found: Callable[[HttpRequest, str], Any] = import_string(where)
    views: Views | None = found(request, list_name)
    return views
