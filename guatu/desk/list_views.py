"""What lists know of saved views (GUATU_VIEWS): kit asks by the list's name, and knows no person."""

from django.http import HttpRequest
from django.urls import reverse

from guatu.kit.views_of import View, Views
from guatu.units.models import Person
from guatu.units.viewreads import views_of_list


def views_of(request: HttpRequest, list_name: str) -> Views | None:
    """The views of this list for the reader; None when nobody is signed in. One query a request and list."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return None
    kept: dict[str, Views] = request.__dict__.setdefault("_guatu_views", {})
    if list_name not in kept:
        kept[list_name] = Views(
            tuple(
                View(
                    str(row.id), row.name, row.query, reverse("desk:view_change", args=[row.id]), own=row.person_id == person.id, by=row.person.name,
                    shared=str(row.shared_with or ""), pinned=row.pinned, first=row.first,  # type: ignore[attr-defined]
                )
                for row in views_of_list(person, list_name)
            ),
            reverse("desk:view_save"),
            may_share=person.unit is not None,
        )  # fmt: skip
    return kept[list_name]
