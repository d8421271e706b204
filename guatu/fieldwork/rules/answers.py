"""Reading an envelope's instance against the sheet: typed answers by path, and what is wrong with them. Pure."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any

from guatu.fieldwork.rules import expressions
from guatu.fieldwork.rules.sheet import GEOMETRY, Question, Sheet, said
from guatu.fieldwork.rules.xforms import ORX, child, children, local

LONGEST_TEXT = 20_000
_LONGEST_ID = 200
_INT = re.compile(r"[+-]?\d{1,15}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_REPETITION = re.compile(r"\[(\d+)\]")
_ID = re.compile(r"[^\s\x00-\x1f\x7f<>\"]+")


@dataclass(frozen=True)
class Header:
    """Who the instance says it is. `problem` names what is missing: form_id, instance_id, or "" when all is there."""

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str = ""
    instance_name: str = ""
    problem: str = ""


@dataclass(frozen=True)
class AnswerFault:
    """What is wrong with one answer. place: the path with the numbers of repetitions, `/spot[2]/bags`.

    kind: required, int, decimal, date, time, datetime, geo, choice, constraint, range, long; only noted, never refused:
    irrelevant (answered though it was not to be asked), calculate (counted otherwise here), count (of repetitions).
    """

    path: str
    kind: str
    value: str = ""
    place: str = ""


@dataclass
class Answers:
    """Typed answers by path; a repeat is a list of such. files: names of the files they speak of. strange: unknown paths."""

    by_path: dict[str, Any] = field(default_factory=dict)
    faults: list[AnswerFault] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)


def read_header(root: Any) -> Header:
    """The ids of an instance (lxml root)."""
    meta = child(root, "meta")
    words = {
        name: (node.text or "").strip()
        if meta is not None and (node := child(meta, name)) is not None
        else ""
        for name in ("instanceID", "deprecatedID", "instanceName")
    }
    form_id = (root.get("id") or "").strip()
    instance_id = words["instanceID"] or (root.get("instanceID") or "").strip()
    problem = ""
    if not form_id:
        problem = "form_id"
    elif not _ID.fullmatch(instance_id) or len(instance_id) > _LONGEST_ID:
        problem = "instance_id"
    return Header(
        form_id=form_id,
        version=(root.get("version") or root.get(ORX + "version") or "").strip(),
        instance_id=instance_id,
        deprecated_id=words["deprecatedID"],
        instance_name=words["instanceName"][:200],
        problem=problem,
    )


def read_answers(sheet: Sheet, root: Any) -> Answers:
    """Every answer of the instance, typed, with its faults."""
    found = Answers()
    _walk(sheet, root, "", found.by_path, found)
    _check_required(sheet, found)
    return found


def _walk(sheet: Sheet, node: Any, above: str, into: dict[str, Any], found: Answers, *, at: str = "") -> None:
    """above: the path so far; at: the same with the numbers of repetitions."""
    for each in children(node):
        name = local(each)
        path, place = f"{above}/{name}", f"{at}/{name}"
        if path == "/meta":
            continue
        group = sheet.group_by_path.get(path)
        if group is not None and group.repeats:
            entry: dict[str, Any] = {}
            rows = into.setdefault(path, [])
            rows.append(entry)
            _walk(sheet, each, path, entry, found, at=f"{place}[{len(rows)}]")
        elif group is not None:
            _walk(sheet, each, path, into, found, at=place)
        elif (question := sheet.by_path.get(path)) is not None:
            _take(sheet, question, each, into, found, place)
        else:
            found.strange.append(path)


def _take(
    sheet: Sheet, question: Question, node: Any, into: dict[str, Any], found: Answers, place: str
) -> None:
    text = (node.text or "").strip()
    if not text:
        return
    if len(text) > LONGEST_TEXT:
        found.faults.append(AnswerFault(question.path, "long", f"{len(text)}", place))
        return
    try:
        value = typed(sheet, question, text)
    except Wrong as wrong:
        found.faults.append(AnswerFault(question.path, str(wrong), text[:200], place))
        return
    if (
        question.constraint
        and expressions.simple(question.constraint)
        and not expressions.holds(question.constraint, node)
    ):
        found.faults.append(AnswerFault(question.path, "constraint", text[:200], place))
    into[question.path] = value
    if question.type == "file":
        found.files.append(text)


class Wrong(ValueError):
    """An answer that is not of its type; the message is the fault's kind."""


