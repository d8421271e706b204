"""Learn from closed cases; accept a suggestion; write down what people chose."""

import dataclasses
import datetime as dt

from django.db.models import F, QuerySet

from guatu.campaigns.models import Campaign
from guatu.cases import learning
from guatu.cases.acts import chunk
from guatu.cases.acts.moving import locked
from guatu.cases.acts.steps import dispatch_case
from guatu.cases.acts.turns import reclassify_case
from guatu.cases.models import Case, Suggester, SuggestionUse
from guatu.cases.reads.suggestions import Choice, class_key, example_of, suggest, suggest_case, suggesters
from guatu.kernel import clock
from guatu.kernel.access import EVERYTHING, require
from guatu.kernel.acts import SYSTEM, Actor, Deed, PendingAct, deed
from guatu.kernel.jobs import job
from guatu.kernel.problems import Problem

_LATELY = dt.timedelta(hours=20)  # the daily job does not learn again what was learned today


def _closed(campaign: Campaign) -> "QuerySet[Case]":
    rows = Case.objects.filter(campaign=campaign, status="closed", closed_at__isnull=False)
    return rows.select_related("case_class", "place", "unit")


def learn_suggestions(*, by: Actor, campaign: Campaign, what: str, via: str = "web") -> Suggester:
    """Learn the class or the unit anew from the newest closed cases. Raises `suggestion.too_few`."""
    require(by.scope, "case.route", area=campaign.area)
    newest = list(_closed(campaign).order_by(F("closed_at").desc(), "-id")[: learning.MOST])
    examples = [
        example_of(case, what, outcome) for case in reversed(newest) if (outcome := _outcome(case, what))
    ]
    found, measured = learning.learn(examples)
    name, sha256, size = learning.keep(f"{campaign.code}-{what}", found)
    with deed(by=by, via=via) as d:
        row = Suggester.objects.select_for_update(no_key=True).filter(campaign=campaign, what=what).first()
        old = row.file if row is not None else ""
        row = row or Suggester(home=campaign.home, campaign=campaign, what=what, version=0)
        row.file, row.sha256, row.size = name, sha256, size
        row.examples, row.outcomes = len(examples), len(found.outcomes)
        row.until, row.learned_at = newest[0].closed_at or clock.now(), clock.now()
        row.measured = {key: round(value, 4) for key, value in dataclasses.asdict(measured).items()}
        row.version += 1
        row.save()
        said = {
            "what": what,
            "examples": row.examples,
            "outcomes": row.outcomes,
            "sha256": sha256,
            **row.measured,
        }
        d.record("suggester.learned", row, area=campaign.area, details=said)
    if old and old != name:
        learning.drop(old)
    return row


def _outcome(case: Case, what: str) -> str:
    if what == "unit":
        return case.unit.code if case.unit is not None else ""
    return class_key(case.case_class) if case.case_class is not None else ""


def learn_daily(*, by: Actor = SYSTEM) -> int:
    """Learn anew in every campaign where enough cases have been closed and some since the last time; answers how many
    models were learned."""
    done = 0
    for campaign in Campaign.objects.all():
        rows = {row.what: row for row in suggesters(campaign)}
        for what in ("class", "unit"):
            row = rows.get(what)
            closed = _closed(campaign)
            if row is not None:
                if clock.now() - row.learned_at < _LATELY:
                    continue
                if not closed.filter(closed_at__gt=row.until).exists():
                    continue
            if closed.count() < learning.LEAST:
                continue
            try:
                learn_suggestions(by=by, campaign=campaign, what=what, via="clock")
            except Problem:
                continue  # too few of a kind; said on the page when somebody presses the button
            done += 1
    return done


@job
def learn_from_closed() -> int:
    """The schedule's job: `learn_daily`."""
    return learn_daily()


def accept_suggestion(
    *, by: Actor, case: Case, what: str, key: str, version: int | None = None, via: str = "web"
) -> Case:
    """Take what is suggested: set the class, or dispatch to the unit. key: what the page showed.

    Raises `suggestion.none` when it is no longer suggested, and whatever the step itself raises.
    """
    with deed(by=by, via=via) as d:
        row = locked(case)
        found = next(iter(suggest_case(by.scope, row, (what,))), None)
        choice = (
            next((each for each in found.choices if each.key == key), None) if found is not None else None
        )
        if found is None or choice is None:
            raise Problem("suggestion.none", number=row.number)
        if what == "class":
            changed = reclassify_case(by=by, case=row, class_code=key, version=version, via=via)
        else:
            changed = dispatch_case(by=by, case=row, unit=choice.row, version=version, via=via)
        _note(d, changed, found.suggester, found.best, key, clicked=True)
    return changed


def _note(d: Deed, case: Case, suggester: Suggester, best: Choice, chosen: str, *, clicked: bool) -> None:
    """Write down what was suggested first and what was chosen; once per case and model."""
    act = next((each for each in reversed(d.batch.acts) if each.subject_id == str(case.id)), None)
    if act is not None:
        _keep(case, suggester, best, chosen, act, clicked=clicked)


def _keep(
    case: Case, suggester: Suggester, best: Choice, chosen: str, act: PendingAct, *, clicked: bool
) -> None:
    if not SuggestionUse.objects.filter(case=case, suggester=suggester).exists():
        _use(case, suggester, best, chosen, act, clicked=clicked).save(force_insert=True)


def _use(
    case: Case, suggester: Suggester, best: Choice, chosen: str, act: PendingAct, *, clicked: bool
) -> SuggestionUse:
    """The row; the case is locked, so nobody else writes one meanwhile."""
    return SuggestionUse(
        case=case, suggester=suggester, home=case.home, suggested=best.key, confidence=round(best.confidence, 4),
        chosen=chosen, accepted=best.key == chosen, clicked=clicked, at=act.effective_at, act_id=act.id,
    )  # fmt: skip


def keep_use(act: PendingAct) -> None:
    """After a dispatch: what would have been suggested for class and unit, and what people chose, seen or not seen.

    A file that was tampered with never stops a dispatch; the pages and `guatu check` tell it.
    """
    many = chunk.current()
    held = many.row(act.subject_id) if many is not None else None
    if many is not None and held is not None:
        case: Case = held
        rows = many.once(("suggesters", case.campaign_id), lambda: suggesters(held.campaign))
        done = {suggester for each, suggester in many.used() if each == case.id} if rows else set()
    else:
        case = Case.objects.select_related("campaign", "unit", "case_class", "place").get(pk=act.subject_id)
        rows = suggesters(case.campaign)
        done = set(SuggestionUse.objects.filter(case=case).values_list("suggester_id", flat=True))
    for row in rows:
        chosen = _outcome(case, row.what)
        if row.id in done or not chosen:
            continue
        best = _best(case, row)
        if best is not None:
            chunk.create(case.pk, [_use(case, row, best, chosen, act, clicked=False)])


def _best(case: Case, row: Suggester) -> Choice | None:
    try:
        found = suggest(EVERYTHING, row, example_of(case, row.what), similar=0)
    except Problem:
        return None
    return found.best if found is not None else None
