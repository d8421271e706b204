"""What a submission counts for: its kind, area, day, measures and attributes, chosen by settings or by good sense. Pure."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from guatu.fieldwork.rules.answers import values
from guatu.fieldwork.rules.sheet import NUMBERS, Question, Sheet, said
from guatu.kernel.workcalendar import UNITS

DEFAULT_KIND = "submission"
_LONGEST_ATTRIBUTE = 80
_MOST_ATTRIBUTES = 16


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a form's submissions are counted. Everything may be left out: then names and types decide.

    kind, category: of the facts (default: `submission`, the form's code). area_field, date_field, activity_field,
    title_field: names of questions. measures: names of the numbers that are summed (None: all numbers). attributes:
    names of choices to filter and group by (None: all single choices). personal: question → whether it is personal
    (sealed); left out, names such as 手机 decide. public: anybody may send, without signing in. validation: `mark` takes what
    breaks the form's own rules and notes it ("" or `refuse`: refused). return_limit, return_unit: how long a collector has for
    what was sent back (kernel.workcalendar.UNITS).
    """

    kind: str = DEFAULT_KIND
    category: str = ""
    area_field: str = ""
    date_field: str = ""
    activity_field: str = ""
    title_field: str = ""
    measures: list[str] | None = None
    attributes: list[str] | None = None
    personal: dict[str, bool] = {}
    public: bool = False
    validation: str = ""
    return_limit: float = 1
    return_unit: str = "work_day"


class SettingsError(ValueError):
    """Settings that cannot be meant: which key, and what would be right."""


def read_settings(kept: Mapping[str, Any], sheet: Sheet | None = None) -> Settings:
    """Settings from data; with a sheet, every named question must exist. Raises SettingsError."""
    try:
        settings = msgspec.convert(dict(kept), Settings)
    except msgspec.ValidationError as wrong:
        raise SettingsError(str(wrong)) from None
    if settings.validation not in ("", "refuse", "mark"):
        raise SettingsError(f"validation: {settings.validation}")
    if settings.return_unit not in UNITS or not 0.01 <= settings.return_limit <= 365:
        raise SettingsError(f"return_limit: {settings.return_limit} {settings.return_unit}")
    if sheet is not None:
        named = [settings.area_field, settings.date_field, settings.activity_field, settings.title_field]
        named += [*(settings.measures or ()), *(settings.attributes or ()), *settings.personal]
        missing = next((name for name in named if name and sheet.named(name) is None), None)
        if missing is not None:
            raise SettingsError(f"{missing}: no such question in the form")
    return settings


_AREA_NAMES = (
    # smallest first: the smallest area that is named wins
    re.compile(r"(?i)^(grid|grid_code|wangge|网格|网格编码|管理网格)$"),
    re.compile(
        r"(?i)^(committee|community|village|neighbou?rhood|juwei|juweihui|cunju|居委|居委会|村居|居村|村居委|社区|村委)$"
    ),
    re.compile(
        r"(?i)^(street|town|street_town|jiezhen|jiedao|街镇|街道|镇|乡镇|街道镇|所属街镇|所在街镇|属地)$"
    ),
    re.compile(r"(?i)^(area|area_code|region|district|quyu|区域|所在区域|所属区域|区)$"),
)
_PERSONAL = re.compile(
    r"(?i)(手机|电话|身份证|证件号|护照|姓名|住址|家庭地址|银行卡)"
    r"|(^|_)(phone|mobile|tel|telephone|id_?card|id_?no|passport|full_?name|person_?name|home_?address|email)(_|$)"
)
_PERSONAL_PRELOADS = ("phonenumber", "email", "simserial", "subscriberid")


def is_personal(question: Question, settings: Settings) -> bool:
    """Whether the answer is sealed: said so, or named like something that belongs to a person."""
    for name in (question.path, question.name):
        if name in settings.personal:
            return settings.personal[name]
    if question.preload in _PERSONAL_PRELOADS:
        return True
    if question.type not in ("text", "int", "barcode"):
        return False
    return bool(_PERSONAL.search(question.name)) or any(
        _PERSONAL.search(text) for text in question.label.values()
    )


