"""Every write to the library of norms: a norm, its editions and their items. An edition in force is never changed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from guatu.inspections import problems as problems
from guatu.inspections import verbs as verbs
from guatu.inspections.models import Finding, Industry, Norm, NormItem, NormVersion
from guatu.inspections.rules import norms as rules
from guatu.inspections.rules.norms import ItemDraft
from guatu.kernel import clock, ids
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed, story
from guatu.kernel.problems import Problem
from guatu.places.rules import home_of

RIGHT = "norm.edit"
_TEXTS = {"number": 80, "title": 200, "title_en": 300, "issuer": 120}
_ONE_DAY = dt.timedelta(days=1)


def _may(by: Actor, area: str) -> None:
    """A norm that holds everywhere may be edited by whoever edits norms; one of an area only there."""
    if area:
        require(by.scope, RIGHT, area=area)
    else:
        require(by.scope, RIGHT)


def _told(norm: Norm) -> dict[str, Any]:
    return {"number": norm.number, "title": norm.title}


def locked(norm: Norm) -> Norm:
    """The norm's row held until the deed ends; editions of one norm are changed one after another."""
    found = Norm.objects.select_for_update(no_key=True).filter(pk=norm.pk).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def held_edition(edition: NormVersion) -> tuple[Norm, NormVersion]:
    """The norm held, and the edition as it stands now."""
    norm = locked(edition.norm)
    row = NormVersion.objects.filter(pk=edition.pk).first()
    if row is None:
        raise Problem("access.not_found")
    row.norm = norm
    return norm, row


# --- norms ---------------------------------------------------------------------------------------------------------


def _check_norm(norm: Norm) -> None:
    for name, most in _TEXTS.items():
        value = getattr(norm, name)
        if len(value) > most or (name in ("number", "title") and not value):
            raise Problem("norm.bad_field", field=name, value=value[:80])
    if norm.kind not in rules.KINDS:
        raise Problem("norm.bad_field", field="kind", value=norm.kind)
    other = Norm.objects.filter(number=norm.number).exclude(pk=norm.pk).first()
    if other is not None:
        raise Problem("norm.known", number=norm.number, title=other.title)


def add_norm(
    *,
    by: Actor,
    number: str,
    title: str,
    title_en: str = "",
    issuer: str = "",
    kind: str = "guide",
    area: str = "",
    via: str = "web",
) -> Norm:
    """Take a norm into the library; editions follow. area: where it holds ("" everywhere). kind: rules.norms.KINDS.

    Raises `access.denied`, `norm.known`, `norm.bad_field`.
    """
    _may(by, area)
    norm = Norm(
        id=ids.new(), home=home_of(area), area=area, number=number.strip(), title=title.strip(), title_en=title_en.strip(),
        issuer=issuer.strip(), kind=kind,
    )  # fmt: skip
    with deed(by=by, via=via) as d:
        _check_norm(norm)
        norm.save(force_insert=True)
        d.record("norm.added", norm, details=_told(norm))
    return norm


def change_norm(
    *, by: Actor, norm: Norm, changes: Mapping[str, Any], version: int | None = None, via: str = "web"
) -> Norm:
    """Change number, title, title_en, issuer, kind or area of a norm. Raises as `add_norm`, `kernel.stale`."""
    with deed(by=by, via=via) as d:
        row = locked(norm)
        _may(by, row.area)
        check_version(row, version)
        before = {}
        for name in (*_TEXTS, "kind", "area"):
            if name in changes and getattr(row, name) != (value := str(changes[name]).strip()):
                before[name] = getattr(row, name)
                setattr(row, name, value)
        if not before:
            return row
        _may(by, row.area)
        _check_norm(row)
        row.version += 1
        row.save()
        d.record("norm.changed", row, details={**_told(row), "before": before})
    return row


def withdraw_norm(*, by: Actor, norm: Norm, version: int | None = None, via: str = "web") -> Norm:
    """Take a norm out of the library: it stood there by mistake and holds nowhere. What was found by it stays.

    A norm that was repealed is not withdrawn: its edition is (`withdraw_edition`). Raises `kernel.stale`.
    """
    return _set_withdrawn(by, norm, True, version, via)


