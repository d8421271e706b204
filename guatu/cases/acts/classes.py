"""The classes of cases, as a pack or an office sets them."""

from collections.abc import Mapping, Sequence
from typing import Any

from guatu.campaigns.models import Campaign
from guatu.cases.acts.clockwork import read_limit
from guatu.cases.models import CaseClass
from guatu.cases.rules.naming import KINDS, key_of, readings
from guatu.cases.rules.questions import QuestionError, read_questions
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, Deed, check_version, deed
from guatu.kernel.problems import Problem

RIGHT = "case.set_classes"
_TEXTS = {
    "name": 80,
    "name_en": 120,
    "major_code": 8,
    "major_name": 80,
    "description": 400,
    "keywords": 200,
}
_FLAGS = ("needs_photo", "public", "active")
_KEPT = (*_TEXTS, *_FLAGS, "limit_amount", "limit_unit", "questions", "order")


def set_classes(
    *, by: Actor, campaign: Campaign, classes: Sequence[Mapping[str, Any]], via: str = "web"
) -> dict[str, str]:
    """Set many classes of a campaign in one act; answers key → added, changed or same. Classes not named stay as they are.

    classes: {code, name, scheme?, kind?, name_en?, limit_amount?, limit_unit?, needs_photo?, major_code?, major_name?,
    description?, keywords?, public?, questions?, active?, order?}. What is not said of a known class stays. The key is the
    code where no scheme and kind are given, else “scheme|kind|code”. Raises `case.bad_limit`, `case.bad_class`.
    """
    require(by.scope, RIGHT, area=campaign.area)
    outcome: dict[str, str] = {}
    fresh: list[CaseClass] = []
    altered: list[CaseClass] = []
    with deed(by=by, via=via) as d:
        known = {(row.scheme, row.kind, row.code): row for row in CaseClass.objects.filter(campaign=campaign)}
        last = max(
            (row.order for row in known.values()), default=-1
        )  # new ones come after those that are there
        for given in classes:
            code = str(given["code"])
            key = (str(given.get("scheme") or ""), str(given.get("kind") or ""), code)
            wanted = _wanted(given)
            row = known.get(key)
            if row is not None and all(getattr(row, name) == value for name, value in wanted.items()):
                outcome[_told_key(key)] = "same"
                continue
            outcome[_told_key(key)] = "added" if row is None else "changed"
            if row is None:
                last += 1
                row = known[key] = CaseClass(
                    home=campaign.home,
                    campaign=campaign,
                    scheme=key[0],
                    kind=key[1],
                    code=code,
                    order=last,
                    version=0,
                )
                fresh.append(row)
            else:
                altered.append(row)
            for name, value in wanted.items():
                setattr(row, name, value)
            row.version += 1
        CaseClass.objects.bulk_create(fresh, batch_size=200)
        CaseClass.objects.bulk_update(altered, [*_KEPT, "version"], batch_size=100)
        _record(d, campaign, fresh, altered)
    return outcome


def _record(d: Deed, campaign: Campaign, fresh: list[CaseClass], altered: list[CaseClass]) -> None:
    """One line of the ledger for the whole table."""
    if fresh or altered:
        said = {"count": len(fresh) + len(altered), "added": len(fresh), "changed": len(altered)}
        names = [row.name for row in (*fresh, *altered)[:20]]
        d.record("case_class.listed", campaign, area=campaign.area, details={**said, "names": names})


def _told_key(key: tuple[str, str, str]) -> str:
    return key_of(*key) if key[0] or key[1] else key[2]


