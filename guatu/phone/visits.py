"""Visits on the phone: what it takes along, and what it brings back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from guatu.inspections import words
from guatu.inspections.acts import visits as acts
from guatu.inspections.models import Order, Visit
from guatu.inspections.reads import visits as reads
from guatu.inspections.reads.checklists import Before, Taken, checklists
from guatu.inspections.rules.visits import JUDGED, VERDICTS
from guatu.inspections.words import word
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.phone.kinds import VIA, Said, key, text, whole
from guatu.phone.rows import Row, day, english, moment
from guatu.units.models import Person

STEPS = ("start", "finish", "not_open", "gone")
MOST_ITEMS = 500
MOST_SECONDS = 12 * 3600  # nobody is in one place longer; a phone that says so lay in a pocket over night


# --- what it takes along ---------------------------------------------------------------------------------------------


def rows(person: Person, visits: Sequence[Any]) -> list[Row]:
    """Everything a visit needs without signal: where, when, and what is asked. Few queries however many visits."""
    taken = checklists(visits, clock.today())
    return [_row(each, taken[each.id]) for each in visits]


def _row(row: Visit, taken: Taken) -> Row:
    place, team = row.place, row.team
    return {
        "id": str(row.id),
        "ver": f"{row.version}.{place.version}",
        "place": str(row.place_id),
        "name": place.name,
        "address": place.address,
        "industry": place.industry,
        "hours": place.opening_hours,
        "lon": place.lon,
        "lat": place.lat,
        "shut": place.shut_at is not None,
        "kind": row.kind,
        "status": row.status,
        "round": str(row.round_id or ""),
        "round_name": row.round.name if row.round is not None else "",
        "team": team.name if team is not None else "",
        "on_day": day(team.on_day) if team is not None else "",
        "shift": team.shift if team is not None else "",
        "seq": row.seq,
        "eta": moment(row.eta),
        "due_at": moment(row.due_at),
        "minutes": row.minutes,
        "started_at": moment(row.started_at),
        "campaign": row.campaign.code,
        "version": row.version,
        "items": [_item(item, taken.before) for item in taken.items],
        "before": _before(taken.before),
    }


def _item(item: Any, before: Before | None) -> Row:
    norm = item.norm_version.norm
    return {
        "id": str(item.id),
        "number": item.number,
        "norm": norm.title_en if english() and norm.title_en else norm.title,
        "text": item.text_en if english() and item.text_en else item.text,
        "how": item.how,
        "remedy": item.remedy,
        "limit": item.limit,
        "consequence": item.consequence,
        "photo": item.photo,
        "noted": before.notes.get(str(item.id), "") if before is not None else "",
    }


def _before(before: Before | None) -> Row | None:
    """The order a look-back is for: what it leads to when it was not followed is worked out on the phone too."""
    if before is None or before.order is None:
        return None
    order = before.order
    return {
        "number": order.number,
        "kind": order.kind,
        "repeat": order.repeat,
        "due_at": moment(order.due_at),
        "items": [str(line["item"]) for line in order.lines if line.get("item")],
    }


# --- what it brings back ---------------------------------------------------------------------------------------------


def visit(person: Person, payload: Mapping[str, Any], said: Said) -> dict[str, Any]:
    """检查. payload: visit, step (start, finish, not_open, gone), note; of a finish also findings [{item, verdict, note}],
    outcome, signer {name, capacity, refused, witness}, took (seconds on the spot), files [{item} or {signature: true}], one
    for each file in their order.
    """
    step = text(payload, "step", 12)
    if step not in STEPS:
        raise Problem("phone.bad_item", what="step")
    row = _found(person, key(payload, "visit"))
    where: dict[str, Any] = {"lon": said.lon, "lat": said.lat, "accuracy": said.accuracy, "via": VIA}
    if step == "start":
        return _told(acts.start_visit(by=person, visit=row, at=said.at, **where))
    if step == "finish":
        return _told(_finish(person, row, payload, said, where))
    act = {"not_open": acts.mark_not_open, "gone": acts.mark_gone}[step]
    return _told(act(by=person, visit=row, note=text(payload, "note", 500), at=said.at, **where))


def _finish(
    person: Person, row: Visit, payload: Mapping[str, Any], said: Said, where: Mapping[str, Any]
) -> Visit:
    took = whole(payload, "took") or 0
    if row.status == "planned" and 0 < took <= MOST_SECONDS:
        # how long it took is measured by one clock, so it holds however wrong that clock is
        begun = said.at - dt.timedelta(seconds=took)
        row = acts.start_visit(by=person, visit=row, at=begun, **where)
    outcome = text(payload, "outcome", 10)
    if outcome and outcome not in JUDGED:
        raise Problem("phone.bad_item", what="outcome")
    return acts.finish_visit(
        by=person,
        visit=row,
        findings=_findings(payload),
        outcome=outcome,
        note=text(payload, "note", 500),
        signer=_signer(payload.get("signer")),
        files=_files(payload, said),
        at=said.at,
        **where,
    )


def _found(person: Person, visit_id: UUID) -> Visit:
    try:
        return reads.visit_of(person.scope, visit_id)
    except Problem as problem:
        if problem.code == "access.not_found":
            raise Problem("phone.missing", what="检查") from problem
        raise


def _listed(payload: Mapping[str, Any], name: str, most: int) -> list[Mapping[str, Any]]:
    value = payload.get(name, [])
    if not isinstance(value, list) or len(value) > most or not all(isinstance(each, dict) for each in value):
        raise Problem("phone.bad_item", what=name)
    return value


def _findings(payload: Mapping[str, Any]) -> list[acts.FindingDraft]:
    found = []
    for each in _listed(payload, "findings", MOST_ITEMS):
        verdict = text(each, "verdict", 16)
        if verdict not in VERDICTS:
            raise Problem("phone.bad_item", what="verdict")
        found.append(acts.FindingDraft(str(key(each, "item")), verdict, text(each, "note")))
    return found


def _signer(said: Any) -> acts.Signer | None:
    if said is None:
        return None
    if not isinstance(said, dict):
        raise Problem("phone.bad_item", what="signer")
    return acts.Signer(
        name=text(said, "name", 60),
        capacity=text(said, "capacity", 40),
        refused=said.get("refused") is True,
        witness=text(said, "witness", 60),
    )


def _files(payload: Mapping[str, Any], said: Said) -> list[acts.FileIn]:
    """Each file with what it shows. Raises `phone.bad_item` when the list and the files do not agree."""
    shown = _listed(payload, "files", 50)
    if len(shown) != len(said.files):
        raise Problem("phone.bad_item", what="files")
    return [
        acts.FileIn(
            upload=file,
            item_id=str(key(each, "item")) if each.get("item") else "",
            signature=each.get("signature") is True,
            taken_at=said.at,
            lon=said.lon,
            lat=said.lat,
        )
        for each, file in zip(shown, said.files, strict=True)
    ]


def _told(row: Visit) -> dict[str, Any]:
    """What the phone keeps: how it ended, and the order that came of it with its limit."""
    order = Order.objects.filter(visit=row).exclude(status="withdrawn").first()
    done = row.status == "done"
    zh = f"{row.place.name}：{_ZH[row.outcome] if done else '检查已开始'}。"
    en = f"{row.place.name}: {_EN[row.outcome] if done else 'the visit has begun'}."
    if order is not None:
        due = clock.local(order.due_at)
        zh += f"已开具 {order.number}，{due:%m月%d日 %H:%M} 前整改。"
        en += f" Order {order.number} is given, due {due:%Y-%m-%d %H:%M}."
    return {
        "visit": str(row.id),
        "status": row.status,
        "outcome": row.outcome,
        "outcome_word": word(words.OUTCOMES, row.outcome) if row.outcome else "",
        "order": order.number if order is not None else "",
        "due_at": moment(order.due_at) if order is not None else "",
        "sentence": zh,
        "sentence_en": en,
    }


# receipts keep both languages, whichever the phone speaks when it sends
_ZH = {
    "pass": "检查合格",
    "rectify": "责令整改",
    "shut": "责令关停",
    "not_open": "未开门",
    "gone": "已不在",
}
_EN = {"pass": "passed", "rectify": "to put right", "shut": "shut", "not_open": "not open", "gone": "gone"}
