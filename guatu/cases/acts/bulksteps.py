"""Which act each bulk step calls, with what, and what takes it back. Read once a chunk, called once a case."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guatu.campaigns.models import Campaign
from guatu.cases.acts import joint
from guatu.cases.acts.approvals import ask, take_back
from guatu.cases.acts.assigning import assign_case
from guatu.cases.acts.classes import find_class
from guatu.cases.acts.clockwork import read_limit
from guatu.cases.acts.comments import comment, withdraw_comment
from guatu.cases.acts.routing import dispatch_by_rule, ruling
from guatu.cases.acts.steps import accept_case, close_case, dispatch_case, recall_case, reject_case
from guatu.cases.acts.turns import reclassify_case
from guatu.cases.models import STEP_WORDS, Bulk, BulkLine, Case, CaseStandard, Comment, HandOver, Request
from guatu.cases.reads.assigning import person_by_id
from guatu.cases.rules.bulk import BULK, NEEDED, UNIT_NEEDED
from guatu.kernel import clock
from guatu.kernel.acts import Actor
from guatu.kernel.problems import Problem
from guatu.units.models import Unit

One = Callable[[Actor, BulkLine], UUID | None]
WORDS = {
    "assign": _("指派"),
    "route": _("按规则派单"),
    "comment": _("留言"),
    "hand_over": _("移交"),
    "extend": _("申请延期"),
    "void": _("申请作废"),
}
ASKED_WORDS = {
    "unit": _("承办单位"), "person": _("承办人"), "class": _("类别"), "reason": _("原因"), "text": _("留言内容"), "limit": _("期限"), "note": _("说明"),
}  # fmt: skip


def _key(line: BulkLine) -> Case:
    """The case by its id alone: the acts lock and read it anew."""
    return Case(pk=line.case_id)


def _made(line: BulkLine) -> UUID:
    assert line.made_id is not None
    return line.made_id


def word_of(step: str) -> Any:
    """What a bulk step is called."""
    return WORDS.get(step) or STEP_WORDS.get(step, step)


def checked(campaign: Campaign, step: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a step as they are kept: texts, [amount, unit], a unit's and a class's code. Raises a Problem."""
    asks = BULK[step].asks
    kept: dict[str, Any] = {}
    for name in asks:
        value = given.get(name)
        if name == "limit" and value:
            limit = read_limit(_amount(value[0]), str(value[1]))
            kept[name] = [str(limit.amount), limit.unit] if limit is not None else None
        elif name == "new_limit":
            kept[name] = bool(value)
        elif value:
            kept[name] = str(value).strip()[:4000]
    missing = [name for name in asks if name in NEEDED and not kept.get(name)]
    missing += [name for name in asks if name == "unit" and step in UNIT_NEEDED and not kept.get(name)]
    if missing:
        what = "、".join(str(ASKED_WORDS[name]) for name in missing)
        raise Problem("bulk.argument_needed", step=str(word_of(step)), what=what)
    if kept.get("unit"):
        unit_of(kept["unit"])
    if kept.get("person") and person_by_id(kept["person"]) is None:
        raise Problem("bulk.argument_needed", step=str(word_of(step)), what=str(ASKED_WORDS["person"]))
    if kept.get("class") and find_class(campaign, kept["class"]) is None:
        raise Problem("case.unknown_class", class_code=kept["class"], code=kept["class"])
    return kept


def _amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise Problem("case.bad_limit", limit=str(value)[:20]) from None


def unit_of(code: str) -> Unit:
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise Problem("case.unknown_unit", unit=code[:40])
    return found


def _limit(said: Mapping[str, Any]) -> tuple[Any, str] | None:
    return (said["limit"][0], said["limit"][1]) if said.get("limit") else None


def doing(bulk: Bulk, ahead: Mapping[UUID, Case]) -> One:
    """What is done to each case of this bulk action. ahead: the rows of the chunk, already locked and read."""
    said = bulk.arguments
    makers: dict[str, Callable[[Bulk, Mapping[str, Any]], One]] = {
        "accept": lambda b, s: _step(accept_case, note=s.get("note", "")),
        "close": lambda b, s: _step(close_case, note=s.get("note", "")),
        "reject": lambda b, s: _step(reject_case, reason=s["reason"]),
        "assign": lambda b, s: _assign(s, ahead),
        "dispatch": lambda b, s: _dispatch(b, s, ahead),
        "route": lambda b, s: _step(
            dispatch_by_rule,
            limit=_limit(s),
            note=s.get("note", ""),
            now=ruling(b.campaign),
            units={unit.code: unit for unit in Unit.objects.all()},
        ),  # fmt: skip
        "reclassify": lambda b, s: _reclassify(s, ahead),
        "extend": lambda b, s: _ask("extend", s["reason"], _limit(s)),
        "void": lambda b, s: _ask("void", s["reason"], None),
        "hand_over": lambda b, s: _offer(unit_of(s["unit"]), s["reason"]),
        "comment": lambda b, s: _comment(s["text"]),
    }
    return makers[bulk.step](bulk, said)


