"""Entity lists as phones and programs read them: which there are, what of them a caller may have, as CSV.

Scope first: the areas of the right `register.list`, and what the caller entered himself. Personal columns stay out
unless the list says so and the caller may open them. A list may be long, so its rows are fetched a few hundred at a time.
"""

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from guatu.campaigns.models import Campaign
from guatu.kernel import secrets
from guatu.kernel.access import Scope, predicate
from guatu.kernel.acts import subject_type
from guatu.kernel.models import Act
from guatu.kernel.problems import Problem
from guatu.places import reads as place_reads
from guatu.places.models import Place
from guatu.registers import lists
from guatu.registers.models import EntityWord, Entry, Register
from guatu.registers.rules import Column, read_columns

RIGHT = "register.list"
AT_ONCE = 400
PLACE_COLUMNS = ("number", "kind", "area", "road", "industry", "geometry")


def names(campaign: Campaign) -> set[str]:
    """The names of the campaign's lists (`guatu.reactions.LISTS`)."""
    rows = Register.objects.filter(campaign=campaign).exclude(entity_list="")
    return {*rows.values_list("entity_list", flat=True), lists.PLACES}


def offered(campaign: Campaign) -> QuerySet[Register]:
    """The registers that are offered as lists."""
    rows = Register.objects.filter(campaign=campaign).exclude(entity_list="")
    return rows.select_related("campaign").order_by("entity_list")


def register_of(campaign: Campaign, name: str) -> Register | None:
    return offered(campaign).filter(entity_list=name).first() if name else None


def properties(register: Register) -> dict[str, Column]:
    """Property → column, personal ones too."""
    return lists.listed(read_columns(register.columns), register.key_field, register.title_field)


def entities(scope: Scope, register: Register, *, status: str = "current") -> QuerySet[Entry]:
    """The entities this caller may have, by area or because they are his own."""
    rows = Entry.objects.filter(register=register, status=status)
    mine = Q(by_id=scope.person_id) if scope.person_id is not None else Q(pk__in=[])
    if register.entity_own and not scope.allows("register.edit", area=register.area):
        return rows.filter(mine)
    seen = predicate(scope, RIGHT)
    return rows.filter(seen) if not seen or scope.person_id is None else rows.filter(seen | mine)


def may_change(scope: Scope, entry: Entry) -> bool:
    """Whether what this caller's form says of the entity is entered: it is in what he may have on his phone."""
    if scope.allows("register.edit", area=entry.area):
        return True
    if scope.person_id is not None and entry.by_id == scope.person_id:
        return True
    return not entry.register.entity_own and scope.allows(RIGHT, area=entry.area)


@dataclass(frozen=True)
class EntityFile:
    """A list as one caller may have it: file name, fingerprint of exactly this content, (id, version) of its rows in
    order. register: None for the places."""

    name: str
    hash: str
    rows: Sequence[tuple[UUID, int]]
    register: Register | None
    campaign: Campaign
    scope: Scope
    personal: bool = False

    @property
    def kind(self) -> str:
        """What Collect calls it: what a form makes in an approvalEntityList is not in the phone's own copy at once."""
        waits = self.register is not None and self.register.entity_approval
        return "approvalEntityList" if waits else "entityList"


def entity_file(scope: Scope, campaign: Campaign, name: str) -> EntityFile | None:
    """The list of this name for this caller; None when there is none. Two queries, whatever its length."""
    if name == lists.PLACES:
        rows = sorted(places(scope, campaign).values_list("id", "version"))
        return EntityFile(name, _fingerprint(name, 0, "", rows), rows, None, campaign, scope)
    register = register_of(campaign, name)
    if register is None:
        return None
    rows = _rows_of(scope, register)
    personal = register.entity_personal and scope.may("register.reveal")
    opened = "".join(scope.areas("register.reveal")) if personal else ""
    return EntityFile(
        name, _fingerprint(name, register.version, opened, rows), rows, register, campaign, scope, personal
    )


