"""People and the posts they hold; telephone numbers are sealed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from guatu.kernel import clock, ids, secrets
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.models import SightLog
from guatu.kernel.problems import Problem
from guatu.places.models import Zone
from guatu.places.reads import name_of, resolve
from guatu.units import problems as problems
from guatu.units.models import Contract, Person, Post, Unit
from guatu.units.rules import ROLE_WORDS, ROLES, is_username, plain_phone, reaches

PLAIN = ("name", "unit", "duty_title", "language", "large_type")


def may_edit(by: Actor, person: Person) -> None:
    path = person.unit.path if person.unit is not None else ""
    require(by.scope, "person.edit", area=person.area, units=(path,))


def add_person(
    *,
    by: Actor,
    username: str,
    name: str,
    unit: Unit | None = None,
    duty_title: str = "",
    phone: str = "",
    password: str | None = None,
    language: str = "zh-hans",
    via: str = "web",
) -> Person:
    """Register somebody. Without a password nobody can sign in as this person yet. phone is sealed at once.

    Raises `person.bad_username`, `person.username_taken`, `unit.no_name`, `person.bad_phone`, `person.weak_password`,
    `access.denied`.
    """
    person = Person(
        id=ids.new(), username=username.strip(), name=name.strip(), unit=unit, duty_title=duty_title.strip()
    )
    may_edit(by, person)
    if not person.name:
        raise Problem("unit.no_name")
    if not is_username(person.username):
        raise Problem("person.bad_username", username=person.username)
    if Person.objects.filter(username__iexact=person.username).exists():
        raise Problem("person.username_taken", username=person.username)
    person.language = language
    person.made_at = clock.now()
    if password is None:
        person.set_unusable_password()
    else:
        _check_password(person, password)
        person.set_password(password)
    with deed(by=by, via=via) as d:
        seal_phone(person, phone)
        person.save(force_insert=True)
        d.record("person.added", person, details={"username": person.username})
    return person


def seal_phone(person: Person, phone: str) -> None:
    """Keep a telephone number under the person's own key. Raises `person.bad_phone`."""
    plain = plain_phone(phone) if phone.strip() else ""
    if phone.strip() and not plain:
        raise Problem("person.bad_phone", phone=secrets.mask(phone.strip()))
    person.phone_sealed = secrets.seal(person.id, "phone", plain)


def edit_person(
    *,
    by: Actor,
    person: Person,
    changes: Mapping[str, Any],
    phone: str | None = None,
    version: int | None = None,
    via: str = "web",
) -> Person:
    """Change name, unit, duty title, language, type size; phone when given ("" takes it away).

    Everybody may change the language and type size of his own account. Raises `kernel.stale`, `unit.no_name`,
    `person.bad_phone`, `access.denied`.
    """
    own = by.id == person.id and set(changes) <= {"language", "large_type"} and phone is None
    if not own:
        may_edit(by, person)
    check_version(person, version)
    before = {name: getattr(person, name) for name in PLAIN}
    for name, value in changes.items():
        if name not in PLAIN:
            raise KeyError(name)
        setattr(person, name, value.strip() if isinstance(value, str) else value)
    if not person.name:
        raise Problem("unit.no_name")
    if not own:
        may_edit(by, person)  # not into a unit beyond one's reach either
    with deed(by=by, via=via) as d:
        if phone is not None:
            seal_phone(person, phone)
        person.version += 1
        person.save()
        differing = [name for name in PLAIN if getattr(person, name) != before[name]]
        d.record(
            "person.edited", person, details={"fields": differing + (["phone"] if phone is not None else [])}
        )
    return person


