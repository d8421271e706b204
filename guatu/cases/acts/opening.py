"""How cases come in: reported one by one or imported from the platform above; and how a record is corrected."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from guatu.campaigns.models import Campaign
from guatu.cases.acts.classes import find_class
from guatu.cases.acts.clockwork import clock_details, put_clock, read_limit, start_clock, timing_given
from guatu.cases.acts.ground import Ground, stand
from guatu.cases.acts.moving import add_photos, locked, person_of, take_step, write_step
from guatu.cases.acts.stages import begin_contact, follow, handling
from guatu.cases.models import STATUS_WORDS, Case, CaseNumber, CaseStandard, Reporter
from guatu.cases.rules import LIFECYCLE, OPEN, SOURCES, Limit, is_late, number_of
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import blind_index, seal_fields
from guatu.places.models import Place
from guatu.units.models import Person

_AT_ONCE = dt.timedelta(minutes=5)  # written down later than this after it happened: an old matter


@dataclass(frozen=True)
class Draft:
    """A case as it is written down. lon, lat are in `crs` (wgs84, cgcs2000, gcj02, bd09); opened_at: default now."""

    title: str
    source: str = "patrol"
    class_code: str = ""
    description: str = ""
    area: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    crs: str = "wgs84"
    place: Place | None = None
    upper_number: str = ""
    opened_at: dt.datetime | None = None
    limit: Limit | None = None
    due_at: dt.datetime | None = None  # a day the platform above names instead of a limit
    answers: Mapping[str, Any] = field(default_factory=dict)  # to the class's questions
    private: bool = False  # never shown to people outside
    standard: CaseStandard | None = None  # the filing condition: limit and closing condition


@dataclass(frozen=True)
class ReporterDraft:
    """Who told us; name, phone and email are sealed as they come in. client: which key or line they came by."""

    name: str = ""
    phone: str = ""
    email: str = ""
    via: str = "desk"  # public open311 hotline desk
    client: str = ""
    wants_contact: bool = True


def report_case(
    *,
    by: Actor,
    campaign: Campaign,
    draft: Draft,
    finder: Person | None = None,
    photos: Sequence[Any] = (),
    reporter: ReporterDraft | None = None,
    via: str = "web",
    cause: UUID | None = None,
) -> Case:
    """上报: a matter found somewhere; photos are those taken before. Raises what is wrong with the draft.

    reporter: somebody outside told us; then nobody of the house is the finder unless `finder` says so.
    """
    with deed(by=by, effective_at=draft.opened_at, via=via, cause=cause) as d:
        found_by = finder or (person_of(by) if reporter is None else None)
        case = _enter(d, campaign, draft, "case.open", found_by)
        if reporter is not None:
            add_reporter(d, case, reporter)
        add_photos(by, case, photos, "before", via)
    return case


def add_reporter(d: Deed, case: Case, given: ReporterDraft) -> Reporter:
    """Keep who told us, sealed under a key of their own; their first-contact clock begins if they can be reached."""
    row = Reporter(
        home=case.home, case=case, via=given.via, client=given.client[:60], at=d.effective_at,
        wants_contact=given.wants_contact and bool(given.phone.strip() or given.email.strip()),
    )  # fmt: skip
    said = {"name": given.name.strip(), "phone": given.phone.strip(), "email": given.email.strip()}
    if any(said.values()):
        row.sealed = seal_fields(row.id, said)
    row.phone_blind = blind_index("phone", said["phone"]) if said["phone"] else ""
    row.save(force_insert=True)
    if row.wants_contact and case.contacted_at is None:
        begin_contact(d, case)
    return row


def add_before(*, by: Actor, case: Case, photos: Sequence[Any], via: str = "web") -> int:
    """Add photos of the place as it was found; answers how many. Raises `case.settled`, `case.not_a_picture`."""
    with deed(by=by, via=via):
        row = locked(case)
        require(by.scope, "case.open", area=row.area, units=(row.unit_path,))
        if row.status not in OPEN:
            raise Problem("case.settled", number=row.number, status=str(STATUS_WORDS[row.status]))
        add_photos(by, row, photos, "before", via)
    return len(photos)


def _enter(
    d: Deed, campaign: Campaign, draft: Draft, right: str, finder: Person | None, number: str = ""
) -> Case:
    title = draft.title.strip()
    if not title:
        raise Problem("case.untitled")
    _check_source(draft.source)
    # a filing condition says which class it is
    found = (
        draft.standard.case_class if draft.standard is not None else find_class(campaign, draft.class_code)
    )
    ground = stand(campaign, draft.area, draft.lon, draft.lat, draft.crs, draft.place)
    require(d.by.scope, right, area=ground.area)
    _check_upper(campaign, draft.source, draft.upper_number)
    case = Case(
        home=ground.home,
        campaign=campaign,
        number=number or next_numbers(campaign, clock.local(d.effective_at).year, 1)[0],
        upper_number=draft.upper_number.strip(),
        source=draft.source,
        case_class=found,
        class_code=found.code if found is not None else draft.class_code[:20],
        standard=draft.standard,
        answers=dict(draft.answers),
        private=draft.private,
        title=title[:120],
        description=draft.description.strip(),
        address=draft.address.strip() or (draft.place.address if draft.place else ""),
        place=draft.place,
        status="reported",
        finder=finder,
        opened_at=d.effective_at,
        last_step_at=d.effective_at,
    )
    put_on(case, ground)
    case.save(force_insert=True)
    said = {"number": case.number, "source": case.source, "upper_number": case.upper_number}
    if d.effective_at < clock.now() - _AT_ONCE:
        said["entered_at"] = clock.local(clock.now()).isoformat()  # the ladder leaves out what lay before
    follow(d, case, "report", finder)
    write_step(d, case, "report", "", d.record("case.reported", case, details=said))
    return case


def put_on(case: Case, ground: Ground) -> None:
    case.area, case.lon, case.lat = ground.area, ground.lon, ground.lat
    case.source_crs, case.source_x, case.source_y = ground.source_crs, ground.source_x, ground.source_y


def next_numbers(campaign: Campaign, year: int, count: int) -> list[str]:
    """The next numbers of a campaign and year, under the lock of its counter."""
    CaseNumber.objects.get_or_create(campaign=campaign, year=year)
    row = CaseNumber.objects.select_for_update(no_key=True).get(campaign=campaign, year=year)
    first = row.last + 1
    row.last += count
    row.save(update_fields=["last"])
    return [number_of(year, first + step) for step in range(count)]


def _check_source(source: str) -> None:
    if source not in SOURCES:
        raise Problem("case.unknown_source", source=source, sources="、".join(SOURCES))


def _check_upper(campaign: Campaign, source: str, upper_number: str, but: UUID | None = None) -> None:
    number = upper_number.strip()
    if not number:
        return
    rows = Case.objects.filter(campaign=campaign, source=source, upper_number=number).exclude(status="void")
    twin = (rows.exclude(id=but) if but is not None else rows).first()
    if twin is not None:
        raise Problem("case.upper_twice", upper_number=number, number=twin.number)


@dataclass
class Imported:
    """What an import of cases did: cases opened, and those corrected with what stood there before."""

    created: list[Case] = field(default_factory=list)
    changed: list[tuple[Case, dict[str, Any]]] = field(default_factory=list)


def import_cases(
    *, by: Actor, campaign: Campaign, drafts: Sequence[Draft], via: str = "import", cause: UUID | None = None
) -> Imported:
    """Cases issued by the platform above, filed at once, in one deed. A known upper number is corrected, never doubled.

    A limit runs from when the platform issued the case; our own limits may be shorter, not longer.
    """
    require(by.scope, "case.import", area=campaign.area)
    done = Imported()
    with deed(by=by, via=via, cause=cause) as d:
        known = _known_upper(campaign, drafts)
        _hold(row.pk for row in known.values())
        for draft in drafts:
            twin = known.get((draft.source, draft.upper_number.strip()))
            if twin is not None:
                row = locked(twin)
                before = _amend(d, row, draft_changes(draft))
                if before:
                    done.changed.append((row, before))
                continue
            with deed(by=by, effective_at=draft.opened_at, via=via, cause=cause) as issued:
                case = _enter(issued, campaign, draft, "case.import", None)
                _file_imported(issued, case, draft)
            done.created.append(case)
            if case.upper_number:
                known[draft.source, case.upper_number] = case
    return done


def _hold(ids: Iterable[UUID]) -> None:
    """Lock many cases in the order of their ids, as every act that takes several does."""
    wanted = sorted(ids)
    for start in range(0, len(wanted), 400):
        rows = Case.objects.select_for_update(no_key=True).filter(pk__in=wanted[start : start + 400])
        list(rows.order_by("pk").values_list("pk"))


def _known_upper(campaign: Campaign, drafts: Sequence[Draft]) -> dict[tuple[str, str], Case]:
    numbers = [draft.upper_number.strip() for draft in drafts if draft.upper_number.strip()]
    found: dict[tuple[str, str], Case] = {}
    for start in range(0, len(numbers), 400):
        rows = Case.objects.filter(campaign=campaign, upper_number__in=numbers[start : start + 400])
        found |= {(row.source, row.upper_number): row for row in rows.exclude(status="void")}
    return found


def _file_imported(d: Deed, case: Case, draft: Draft) -> None:
    """What the platform issues is taken up as it comes; filed when it was issued, so that every clock begins there."""
    if draft.limit is not None:
        put_clock(case, timing_given(draft.limit, case.opened_at, "upper"))
    elif draft.due_at is not None:
        case.clock_started_at, case.due_at, case.due_lines = case.opened_at, draft.due_at, []
    case.upper_due_at = case.due_at
    case.filed_at = case.opened_at
    take_step(d, case, LIFECYCLE["file"], details=clock_details(case))


_PLAIN = ("title", "description", "class_code", "source", "address", "upper_number")


def draft_changes(draft: Draft) -> dict[str, Any]:
    """What an imported row says anew about a known case; columns left empty change nothing."""
    said: dict[str, Any] = {
        name: getattr(draft, name) for name in ("title", "description", "class_code", "address")
    }
    if draft.area or draft.lon is not None:
        said |= {"area": draft.area, "lon": draft.lon, "lat": draft.lat, "crs": draft.crs}
    if draft.limit is not None:
        said["limit"] = draft.limit
    return {name: value for name, value in said.items() if value not in ("", None)}


def correct_case(
    *, by: Actor, case: Case, changes: Mapping[str, Any], version: int | None = None, via: str = "web"
) -> Case:
    """更正 what was written wrongly: the world was always so, and the figures of the past follow.

    changes: any of title, description, class_code, source, address, upper_number, place, area with lon, lat, crs, and
    limit (Limit or (amount, unit)), which recounts the deadline from where the clock began.
    """
    with deed(by=by, via=via) as d:
        row = locked(case)
        require(by.scope, "case.correct", area=row.area, units=(row.unit_path,))
        check_version(row, version)
        if row.status not in OPEN:
            raise Problem("case.settled", number=row.number, status=str(STATUS_WORDS[row.status]))
        _amend(d, row, changes)
    return row


def _amend(d: Deed, row: Case, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Write the changes onto the locked row; answers what stood there before (empty: nothing changed, nothing written)."""
    before = _said(row)
    for name in _PLAIN:
        if name in changes:
            setattr(row, name, str(changes[name]).strip())
    _check_source(row.source)
    if not row.title:
        raise Problem("case.untitled")
    if row.class_code != before["class_code"]:
        row.case_class = find_class(row.campaign, row.class_code)
        row.class_code = row.case_class.code if row.case_class is not None else row.class_code[:20]
        if row.standard is not None and row.standard.case_class_id != row.case_class_id:
            row.standard = None
    if (row.source, row.upper_number) != (before["source"], before["upper_number"]):
        _check_upper(row.campaign, row.source, row.upper_number, row.id)
    if {"area", "lon", "lat", "place"} & set(changes):
        row.place = changes.get("place", row.place)
        put_on(row, stand(row.campaign, str(changes.get("area", row.area)), changes.get("lon", row.lon), changes.get("lat", row.lat),
                          str(changes.get("crs", "wgs84")), row.place))  # fmt: skip
    _amend_limit(row, changes.get("limit"))
    after = _said(row)
    old = {name: value for name, value in before.items() if after[name] != value}
    if not old:
        return {}
    row.version += 1
    row.save(force_update=True)
    if "limit" in old:
        _correct_stage(row)
    said = {"number": row.number, "old": _told(old), "new": _told({name: after[name] for name in old})}
    d.record("case.corrected", row, details=said, correction=True)
    return old


