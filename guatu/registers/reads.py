"""Every question doors ask about registers. All take the reader's scope first; nothing here writes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from guatu.campaigns.models import Campaign
from guatu.kernel import secrets
from guatu.kernel.access import Scope, visible_to
from guatu.kernel.models import SightLog
from guatu.kernel.problems import Problem
from guatu.registers.models import Entry, Identity, Register
from guatu.registers.rules import Column, plain, read_columns

RIGHT = "register.read"


def registers(scope: Scope, campaign: Campaign) -> list[Register]:
    """The campaign's registers, each with `count`: entries in it that this reader may see."""
    if not scope.may(RIGHT):
        return []
    rows = list(Register.objects.filter(campaign=campaign).select_related("parent").order_by("order", "code"))
    seen = entries(scope).filter(register__in=rows, status__in=("current", "forgotten"))
    counts = dict(seen.order_by().values_list("register").annotate(n=Count("id")))
    for row in rows:
        row.count = counts.get(row.pk, 0)  # type: ignore[attr-defined]
    return rows


def register(scope: Scope, campaign: Campaign, code: str) -> Register:
    """One register. Raises `access.not_found`."""
    row = Register.objects.select_related("campaign", "parent").filter(campaign=campaign, code=code).first()
    if row is None or not scope.may(RIGHT):
        raise Problem("access.not_found")
    return row


def register_by_id(register_id: UUID | str) -> Register | None:
    return Register.objects.select_related("campaign", "parent").filter(pk=register_id).first()


def entries(scope: Scope, of: Register | None = None, *, right: str = RIGHT) -> QuerySet[Entry]:
    """The entries this reader may see (by area)."""
    rows = Entry.objects.select_related("register")
    if of is not None:
        rows = rows.filter(register=of)
    return visible_to(rows, scope, right, area="area")


def entry(scope: Scope, entry_id: UUID | str, *, right: str = RIGHT) -> Entry:
    """One entry. Raises `access.not_found`, also for what lies out of scope."""
    rows = entries(scope, right=right).select_related("register__campaign", "register__parent")
    found = rows.filter(id=entry_id).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def titles(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    """{id: title} of those the reader may see (the subject table asks). Personal titles are masked."""
    rows = list(entries(scope).filter(id__in=list(ids)))
    shown = masked(rows)
    return {str(row.id): shown[row.id].get(row.register.title_field, "") or str(row) for row in rows}


def register_titles(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    if not scope.may(RIGHT):
        return {}
    return {str(row.id): row.name for row in Register.objects.filter(pk__in=list(ids))}


def rows_for_facts(ids: Iterable[str]) -> QuerySet[Entry]:
    """Rows as `facts.facts_of` reads them."""
    return Entry.objects.filter(id__in=list(ids)).select_related("register")


def columns(of: Register) -> tuple[Column, ...]:
    return read_columns(of.columns)


def masked(rows: Sequence[Entry]) -> dict[UUID, dict[str, str]]:
    """All values of entries as pages show them by default: clear ones as they are, personal ones masked.

    Two queries at most, however many rows. A forgotten entry has no personal values left.
    """
    opened = secrets.open_many({row.id: row.sealed for row in rows if row.sealed})
    return {
        row.id: {**row.fields, **{key: secrets.mask(text) for key, text in opened.get(row.id, {}).items()}}
        for row in rows
    }


def opened(rows: Sequence[Entry]) -> dict[UUID, dict[str, str]]:
    """All values in the clear, for an export whose reason has been written down (`acts.record_export`)."""
    clear = secrets.open_many({row.id: row.sealed for row in rows if row.sealed})
    return {row.id: {**row.fields, **clear.get(row.id, {})} for row in rows}


def by_key(scope: Scope, of: Register, key: str) -> Entry | None:
    """The live entry with exactly this key, found without opening anything; None when there is none in scope."""
    index = secrets.blind_index(f"entry:{of.id}", plain(key))
    held = Identity.objects.filter(register=of, key_index=index).first()
    return (
        entries(scope, of).filter(home=held.entry_home, id=held.entry_id).first()
        if held is not None
        else None
    )


def searched(scope: Scope, of: Register, rows: QuerySet[Entry], text: str) -> QuerySet[Entry]:
    """Rows whose clear title or key holds the text, or whose key is exactly it (also when it is personal)."""
    exact = by_key(scope, of, text)
    found = Q(title_text__icontains=text) | Q(key_text__icontains=text)
    return rows.filter(found | Q(id=exact.id) if exact is not None else found)


def below(scope: Scope, row: Entry) -> QuerySet[Entry]:
    """Entries that belong to this one (persons of a unit)."""
    return entries(scope).filter(parent_id=row.id).exclude(status="withdrawn").order_by("entered_at", "id")


def parents(scope: Scope, rows: Sequence[Entry]) -> Mapping[UUID, str]:
    """{id: title} of the entries these belong to."""
    wanted = {str(row.parent_id) for row in rows if row.parent_id is not None}
    return {UUID(key): title for key, title in titles(scope, wanted).items()} if wanted else {}


def sights(scope: Scope, row: Entry) -> QuerySet[SightLog]:
    """Who opened what of an entry and why, newest first. Raises `access.denied` without the right."""
    if not scope.allows("register.sight", area=row.area):
        raise Problem("access.denied", right="register.sight")
    return SightLog.objects.filter(subject_type="entry", subject_id=str(row.id)).order_by("-at", "-id")


def registers_to_import(scope: Scope) -> list[Register]:
    rows: Any = Register.objects.select_related("campaign", "parent").order_by("campaign", "order", "code")
    return [row for row in rows if scope.allows("register.import", area=row.area)]