def _check_password(person: Person, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as wrong:
        raise Problem("person.weak_password", why="".join(wrong.messages)) from wrong


def set_password(*, by: Actor, person: Person, password: str, via: str = "web") -> Person:
    """Give an account a new password. Raises `person.weak_password`, `person.inactive`, `access.denied`."""
    if by.id != person.id or by.id is None:
        may_edit(by, person)
    if not person.is_active:
        raise Problem("person.inactive", name=person.name)
    _check_password(person, password)
    with deed(by=by, via=via) as d:
        person.set_password(password)
        person.version += 1
        person.save()
        d.record("person.password_set", person)
    return person


def deactivate(*, by: Actor, person: Person, version: int | None = None, via: str = "web") -> Person:
    """Close an account; the person stays in every story. Raises `person.self`, `person.has_contracts`, `access.denied`."""
    may_edit(by, person)
    check_version(person, version)
    if by.id == person.id:
        raise Problem("person.self")
    running = Contract.objects.filter(person=person, ended=False).count()
    if running:
        raise Problem("person.has_contracts", name=person.name, count=running)
    with deed(by=by, via=via) as d:
        person.is_active = False
        person.version += 1
        person.save()
        d.record("person.deactivated", person)
    return person


def reactivate(*, by: Actor, person: Person, version: int | None = None, via: str = "web") -> Person:
    """Open a closed account again (the undo of closing)."""
    may_edit(by, person)
    check_version(person, version)
    if person.is_active:
        return person
    with deed(by=by, via=via) as d:
        person.is_active = True
        person.version += 1
        person.save()
        d.record("person.reactivated", person)
    return person


def reveal_phone(*, by: Actor, person: Person, reason: str, via: str = "web") -> str:
    """The telephone number in clear, for a reason that is kept (GB/T 35273). One's own needs none.

    Raises `person.no_reason`, `access.denied`, `secrets.forgotten`.
    """
    own = by.id == person.id
    if not own:
        path = person.unit.path if person.unit is not None else ""
        require(by.scope, "person.sight", area=person.area, units=(path,))
        if len(reason.strip()) < 4:
            raise Problem("person.no_reason")
        if by.id is not None:
            SightLog.objects.create(
                at=clock.now(), by_id=by.id, subject_type="person", subject_id=str(person.id), field="phone",
                reason=reason.strip()[:200],
            )  # fmt: skip
    return secrets.open_sealed(person.id, "phone", person.phone_sealed)


# ------------------------------------------------------------------------------------------------ posts


def give_post(
    *,
    by: Actor,
    person: Person,
    role: str,
    unit: Unit | None = None,
    title: str = "",
    areas: Sequence[str] = (),
    zones: Sequence[str] = (),
    units: Sequence[str] = (),
    from_day: dt.date | None = None,
    to_day: dt.date | None = None,
    via: str = "web",
) -> Post:
    """Give somebody a role over areas (codes or names; "" is everywhere), zones and unit subtrees (paths).

    Nobody gives what lies beyond his own reach, and only who may set up the system makes administrators. Raises
    `post.unknown_role`, `post.nowhere`, `post.beyond`, `post.bad_days`, `person.inactive`, `access.denied`.
    """
    may_edit(by, person)
    if role not in ROLES:
        raise Problem("post.unknown_role", role=role, roles="、".join(ROLES))
    if not person.is_active:
        raise Problem("person.inactive", name=person.name)
    if from_day and to_day and to_day < from_day:
        raise Problem("post.bad_days", from_day=from_day, to_day=to_day)
    codes = [resolve(area) if area else "" for area in areas]
    if not (codes or zones or units):
        raise Problem("post.nowhere")
    _within_reach(by, role, codes, zones, units)
    post = Post(
        id=ids.new(), person=person, unit=unit or person.unit, role=role, title=title.strip(), areas=codes,
        zones=list(zones), units=list(units), from_day=from_day, to_day=to_day,
    )  # fmt: skip
    with deed(by=by, via=via) as d:
        post.save(force_insert=True)
        d.record(
            "post.given",
            person,
            details={"post": str(post.id), "role": role, "title": post.title or ROLE_WORDS[role][0]},
        )
    return post


def _within_reach(
    by: Actor, role: str, areas: Sequence[str], zones: Sequence[str], units: Sequence[str]
) -> None:
    if any(right.startswith("settings.") for right in ROLES[role]):
        require(by.scope, "settings.edit")
    held, paths = by.scope.areas("person.edit"), by.scope.units("person.edit")
    zone_areas = [code for zone in Zone.objects.filter(code__in=list(zones)) for code in zone.areas]
    for code in [*areas, *zone_areas]:
        if not reaches(code, held):
            raise Problem("post.beyond", where=name_of(code) if code else "*")
    unit_areas = dict(Unit.objects.filter(path__in=list(units)).values_list("path", "area"))
    for path in units:
        if path not in unit_areas:
            raise Problem("unit.unknown", unit=path)
        if not reaches(path, paths) and not (unit_areas[path] and reaches(unit_areas[path], held)):
            raise Problem("post.beyond", where=path)


def end_post(*, by: Actor, post: Post, on: dt.date | None = None, via: str = "web") -> Post:
    """The post is held until that day (default: yesterday, so that it gives nothing from now on)."""
    person = post.person
    may_edit(by, person)
    until = on or clock.today() - dt.timedelta(days=1)
    if post.from_day and until < post.from_day:
        until = post.from_day - dt.timedelta(days=1)
    with deed(by=by, via=via) as d:
        post.to_day = until
        post.save()
        d.record(
            "post.ended",
            person,
            details={
                "post": str(post.id),
                "title": post.title or ROLE_WORDS.get(post.role, (post.role, ""))[0],
            },
        )
    return post