def restore_norm(*, by: Actor, norm: Norm, version: int | None = None, via: str = "web") -> Norm:
    """Put a withdrawn norm back."""
    return _set_withdrawn(by, norm, False, version, via)


def _set_withdrawn(by: Actor, norm: Norm, withdrawn: bool, version: int | None, via: str) -> Norm:
    with deed(by=by, via=via) as d:
        row = locked(norm)
        _may(by, row.area)
        check_version(row, version)
        if row.withdrawn == withdrawn:
            return row
        row.withdrawn = withdrawn
        row.version += 1
        row.save(update_fields=["withdrawn", "version"])
        d.record("norm.withdrawn" if withdrawn else "norm.restored", row, details=_told(row))
    return row


# --- editions: drafts ----------------------------------------------------------------------------------------------


def _words(values: Sequence[str]) -> list[str]:
    """Trimmed, each once, in the order given."""
    return list(dict.fromkeys(word for value in values if (word := str(value).strip()[:60])))


def _check_edition(row: NormVersion) -> None:
    if not row.edition or len(row.edition) > 40:
        raise Problem("norm.bad_field", field="edition", value=row.edition[:80])
    if row.in_force_until is not None and row.in_force_until < row.in_force_from:
        raise Problem("norm.bad_days", since=str(row.in_force_from), until=str(row.in_force_until))
    if row.norm.versions.filter(edition=row.edition).exclude(pk=row.pk).exists():
        raise Problem("norm.edition_known", title=row.norm.title, edition=row.edition)
    known = set(Industry.objects.filter(code__in=row.industries).values_list("code", flat=True))
    if unknown := next((code for code in row.industries if code not in known), ""):
        raise Problem("norm.unknown_industry", industry=unknown)


def _items(row: NormVersion, items: Sequence[ItemDraft]) -> list[NormItem]:
    """The rows of the items, in the order given. Raises `norm.bad_item`, `norm.item_twice`."""
    seen: set[str] = set()
    made = []
    for order, item in enumerate(items):
        fault = rules.fault_of(item)
        if fault is not None:
            raise Problem(
                "norm.bad_item", number=item.number or order + 1, field=fault[0], value=fault[1][:80]
            )
        number = item.number.strip()
        if number in seen:
            raise Problem("norm.item_twice", number=number)
        seen.add(number)
        made.append(
            NormItem(
                id=ids.new(), norm_version=row, number=number, text=item.text.strip(), text_en=item.text_en.strip(),
                how=item.how.strip(), posts=_words(item.posts), remedy=item.remedy.strip(), consequence=item.consequence,
                limit=item.limit.strip(), photo=item.photo, order=order,
            )
        )  # fmt: skip
    return made


def add_edition(
    *,
    by: Actor,
    norm: Norm,
    edition: str,
    in_force_from: dt.date,
    items: Sequence[ItemDraft] = (),
    industries: Sequence[str] = (),
    posts: Sequence[str] = (),
    text: str = "",
    in_force_until: dt.date | None = None,
    via: str = "web",
) -> NormVersion:
    """A new edition of a norm, as a draft. industries: codes (empty: every trade); posts: 店长, 保洁员 (empty: everybody).

    in_force_until: the last day, if the issuer named one. Raises `norm.edition_known`, `norm.bad_days`,
    `norm.unknown_industry`, `norm.bad_item`, `norm.item_twice`, `norm.bad_field`.
    """
    with deed(by=by, via=via) as d:
        held = locked(norm)
        _may(by, held.area)
        row = NormVersion(
            id=ids.new(), norm=held, edition=edition.strip(), in_force_from=in_force_from, in_force_until=in_force_until,
            text=text.strip(), industries=_words(industries), posts=_words(posts), made_at=clock.now(),
        )  # fmt: skip
        _check_edition(row)
        rows = _items(row, items)
        row.save(force_insert=True)
        NormItem.objects.bulk_create(rows, batch_size=100)
        d.record("norm.edition_added", held, details={**_of(row), "count": len(rows)})
    return row