def _rows_of(scope: Scope, register: Register) -> list[tuple[UUID, int]]:
    """(id, version) in the order of ids. By area and by owner apart, since no index serves both at once."""
    rows = Entry.objects.filter(register=register, status="current")
    own = register.entity_own and not scope.allows("register.edit", area=register.area)
    found = set() if own else set(rows.filter(predicate(scope, RIGHT)).values_list("id", "version"))
    if scope.person_id is not None and (own or "" not in scope.areas(RIGHT)):
        found |= set(rows.filter(by_id=scope.person_id).values_list("id", "version"))
    return sorted(found)


def places(scope: Scope, campaign: Campaign) -> QuerySet[Place]:
    rows = place_reads.visible_places(scope).filter(withdrawn=False, closed_on=None)
    return rows.filter(Q(campaign=None) | Q(campaign=campaign))


def _fingerprint(name: str, version: int, opened: str, rows: Sequence[tuple[UUID, int]]) -> str:
    """MD5 over which rows in which version: a row's version changes whenever anything of it does."""
    told = hashlib.md5(f"{name}:{version}:{opened}\n".encode(), usedforsecurity=False)  # noqa: TID251 OpenRosa demands MD5
    for entry_id, number in rows:
        told.update(entry_id.bytes + number.to_bytes(4))
    return f"md5:{told.hexdigest()}"


def heading(file: EntityFile) -> list[str]:
    """The columns of the file."""
    if file.register is None:
        return [*lists.LISTED, *PLACE_COLUMNS]
    return [
        *lists.LISTED,
        *(name for name, column in properties(file.register).items() if file.personal or not column.personal),
    ]


def csv_chunks(file: EntityFile) -> Iterator[bytes]:
    """The file, some hundred rows at a time; each step asks the store by itself, so any thread may take the next."""
    yield _csv([heading(file)])
    for start in range(0, len(file.rows), AT_ONCE):
        wanted = [entry_id for entry_id, _version in file.rows[start : start + AT_ONCE]]
        yield _csv(
            _place_lines(wanted) if file.register is None else _entry_lines(file, file.register, wanted)
        )


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def _place_lines(wanted: Sequence[UUID]) -> list[list[Any]]:
    rows = Place.objects.in_bulk(wanted)
    return [
        [row.id, row.name, row.version, row.number, row.kind, row.area, row.road, row.industry,
         "" if row.lat is None or row.lon is None else f"{row.lat:.6f} {row.lon:.6f}"]
        for row in (rows[each] for each in wanted if each in rows)
    ]  # fmt: skip


def _entry_lines(file: EntityFile, register: Register, wanted: Sequence[UUID]) -> list[list[Any]]:
    shown = [
        (name, column)
        for name, column in properties(register).items()
        if file.personal or not column.personal
    ]
    # by their ids alone: told the register too, a planner may walk through all of it for every piece
    found = Entry.objects.filter(id__in=wanted)
    rows = sorted((row for row in found if row.register_id == register.pk), key=lambda row: row.id)
    clear = _opened(file, rows)
    hidden = any(
        column.key == register.title_field and column.personal for column in read_columns(register.columns)
    )
    titles = _masked_titles(register, rows, clear) if hidden else {}
    lines = []
    for row in rows:
        values = {**row.fields, **clear.get(row.id, {})}
        label = titles.get(row.id) or row.title_text or row.key_text or str(row.id)
        lines.append([row.id, label, row.version, *(values.get(column.key, "") for _name, column in shown)])
    return lines


def _opened(file: EntityFile, rows: Sequence[Entry]) -> dict[UUID, dict[str, str]]:
    """The personal values of the rows whose caller may open them; the door writes the sight log."""
    if not file.personal:
        return {}
    return secrets.open_many({row.id: row.sealed for row in revealed(file.scope, rows)})


def revealed(scope: Scope, rows: Sequence[Entry]) -> list[Entry]:
    return [row for row in rows if row.sealed and scope.allows("register.reveal", area=row.area)]


def _masked_titles(
    register: Register, rows: Sequence[Entry], clear: dict[UUID, dict[str, str]]
) -> dict[UUID, str]:
    title = register.title_field
    boxes = {
        row.id: {title: row.sealed[title]} for row in rows if title in row.sealed and row.id not in clear
    }
    masked = {row_id: secrets.mask(found[title]) for row_id, found in secrets.open_many(boxes).items()}
    return {**masked, **{row_id: found[title] for row_id, found in clear.items() if found.get(title)}}