def _amend_limit(row: Case, given: Any) -> None:
    limit = read_limit(*given) if isinstance(given, tuple) else given
    if limit is None or (row.limit_amount, row.limit_unit) == (limit.amount, limit.unit):
        return
    if row.upper_due_at is not None and row.upper_due_at == row.due_at:
        row.upper_due_at = None  # it was the platform's own limit that was written wrongly
        start_clock(row, limit, row.clock_started_at or row.opened_at)
        row.upper_due_at = row.due_at
    else:
        start_clock(row, limit, row.clock_started_at or row.opened_at)
    row.late = is_late(row.due_at, row.handled_at or clock.now()) if row.late else False


def _correct_stage(row: Case) -> None:
    """The open stage shows the corrected limit too: it was written wrongly from the start."""
    for stage in handling(row)[-1:]:
        stage.limit_amount, stage.limit_unit = row.limit_amount, row.limit_unit
        stage.due_at, stage.lines, stage.late = row.due_at, row.due_lines, row.late
        stage.why, stage.version = [{"what": "corrected"}], stage.version + 1
        stage.save()


def _said(row: Case) -> dict[str, Any]:
    """The corrigible side of a case, as JSON."""
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        "place": str(row.place_id or ""),
        "area": row.area,
        "lon": row.lon,
        "lat": row.lat,
        "limit": [str(row.limit_amount.normalize()), row.limit_unit] if row.limit_amount is not None else [],
    }


def _told(said: Mapping[str, Any]) -> dict[str, Any]:
    """What the ledger keeps of a correction. A description may name people, so only its length is kept."""
    return {name: {"length": len(value)} if name == "description" else value for name, value in said.items()}


def undo_import(
    *, by: Actor, created: Sequence[str], changed: Sequence[Any], via: str = "import"
) -> list[str]:
    """Take an import back: its cases are voided, its corrections reversed. Answers what has been worked on since (then
    nothing is taken back). changed: objects with id, old, version."""
    with deed(by=by, via=via) as d:
        _hold({*(UUID(each) for each in created), *(UUID(each.id) for each in changed)})
        cases = [locked(UUID(each)) for each in sorted(created)]
        amended = [(locked(UUID(each.id)), each) for each in changed]
        used = [str(case) for case in cases if case.status != "filed" or case.dispatched_at is not None]
        used += [str(case) for case, each in amended if case.version != each.version]
        if used:
            return used
        for case in cases:
            require(by.scope, "case.import", area=case.area)
            take_step(d, case, LIFECYCLE["void"], note="撤销导入")
        for case, each in amended:
            old = dict(each.old)
            if old.get("limit"):
                old["limit"] = tuple(old["limit"])
            _amend(d, case, old)
    return []
