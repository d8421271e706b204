"""What doors ask about units and people."""

from typing import TYPE_CHECKING

from django.db.models import Q

from guatu.kernel import clock
from guatu.kernel.access import Grant, Scope
from guatu.places.models import Zone
from guatu.units.rules import ROLES

if TYPE_CHECKING:
    from guatu.units.models import Person


def scope_of(person: "Person") -> Scope:
    """The rights of the posts held today; zones are resolved into their areas. Two queries at most."""
    today = clock.today()
    held = person.posts.filter(
        Q(from_day=None) | Q(from_day__lte=today), Q(to_day=None) | Q(to_day__gte=today)
    )
    posts = list(held)
    wanted = {code for post in posts for code in post.zones}
    zones = {zone.code: zone.areas for zone in Zone.objects.filter(code__in=wanted)} if wanted else {}
    grants = tuple(
        Grant(
            rights=ROLES.get(post.role, ()),
            areas=tuple(post.areas) + tuple(area for code in post.zones for area in zones.get(code, [])),
            units=tuple(post.units),
        )
        for post in posts
    )
    return Scope(person_id=person.id, grants=grants)