def typed(sheet: Sheet, question: Question, text: str) -> Any:
    """The JSON-able value of an answer's text. Raises Wrong with the kind of fault.

    int → int; decimal → text (exact); date, time, datetime → ISO text; points → {"lat", "lon", "alt"?, "acc"?}; traces
    and shapes → list of points; choices → name or list of names; everything else → text.
    """
    if question.type in ("select_one", "select_multiple", "rank"):
        return _chosen(sheet, question, text)
    return _READERS.get(question.type, str)(text)


def _chosen(sheet: Sheet, question: Question, text: str) -> Any:
    names = [text] if question.type == "select_one" else text.split()
    known = sheet.names.get(question.choices, {})
    if not question.open_choices and any(name not in known for name in names):
        raise Wrong("choice")
    return text if question.type == "select_one" else names


def _int(text: str) -> int:
    if not _INT.fullmatch(text):
        raise Wrong("int")
    return int(text)


def _decimal(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Wrong("decimal") from None
    if not number.is_finite() or abs(number) > Decimal(10) ** 15 or len(text) > 40:
        raise Wrong("decimal")
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _date(text: str) -> str:
    try:
        # phones may send the time of day with it
        if len(text) > 10 and text[10] != "T":
            raise Wrong("date")
        return dt.date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise Wrong("date") from None


def _time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise Wrong("time")
    return text


def _datetime(text: str) -> str:
    try:
        return dt.datetime.fromisoformat(text).isoformat()
    except ValueError:
        raise Wrong("datetime") from None


def _point(text: str) -> dict[str, float]:
    try:
        numbers = [float(word) for word in text.split()]
    except ValueError:
        raise Wrong("geo") from None
    if not 2 <= len(numbers) <= 4 or not all(map(isfinite, numbers)):
        raise Wrong("geo")
    if not (abs(numbers[0]) <= 90 and abs(numbers[1]) <= 180):
        raise Wrong("geo")
    found = {"lat": numbers[0], "lon": numbers[1]}
    if len(numbers) > 2:
        found["alt"] = numbers[2]
    if len(numbers) > 3:
        found["acc"] = numbers[3]
    return found


def _points(text: str) -> list[dict[str, float]]:
    return [_point(piece) for piece in text.split(";") if piece.strip()]


_READERS: dict[str, Callable[[str], Any]] = {
    "int": _int, "decimal": _decimal, "date": _date, "time": _time, "datetime": _datetime, "geopoint": _point,
    "geotrace": _points, "geoshape": _points,
}  # fmt: skip


def _check_required(sheet: Sheet, found: Answers) -> None:
    """What is always required must be there. What depends on other answers was the phone's to decide."""
    faulty = {fault.path for fault in found.faults}
    for question in sheet.questions:
        if (
            not question.required
            or not question.asked
            or question.path in faulty
            or _depends(sheet, question)
        ):
            continue
        for entry in _entries(found.by_path, question.repeat):
            if question.path not in entry:
                found.faults.append(AnswerFault(question.path, "required"))
                break


def _depends(sheet: Sheet, question: Question) -> bool:
    if question.relevant:
        return True
    path = question.path
    while path:
        path = path.rpartition("/")[0]
        group = sheet.group_by_path.get(path)
        if group is not None and group.relevant:
            return True
    return False


def _entries(by_path: dict[str, Any], repeat: str) -> list[dict[str, Any]]:
    """The dictionaries that hold the questions of a repeat ("" for the top)."""
    if not repeat:
        return [by_path]
    found: list[dict[str, Any]] = []
    for key, value in by_path.items():
        if key == repeat:
            found += value
        elif isinstance(value, list) and repeat.startswith(key + "/"):
            for entry in value:
                if isinstance(entry, dict):
                    found += _entries(entry, repeat)
    return found


def values(by_path: dict[str, Any], question: Question) -> list[Any]:
    """All answers to a question: one at most outside repeats."""
    return [entry[question.path] for entry in _entries(by_path, question.repeat) if question.path in entry]


_ZH = {
    "required": "“{label}”必须填写。", "int": "“{label}”应为整数，收到的是“{value}”。", "decimal": "“{label}”应为数字，收到的是“{value}”。",
    "date": "“{label}”应为日期（如 2021-09-16），收到的是“{value}”。", "time": "“{label}”应为时间（如 09:30），收到的是“{value}”。",
    "datetime": "“{label}”应为日期和时间，收到的是“{value}”。", "geo": "“{label}”应为经纬度，收到的是“{value}”。",
    "choice": "“{label}”没有“{value}”这个选项。", "constraint": "“{label}”填写的“{value}”不符合要求。",
    "long": "“{label}”太长（{value} 字），最多 20000 字。", "range": "“{label}”填写的“{value}”超出了范围。",
    "irrelevant": "“{label}”按表单的规则不必回答，却填了“{value}”。", "count": "“{label}”有 {value} 组，与表单规定的组数不同。",
    "calculate": "“{label}”由表单算出，收到的是“{value}”，与服务器算的不同。",
}  # fmt: skip
_EN = {
    "required": "“{label}” must be answered.", "int": "“{label}” must be a whole number, not “{value}”.",
    "decimal": "“{label}” must be a number, not “{value}”.", "date": "“{label}” must be a date such as 2021-09-16, not “{value}”.",
    "time": "“{label}” must be a time such as 09:30, not “{value}”.", "datetime": "“{label}” must be a date and time, not “{value}”.",
    "geo": "“{label}” must be latitude and longitude, not “{value}”.", "choice": "“{label}” has no choice “{value}”.",
    "constraint": "“{value}” is not allowed for “{label}”.", "long": "“{label}” is too long ({value} characters; 20000 at most).",
}  # fmt: skip


def repetition(place: str) -> list[str]:
    """The numbers of repetitions in a place: `/spot[2]/bags` → ["2"]."""
    return _REPETITION.findall(place)


def sentence(sheet: Sheet, fault: AnswerFault, language: str, *, personal: bool = False) -> str:
    """What is wrong with an answer, in words; the form's own sentence for a constraint. Personal values are not repeated."""
    question, chinese = sheet.by_path.get(fault.path), language.startswith("zh")
    holder = question if question is not None else sheet.group_by_path.get(fault.path)
    label = (said(holder.label, language, sheet) if holder else "") or fault.path.lstrip("/")
    if numbers := repetition(fault.place):
        label += f"（第 {'-'.join(numbers)} 组）" if chinese else f" (no. {'-'.join(numbers)})"
    value = "…" if personal else fault.value
    words = (_ZH if chinese else _EN)[fault.kind].format(label=label, value=value)
    own = said(question.message, language, sheet) if question and fault.kind == "constraint" else ""
    if not own:
        return words
    return f"“{label}”：{own}（填写的是“{value}”）" if chinese else f"“{label}”: {own} (“{value}” was given)"


def shown(sheet: Sheet, question: Question, value: Any, language: str) -> str:
    """An answer as a person reads it: labels for choices, degrees for points."""
    if value in (None, ""):
        return ""
    if question.type in ("select_one", "select_multiple", "rank"):
        names = value if isinstance(value, list) else [value]
        words = [
            said(choice.label, language, sheet) or name
            if (choice := sheet.choice(question, name))
            else str(name)
            for name in names
        ]
        return ("、" if language.startswith("zh") else ", ").join(words)
    if question.type in GEOMETRY:
        points = value if isinstance(value, list) else [value]
        return "; ".join(f"{point['lat']:.6f}, {point['lon']:.6f}" for point in points)
    return str(value)