def _wanted(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is said about a class, read and checked; nothing about what is not said."""
    wanted: dict[str, Any] = {}
    for name, longest in _TEXTS.items():
        if name in given:
            wanted[name] = str(given[name] or "").strip()
            if len(wanted[name]) > longest:
                raise Problem("case.bad_class", class_code=given.get("code", ""), why=f"{name} > {longest}")
    if "name" in given and not wanted["name"]:
        raise Problem("case.bad_class", class_code=given.get("code", ""), why="name")
    wanted |= {name: bool(given[name]) for name in _FLAGS if name in given}
    if "limit_amount" in given or "limit_unit" in given:
        limit = read_limit(given.get("limit_amount"), str(given.get("limit_unit") or ""))
        wanted |= {
            "limit_amount": limit.amount if limit else None,
            "limit_unit": limit.unit if limit else "",
        }
    if "questions" in given:
        try:
            wanted["questions"] = [each.as_data() for each in read_questions(given["questions"] or [])]
        except QuestionError as wrong:
            raise Problem("case.bad_class", class_code=given.get("code", ""), why=str(wrong)) from None
    if "order" in given:
        wanted["order"] = int(given["order"])
    return wanted


def add_class(
    *, by: Actor, campaign: Campaign, code: str, name: str, via: str = "web", **more: Any
) -> CaseClass:
    """A class of the office's own. more: scheme, kind and what `set_classes` takes. Raises `case.class_known`."""
    require(by.scope, RIGHT, area=campaign.area)
    scheme, kind, code = str(more.pop("scheme", "")).strip(), str(more.pop("kind", "")), code.strip()
    if not code or len(code) > 20 or "|" in code or (kind and kind not in KINDS):
        raise Problem("case.bad_class", class_code=code, why="code")
    known = CaseClass.objects.filter(campaign=campaign)
    if known.filter(scheme=scheme, kind=kind, code=code).exists():
        raise Problem("case.class_known", class_code=key_of(scheme, kind, code))
    wanted = _wanted({"code": code, "name": name, "order": known.count(), **more})
    with deed(by=by, via=via) as d:
        row = CaseClass(home=campaign.home, campaign=campaign, scheme=scheme, kind=kind, code=code, **wanted)
        row.save(force_insert=True)
        d.record("case_class.set", row, area=campaign.area, details={"code": code, "name": row.name})
    return row


def edit_class(
    *,
    by: Actor,
    row: CaseClass,
    changes: Mapping[str, Any],
    version: int | None = None,
    via: str = "web",
) -> CaseClass:
    """Change what is said about a class; its scheme, kind and code stay. Cases keep the deadline they were given.

    Raises `case.bad_limit`, `case.bad_class`, `kernel.conflict`.
    """
    require(by.scope, RIGHT, area=row.campaign.area)
    with deed(by=by, via=via) as d:
        found = CaseClass.objects.select_for_update(no_key=True).select_related("campaign").get(id=row.id)
        check_version(found, version)
        wanted = _wanted({"code": found.code, **changes})
        old = {name: getattr(found, name) for name, value in wanted.items() if getattr(found, name) != value}
        if not old:
            return found
        for name in old:
            setattr(found, name, wanted[name])
        found.version += 1
        found.save()
        said = {"code": found.code, "name": found.name, "old": _told(old)}
        said["new"] = _told({name: wanted[name] for name in old})
        d.record("case_class.edited", found, area=found.campaign.area, details=said)
    return found


def _told(said: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the ledger keeps them: flags and lists as they are, the rest as text."""
    return {
        name: value if isinstance(value, (bool, list)) or value is None else str(value)
        for name, value in said.items()
    }


def find_class(campaign: Campaign, text: str) -> CaseClass | None:
    """The class of a campaign that a text names: a code, “kind:code”, “scheme|kind|code” or a name.

    None when nothing is written, and in a campaign that has set no classes at all (it takes any). Raises
    `case.unknown_class`, `case.class_closed`, and `case.ambiguous_class`, which lists what may be meant: the national
    directory numbers 供水井盖 and 供水井盖异常 both 01001.
    """
    text = text.strip()
    if not text:
        return None
    readings_ = readings(text)
    rows = CaseClass.objects.filter(campaign=campaign)
    named = list(
        rows.filter(code__in={each.code for each in readings_ if each.code is not None})
        | rows.filter(name__in={each.name for each in readings_ if each.name is not None})
    )
    for wanted in readings_:
        found = [row for row in named if wanted.fits(row.scheme, row.kind, row.code, row.name)]
        if not found:
            continue
        usable = [row for row in found if row.active]
        if len(usable) == 1:
            return usable[0]
        if not usable:
            raise Problem("case.class_closed", name=found[0].name, class_code=found[0].code)
        told = "；".join(f"{row.name}（{key_of(row.scheme, row.kind, row.code)}）" for row in usable[:12])
        raise Problem("case.ambiguous_class", class_code=text, count=len(usable), candidates=told)
    if not rows.exists():
        return None
    raise Problem("case.unknown_class", class_code=text)