def _of(row: NormVersion) -> dict[str, Any]:
    return {"edition": row.edition, "edition_id": str(row.id), "title": row.norm.title}


def _only_a_draft(row: NormVersion) -> None:
    if row.status != "draft":
        raise Problem("norm.not_a_draft", title=row.norm.title, edition=row.edition)


def change_edition(
    *,
    by: Actor,
    edition: NormVersion,
    changes: Mapping[str, Any],
    items: Sequence[ItemDraft] | None = None,
    version: int | None = None,
    via: str = "web",
) -> NormVersion:
    """Change a draft: edition, in_force_from, in_force_until, text, industries, posts; `items` replaces all of them.

    Raises `norm.not_a_draft`, `kernel.stale` and as `add_edition`.
    """
    with deed(by=by, via=via) as d:
        norm, row = held_edition(edition)
        _may(by, norm.area)
        check_version(row, version)
        _only_a_draft(row)
        for name in ("edition", "in_force_from", "in_force_until", "text", "industries", "posts"):
            if name in changes:
                value = changes[name]
                wanted = _words(value) if name in ("industries", "posts") else value
                setattr(row, name, wanted.strip() if isinstance(wanted, str) else wanted)
        _check_edition(row)
        row.version += 1
        row.save()
        count = row.items.count()
        if items is not None:
            rows = _items(row, items)
            row.items.all().delete()
            NormItem.objects.bulk_create(rows, batch_size=100)
            count = len(rows)
        d.record("norm.edition_changed", norm, details={**_of(row), "count": count})
    return row


def drop_edition(*, by: Actor, edition: NormVersion, version: int | None = None, via: str = "web") -> None:
    """Delete a draft that is not wanted. Raises `norm.not_a_draft`, `kernel.stale`."""
    with deed(by=by, via=via) as d:
        norm, row = held_edition(edition)
        _may(by, norm.area)
        check_version(row, version)
        _only_a_draft(row)
        d.record("norm.edition_dropped", norm, details=_of(row))
        row.items.all().delete()
        row.delete()


# --- editions: in force and out of it ------------------------------------------------------------------------------


def put_in_force(
    *, by: Actor, edition: NormVersion, version: int | None = None, via: str = "web"
) -> NormVersion:
    """Issue a draft: it holds from its day on, and the edition that held then ends on the day before.

    An edition issued already for a later day ends this one. Raises `norm.wrong_step`, `norm.no_items`,
    `norm.same_day`, `kernel.stale`.
    """
    with deed(by=by, via=via) as d:
        norm, row = held_edition(edition)
        _may(by, norm.area)
        check_version(row, version)
        if row.status != "draft":
            raise _wrong_step(row)
        if not row.items.exists():
            raise Problem("norm.no_items", title=norm.title, edition=row.edition)
        said_until = row.in_force_until
        ended = _make_room(norm, row)
        row.status = "in_force"
        row.version += 1
        row.save(update_fields=["status", "in_force_until", "version"])
        told = {"since": str(row.in_force_from), "until": str(said_until or ""), "ended": ended}
        d.record("norm.edition_in_force", norm, details={**_of(row), **told})
    return row


def _wrong_step(row: NormVersion) -> Problem:
    status = rules.STATUS[row.status][0]
    return Problem("norm.wrong_step", title=row.norm.title, edition=row.edition, status=status)


def _make_room(norm: Norm, row: NormVersion) -> list[list[str]]:
    """End what holds on the day the edition begins, and end it before one that begins later. Answers what was ended."""
    ended = []
    others = list(norm.versions.filter(status="in_force").exclude(pk=row.pk).order_by("in_force_from"))
    for other in others:
        if other.in_force_from == row.in_force_from:
            raise Problem(
                "norm.same_day", title=norm.title, other=other.edition, since=str(row.in_force_from)
            )
        until = other.in_force_until
        if other.in_force_from < row.in_force_from and (until is None or until >= row.in_force_from):
            ended.append([str(other.id), str(until or "")])
            other.in_force_until = row.in_force_from - _ONE_DAY
            other.version += 1
            other.save(update_fields=["in_force_until", "version"])
    later = next((other for other in others if other.in_force_from > row.in_force_from), None)
    if later is not None:
        last = later.in_force_from - _ONE_DAY
        row.in_force_until = min(row.in_force_until or last, last)
    return ended