def deleted(scope: Scope, campaign: Campaign, name: str, wanted: Collection[UUID]) -> dict[UUID, bool]:
    """For each id that stands here: whether the caller's phone should drop it (gone, or no longer in his reach). What was
    made offline and has not come in yet is not in the answer."""
    if name == lists.PLACES:
        known = set(Place.objects.filter(id__in=list(wanted)).values_list("id", flat=True))
        here = set(places(scope, campaign).filter(id__in=list(wanted)).values_list("id", flat=True))
        return {each: each not in here for each in known}
    register = register_of(campaign, name)
    if register is None:
        raise Problem("entity.no_such_list", list=name)
    rows = Entry.objects.filter(register=register, id__in=list(wanted))
    known = set(rows.values_list("id", flat=True))
    here = set(entities(scope, register).filter(id__in=list(wanted)).values_list("id", flat=True))
    return {each: each not in here for each in known}


# ------------------------------------------------------------------------------------------------ what forms said


def words(scope: Scope, register: Register) -> QuerySet[EntityWord]:
    """What submissions said of this register's entities, where the reader may see it."""
    return EntityWord.objects.filter(register=register).filter(predicate(scope, "register.read"))


def words_of(entry: Entry) -> list[EntityWord]:
    """What submissions said of one entry, oldest first; the caller has checked that it may be seen."""
    return list(
        EntityWord.objects.filter(entity_id=entry.id, register=entry.register).order_by("heard_at", "id")
    )


def word(scope: Scope, word_id: UUID | str) -> EntityWord:
    """One of them. Raises `access.not_found`."""
    rows = EntityWord.objects.filter(predicate(scope, "register.read")).select_related("register")
    found = rows.filter(id=word_id).first()
    if found is None or found.register is None:
        raise Problem("access.not_found")
    return found


def versions_of(row: Entry, pending: Sequence[Any] = ()) -> list[lists.Version]:
    """The versions of an entry, oldest first, as the ledger tells them. pending: lines not written yet. The caller has
    checked that the entry may be seen."""
    told = Act.objects.filter(subject_type=subject_type(row), subject_id=str(row.id), home=row.home)
    clear = {column.key for column in read_columns(row.columns) if not column.personal}
    return lists.versions([*told.order_by("position"), *pending], row.fields, clear)


@dataclass(frozen=True)
class Side:
    """One of the texts that stand against each other in a column: who said it when, by which submission ("" = at the desk)."""

    text: str
    by_id: UUID | None
    at: dt.datetime
    submission_id: str
    stands: bool


def sides(row: Entry) -> dict[str, list[Side]]:
    """Column key → what was said of it side by side since somebody last looked, the newest first; only where it differs.
    Personal columns are not compared here."""
    settled = Act.objects.filter(
        subject_type="entry", subject_id=str(row.id), home=row.home, verb="entry.conflict_settled"
    )
    since = settled.order_by("-position").values_list("recorded_at", flat=True).first()
    heard = [word for word in words_of(row) if word.conflict and word.status == "taken"]
    told = [each for each in versions_of(row) if since is None or each.at > since]
    base = min((word.base or 1 for word in heard), default=1)
    found: dict[str, dict[str, Side]] = {}

    def add(key: str, text: str, by_id: UUID | None, at: dt.datetime, submission: str) -> None:
        old = found.setdefault(key, {}).get(text)
        if old is None or old.at < at:
            found[key][text] = Side(text, by_id, at, submission, text == row.fields.get(key, ""))

    for version in told:
        if version.number > base:
            for key, text in version.changed.items():
                add(key, text, version.by_id, version.said_at, str(version.details.get("submission", "")))
    for word in heard:
        for key in word.kept:
            if key in word.said:
                add(key, word.said[key], word.by_id, word.said_at, str(word.submission_id))
    return {
        key: sorted(each.values(), key=lambda side: side.at, reverse=True)
        for key, each in found.items()
        if len(each) > 1
    }