def personal_paths(sheet: Sheet, settings: Settings) -> frozenset[str]:
    return frozenset(question.path for question in sheet.questions if is_personal(question, settings))


def area_questions(sheet: Sheet, settings: Settings) -> list[Question]:
    """Questions whose answer may name the area, best first."""
    if settings.area_field:
        chosen = sheet.named(settings.area_field)
        return [chosen] if chosen is not None else []
    asked = [
        question
        for question in sheet.questions
        if question.type in ("select_one", "text") and not question.repeat
    ]
    return [
        question
        for pattern in _AREA_NAMES
        for question in asked
        if pattern.match(question.name) or any(pattern.match(text) for text in question.label.values())
    ]


def point_question(sheet: Sheet, settings: Settings) -> Question | None:
    """The first question that gives a point on the map."""
    if settings.area_field:
        chosen = sheet.named(settings.area_field)
        if chosen is not None and chosen.type == "geopoint":
            return chosen
    return next((q for q in sheet.questions if q.type == "geopoint" and not q.repeat), None)


def day_question(sheet: Sheet, settings: Settings) -> Question | None:
    """The question that says when it happened: the chosen one, the first day asked, the phone's own start."""
    if settings.date_field:
        return sheet.named(settings.date_field)
    dated = [q for q in sheet.questions if q.type in ("date", "datetime") and not q.repeat]
    return next((q for q in dated if q.control), None) or next(
        (q for q in dated if q.preload in ("today", "start")), None
    )


def measure_questions(sheet: Sheet, settings: Settings) -> dict[str, Question]:
    """{measure's name: question}. A name that two questions share becomes its path with dots."""
    if settings.measures is not None:
        return {name: question for name in settings.measures if (question := sheet.named(name)) is not None}
    numbers = [q for q in sheet.questions if q.type in NUMBERS and not is_personal(q, settings)]
    twice = {q.name for q in numbers if sum(other.name == q.name for other in numbers) > 1}
    return {(q.path[1:].replace("/", ".") if q.name in twice else q.name): q for q in numbers}


def attribute_questions(sheet: Sheet, settings: Settings) -> list[Question]:
    personal = personal_paths(sheet, settings)
    if settings.attributes is not None:
        chosen = [question for name in settings.attributes if (question := sheet.named(name)) is not None]
    else:
        chosen = [q for q in sheet.questions if q.type == "select_one" and not q.repeat][:_MOST_ATTRIBUTES]
    return [question for question in chosen if question.path not in personal]


@dataclass(frozen=True)
class Meaning:
    """What a submission counts for, before its area is looked up."""

    kind: str
    category: str
    measures: dict[str, str]
    attributes: dict[str, str]
    area_words: tuple[str, ...]  # codes or names, best first
    point: tuple[float, float] | None  # lon, lat (WGS84)
    day: str  # ISO date or datetime; "" when no answer says
    activity: str
    title: str

    def kept(self) -> dict[str, Any]:
        """The part that is stored with the submission and becomes its fact."""
        return {
            "kind": self.kind,
            "category": self.category,
            "measures": self.measures,
            "attributes": self.attributes,
        }


def meaning_of(
    sheet: Sheet,
    settings: Settings,
    answers: dict[str, Any],
    *,
    code: str,
    name: str = "",
    language: str = "zh",
) -> Meaning:
    """The meaning of typed answers (clear ones; personal answers never enter it).

    code: the form's, the category when the settings name none. name: meta/instanceName.
    """
    personal = personal_paths(sheet, settings)
    answered = _first(answers)
    point = point_question(sheet, settings)
    at = answered(point) if point is not None else None
    day = day_question(sheet, settings)
    activity = sheet.named(settings.activity_field) if settings.activity_field else sheet.named("activity")
    attributes = {
        question.name: str(value)[:_LONGEST_ATTRIBUTE]
        for question in attribute_questions(sheet, settings)
        if (value := answered(question)) not in (None, "")
    }
    activity_word = (
        str(answered(activity) or "") if activity is not None and activity.path not in personal else ""
    )
    if activity_word:
        attributes["activity"] = activity_word[:_LONGEST_ATTRIBUTE]
    return Meaning(
        kind=settings.kind or DEFAULT_KIND,
        category=settings.category or code,
        measures=_measures(sheet, settings, answers),
        attributes=attributes,
        area_words=tuple(_area_words(sheet, settings, answered)),
        point=(at["lon"], at["lat"]) if isinstance(at, dict) else None,
        day=str((answered(day) if day is not None else None) or ""),
        activity=activity_word,
        title=_title(sheet, settings, answered, personal, name, language),
    )


