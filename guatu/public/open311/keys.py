"""Who may write: the key of a person whose posts allow reporting cases, and how often."""

from django.http import HttpRequest

from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.public.counting import one_more
from guatu.public.open311.reading import Form
from guatu.units.acts import note_use
from guatu.units.models import ApiToken
from guatu.units.reads import token_of

MOST_A_MINUTE = 120  # a busy city site stays far below; a loop that went wrong does not


def key_of(request: HttpRequest, form: Form) -> ApiToken:
    """The key that came as api_key (body or query) or as a bearer.

    Raises `georeport.key_missing`, `georeport.key_invalid`, `georeport.too_many`.
    """
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    text = (
        form["api_key"] or request.GET.get("api_key", "") or (bearer if kind.lower() == "bearer" else "")
    ).strip()
    if not text:
        raise Problem("georeport.key_missing")
    found = token_of(text)
    if found is None or not found.person.scope.may("case.open"):
        raise Problem("georeport.key_invalid")
    _count(found)
    note_use(found)
    return found


def _count(key: ApiToken) -> None:
    """One more post of this key in this minute, counted where all processes see it."""
    name = f"open311:{key.id}:{clock.real_now():%Y%m%d%H%M}"
    if one_more(name, 120) > MOST_A_MINUTE:
        raise Problem("georeport.too_many", most=MOST_A_MINUTE)