def _step(act: Callable[..., Case], **arguments: Any) -> One:
    def do(by: Actor, line: BulkLine) -> None:
        row = act(by=by, case=_key(line), version=line.seen_version, **arguments)
        line.after_version = row.version

    return do


def _dispatch(bulk: Bulk, said: Mapping[str, Any], ahead: Mapping[UUID, Case]) -> One:
    """To the unit chosen by hand; what the rules say is worked out with rules read once a chunk, not once a case."""
    unit, now = unit_of(said["unit"]), ruling(bulk.campaign)

    def do(by: Actor, line: BulkLine) -> None:
        routed: dict[str, Any] = {}
        if (case := ahead.get(line.case_id)) is not None:
            routed = {
                **now.decision(case, clock.now()).as_data(),
                "chosen": unit.code,
                "chosen_name": str(unit),
            }
            if routed["chosen"] != routed["unit"]:
                routed["chosen_by"] = getattr(by, "name", "")
        row = dispatch_case(
            by=by, case=_key(line), unit=unit, limit=_limit(said), note=said.get("note", ""), routed=routed,
            version=line.seen_version,
        )  # fmt: skip
        line.after_version = row.version

    return do


def _assign(said: Mapping[str, Any], ahead: Mapping[UUID, Case]) -> One:
    person = person_by_id(said["person"])

    def do(by: Actor, line: BulkLine) -> None:
        case = ahead.get(line.case_id)
        line.before = {"taker": str(case.taker_id or "") if case is not None else ""}
        row = assign_case(
            by=by, case=_key(line), person=person, note=said.get("note", ""), version=line.seen_version
        )
        line.after_version = row.version

    return do


def _reclassify(said: Mapping[str, Any], ahead: Mapping[UUID, Case]) -> One:
    def do(by: Actor, line: BulkLine) -> None:
        case = ahead[line.case_id]
        before = {"class_code": case.class_code, "standard_id": case.standard_id}
        row = reclassify_case(
            by=by, case=_key(line), class_code=said["class"], reason=said["reason"], version=line.seen_version,
            new_limit=said.get("new_limit", False),
        )  # fmt: skip
        line.before = {"class": before["class_code"], "standard": str(before["standard_id"] or "")}
        line.after_version = row.version

    return do


def _ask(kind: str, reason: str, limit: Any) -> One:
    def do(by: Actor, line: BulkLine) -> UUID:
        found = ask(by=by, case=_key(line), kind=kind, reason=reason, limit=limit, version=line.seen_version)
        line.after_version = found.case.version
        return found.id

    return do


def _offer(unit: Unit, reason: str) -> One:
    def do(by: Actor, line: BulkLine) -> UUID:
        found = joint.offer_case(
            by=by, case=_key(line), to_unit=unit, reason=reason, version=line.seen_version
        )
        line.after_version = found.case.version
        return found.id

    return do


def _comment(text: str) -> One:
    def do(by: Actor, line: BulkLine) -> UUID:
        case = Case.objects.select_related("unit", "campaign").get(pk=line.case_id)
        found = comment(by=by, case=case, text=text)
        line.after_version = case.version
        return found.id

    return do


# --- the way back ------------------------------------------------------------------------------------------------


def undoing(bulk: Bulk, ahead: Mapping[UUID, Case]) -> One:
    """What takes one case back. ahead: the rows of the chunk, already locked and read."""

    def recall(by: Actor, line: BulkLine) -> None:
        recall_case(by=by, case=_same(line, ahead), version=line.after_version)

    def assigned_back(by: Actor, line: BulkLine) -> None:
        before = person_by_id(line.before["taker"]) if line.before.get("taker") else None
        assign_case(by=by, case=_same(line, ahead), person=before, version=line.after_version)

    makers: dict[str, One] = {
        "assign": assigned_back, "dispatch": recall, "route": recall, "reclassify": _class_back, "extend": _request_back, "void": _request_back,
        "hand_over": _offer_back, "comment": _comment_back,
    }  # fmt: skip
    return makers[bulk.step]


def _same(line: BulkLine, ahead: Mapping[UUID, Case] | None = None) -> Case:
    row = (ahead or {}).get(line.case_id) or Case.objects.get(pk=line.case_id)
    if row.version != line.after_version:
        raise Problem("bulk.moved_on", number=row.number)
    return row


def _class_back(by: Actor, line: BulkLine) -> None:
    before = line.before
    standard = CaseStandard.objects.filter(pk=before["standard"]).first() if before.get("standard") else None
    reclassify_case(
        by=by, case=_same(line), class_code=before["class"], standard=standard, reason=str(_("整批撤销")),
        version=line.after_version,
    )  # fmt: skip


def _request_back(by: Actor, line: BulkLine) -> None:
    take_back(by=by, request=Request.objects.get(pk=_made(line)))


def _offer_back(by: Actor, line: BulkLine) -> None:
    joint.answer_offer(by=by, offer=HandOver.objects.get(pk=_made(line)), answer="take_back")


def _comment_back(by: Actor, line: BulkLine) -> None:
    withdraw_comment(by=by, comment=Comment.objects.get(pk=_made(line)))