def _first(answers: dict[str, Any]) -> Any:
    def answered(question: Question) -> Any:
        found = values(answers, question)
        return found[0] if found else None

    return answered


def _measures(sheet: Sheet, settings: Settings, answers: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, question in measure_questions(sheet, settings).items():
        numbers = [number for value in values(answers, question) if (number := _number(value)) is not None]
        if numbers:
            found[name] = format(sum(numbers, Decimal(0)), "f")
    return found


def _number(value: Any) -> Decimal | None:
    """A calculated answer is text on the wire; NaN (an empty sum) is no number."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else None


def _area_words(sheet: Sheet, settings: Settings, answered: Any) -> list[str]:
    words: list[str] = []
    for question in area_questions(sheet, settings):
        value = answered(question)
        if not isinstance(value, str):
            continue
        words.append(value)
        choice = sheet.choice(question, value)
        if choice is not None:
            words += [text for text in choice.label.values() if text]
    return words


def _title(
    sheet: Sheet, settings: Settings, answered: Any, personal: frozenset[str], name: str, language: str
) -> str:
    chosen = sheet.named(settings.title_field) if settings.title_field else None
    if chosen is not None and chosen.path not in personal:
        value = answered(chosen)
        choice = sheet.choice(chosen, value) if isinstance(value, str) else None
        return (said(choice.label, language, sheet) if choice else str(value or ""))[:200]
    if name and not personal:  # an instance name may be put together from personal answers
        return name[:200]
    for question in sheet.questions:
        if (
            question.type == "text"
            and question.control
            and not question.repeat
            and question.path not in personal
        ):
            value = answered(question)
            if value:
                return str(value)[:80]
    return ""


def happened(day: str, received_at: dt.datetime) -> tuple[dt.datetime, dt.date]:
    """(moment, day) of what the answer says; received_at is aware, in the office's zone.

    A day alone, when it is the day of reception, means the time of reception; an earlier day means its last second,
    because by then it was true. What lies ahead happened (as a report) when it was received, and keeps its own day.
    """
    if not day:
        return received_at, received_at.date()
    if len(day) > 10:
        moment = dt.datetime.fromisoformat(day)
        moment = (
            moment.replace(tzinfo=received_at.tzinfo)
            if moment.tzinfo is None
            else moment.astimezone(received_at.tzinfo)
        )
        return min(moment, received_at), moment.date()
    on = dt.date.fromisoformat(day)
    if on >= received_at.date():
        return received_at, on
    return dt.datetime.combine(on, dt.time(23, 59, 59), tzinfo=received_at.tzinfo), on


def split_personal(
    answers: dict[str, Any], personal: frozenset[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(clear, personal): personal answers leave the clear ones; keys of repeats carry their position: "/r[2]/phone"."""
    clear: dict[str, Any] = {}
    sealed: dict[str, Any] = {}

    def walk(entry: dict[str, Any], into: dict[str, Any], mark: str) -> None:
        for path, value in entry.items():
            if isinstance(value, list) and value and isinstance(value[0], dict) and "lat" not in value[0]:
                into[path] = []
                for number, row in enumerate(value, 1):
                    fresh: dict[str, Any] = {}
                    into[path].append(fresh)
                    walk(row, fresh, f"{mark}{path}[{number}]")
            elif path in personal:
                sealed[f"{mark}{path}" if mark else path] = value
            else:
                into[path] = value

    walk(answers, clear, "")
    return clear, sealed
