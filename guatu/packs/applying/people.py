"""People and the posts they hold. Accounts are made without a password: the office gives them out."""

from guatu.packs.applying.step import ADDED, CHANGED, SAME, Change, Standing
from guatu.packs.pack import PostRow
from guatu.units import acts
from guatu.units.models import Person, Post


def apply_posts(standing: Standing) -> list[Change]:
    names = [row.username for row in standing.pack.posts]
    found = {row.username: row for row in Person.objects.filter(username__in=names).select_related("unit")}
    held: dict[str, list[Post]] = {}
    for post in Post.objects.filter(person__in=found.values(), to_day=None).select_related("person", "unit"):
        held.setdefault(post.person.username, []).append(post)
    changes = []
    for row in standing.pack.posts:
        person, outcome = _person(standing, row, found.get(row.username))
        found[row.username] = person
        if _post(standing, row, person, held.get(row.username, [])) and outcome == SAME:
            outcome = CHANGED
        changes.append(Change("posts", row.username, outcome))
    standing.people = found
    return changes


def _person(standing: Standing, row: PostRow, person: Person | None) -> tuple[Person, str]:
    """The account; a name or unit that the office has changed since is set back to the pack's."""
    unit = standing.unit(row.unit) if row.unit else None
    if person is None:
        person = acts.add_person(
            by=standing.by,
            username=row.username,
            name=row.name,
            unit=unit,
            duty_title=row.title,
            via=standing.via,
        )
        return person, ADDED
    wanted = {"name": row.name, "unit": unit}
    changed = {name: value for name, value in wanted.items() if getattr(person, name) != value}
    if not changed:
        return person, SAME
    return acts.edit_person(by=standing.by, person=person, changes=changed, via=standing.via), CHANGED


def _post(standing: Standing, row: PostRow, person: Person, held: list[Post]) -> bool:
    """Give the post unless the very same is held; True when it was given. Posts the office gave itself stay."""
    units = [standing.unit(word).path for word in row.units]
    areas = list(row.areas)
    if not (areas or units or row.zones):
        # a post without a reach: a lead unit answers for its own, everybody else for where the campaign is
        if row.role == "lead_unit" and row.unit:
            units = [standing.unit(row.unit).path]
        else:
            areas = [standing.pack.area]
    for post in held:
        if (post.role, sorted(post.areas), sorted(post.units), sorted(post.zones)) == (
            row.role, sorted(areas), sorted(units), sorted(row.zones),
        ):  # fmt: skip
            return False
    acts.give_post(
        by=standing.by, person=person, role=row.role, unit=standing.unit(row.unit) if row.unit else None, title=row.title,
        areas=areas, units=units, zones=row.zones, via=standing.via,
    )  # fmt: skip
    return True