def _put_back(row: NormVersion) -> None:
    """Give the editions that this one ended the end they had before, unless something else has moved it since."""
    act = _last(row, "norm.edition_in_force")
    for other_id, until in act.get("ended", ()):
        other = row.norm.versions.filter(pk=other_id).first()
        if other is not None and other.in_force_until == row.in_force_from - _ONE_DAY:
            other.in_force_until = dt.date.fromisoformat(until) if until else None
            other.version += 1
            other.save(update_fields=["in_force_until", "version"])


def _last(row: NormVersion, verb: str) -> Mapping[str, Any]:
    """What the ledger said when the verb was last done to the edition."""
    acts = (act.details for act in story(row.norm) if act.verb == verb)
    return next((told for told in acts if told.get("edition_id") == str(row.id)), {})


def recall_edition(
    *, by: Actor, edition: NormVersion, version: int | None = None, via: str = "web"
) -> NormVersion:
    """Undo `put_in_force`: a draft again, and what it ended goes on. Raises `norm.in_use` once it was looked at somewhere."""
    with deed(by=by, via=via) as d:
        norm, row = held_edition(edition)
        _may(by, norm.area)
        check_version(row, version)
        if row.status != "in_force":
            raise _wrong_step(row)
        used = Finding.objects.filter(item__norm_version=row).values("visit").distinct().count()
        if used:
            raise Problem("norm.in_use", title=norm.title, edition=row.edition, count=used)
        _put_back(row)
        until = _last(row, "norm.edition_in_force").get("until")
        row.in_force_until = dt.date.fromisoformat(until) if until else None
        row.status = "draft"
        row.version += 1
        row.save(update_fields=["status", "in_force_until", "version"])
        d.record("norm.edition_recalled", norm, details=_of(row))
    return row


def withdraw_edition(
    *, by: Actor, edition: NormVersion, why: str = "", version: int | None = None, via: str = "web"
) -> NormVersion:
    """It holds no longer from today on (repealed, replaced by nothing); on past days it held, and says so.

    Withdrawn before its first day it never held, and what it would have ended goes on. Raises `norm.wrong_step`.
    """
    with deed(by=by, via=via) as d:
        norm, row = held_edition(edition)
        _may(by, norm.area)
        check_version(row, version)
        if row.status != "in_force":
            raise _wrong_step(row)
        until = row.in_force_until
        last = clock.today() - _ONE_DAY
        if row.in_force_from > last:
            _put_back(row)
            last = row.in_force_from - _ONE_DAY
        row.in_force_until = min(until, last) if until else last
        row.status = "withdrawn"
        row.version += 1
        row.save(update_fields=["status", "in_force_until", "version"])
        d.record(
            "norm.edition_withdrawn",
            norm,
            details={**_of(row), "why": why.strip()[:200], "until": str(until or "")},
        )
    return row


def reinstate_edition(
    *, by: Actor, edition: NormVersion, version: int | None = None, via: str = "web"
) -> NormVersion:
    """Undo `withdraw_edition`: it holds again, without a gap, until the day it had. Raises `norm.wrong_step`, `norm.same_day`."""
    with deed(by=by, via=via) as d:
        norm, row = held_edition(edition)
        _may(by, norm.area)
        check_version(row, version)
        if row.status != "withdrawn":
            raise _wrong_step(row)
        until = _last(row, "norm.edition_withdrawn").get("until")
        row.in_force_until = dt.date.fromisoformat(until) if until else None
        ended = _make_room(norm, row)
        row.status = "in_force"
        row.version += 1
        row.save(update_fields=["status", "in_force_until", "version"])
        d.record("norm.edition_reinstated", norm, details={**_of(row), "ended": ended})
    return row
