"""Every write to the library of norms: a norm, its editions and their items. An edition in force is never changed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from guatu.inspections import problems as problems
from guatu.inspections import verbs as verbs
from guatu.inspections.acts.editions import put_in_force as put_in_force
from guatu.inspections.acts.editions import recall_edition as recall_edition
from guatu.inspections.acts.editions import reinstate_edition as reinstate_edition
from guatu.inspections.acts.editions import withdraw_edition as withdraw_edition
from guatu.inspections.acts.norm_shared import RIGHT as RIGHT
from guatu.inspections.acts.norm_shared import held_edition, locked, need, of, told
from guatu.inspections.acts.norm_shared import may_edit as may_edit
from guatu.inspections.acts.norm_shared import require_edit as require_edit
from guatu.inspections.models import Industry, Norm, NormItem, NormVersion
from guatu.inspections.rules import norms as rules
from guatu.inspections.rules.norms import ItemDraft
from guatu.kernel import clock, ids
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.problems import Problem
from guatu.places.rules import home_of

_TEXTS = {"number": 80, "title": 200, "title_en": 300, "issuer": 120}


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
    need(by, area)
    norm = Norm(
        id=ids.new(), home=home_of(area), area=area, number=number.strip(), title=title.strip(), title_en=title_en.strip(),
        issuer=issuer.strip(), kind=kind,
    )  # fmt: skip
    with deed(by=by, via=via) as d:
        _check_norm(norm)
        norm.save(force_insert=True)
        d.record("norm.added", norm, details=told(norm))
    return norm


def change_norm(
    *, by: Actor, norm: Norm, changes: Mapping[str, Any], version: int | None = None, via: str = "web"
) -> Norm:
    """Change number, title, title_en, issuer, kind or area of a norm. Raises as `add_norm`, `kernel.stale`."""
    with deed(by=by, via=via) as d:
        row = locked(norm)
        need(by, row.area)
        check_version(row, version)
        before = {}
        for name in (*_TEXTS, "kind", "area"):
            if name in changes and getattr(row, name) != (value := str(changes[name]).strip()):
                before[name] = getattr(row, name)
                setattr(row, name, value)
        if not before:
            return row
        need(by, row.area)
        _check_norm(row)
        row.version += 1
        row.save()
        d.record("norm.changed", row, details={**told(row), "before": before})
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
        need(by, row.area)
        check_version(row, version)
        if row.withdrawn == withdrawn:
            return row
        row.withdrawn = withdrawn
        row.version += 1
        row.save(update_fields=["withdrawn", "version"])
        d.record("norm.withdrawn" if withdrawn else "norm.restored", row, details=told(row))
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
        need(by, held.area)
        row = NormVersion(
            id=ids.new(), norm=held, edition=edition.strip(), in_force_from=in_force_from, in_force_until=in_force_until,
            text=text.strip(), industries=_words(industries), posts=_words(posts), made_at=clock.now(),
        )  # fmt: skip
        _check_edition(row)
        rows = _items(row, items)
        row.save(force_insert=True)
        NormItem.objects.bulk_create(rows, batch_size=100)
        d.record("norm.edition_added", held, details={**of(row), "count": len(rows)})
    return row


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
        need(by, norm.area)
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
        d.record("norm.edition_changed", norm, details={**of(row), "count": count})
    return row


def drop_edition(*, by: Actor, edition: NormVersion, version: int | None = None, via: str = "web") -> None:
    """Delete a draft that is not wanted. Raises `norm.not_a_draft`, `kernel.stale`."""
    with deed(by=by, via=via) as d:
        norm, row = held_edition(edition)
        need(by, norm.area)
        check_version(row, version)
        _only_a_draft(row)
        d.record("norm.edition_dropped", norm, details=of(row))
        row.items.all().delete()
        row.delete()
