"""What a class of cases asks whoever reports one: Open311's attributes, as data of a pack. Pure.

A question is written as a table: code, datatype, required, description, order, values. `read_questions` turns the data
into questions and says what is wrong with it; `check_answers` says what is wrong with what somebody answered.
"""

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

DATATYPES = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")
LISTS = ("singlevaluelist", "multivaluelist")
LONGEST = {"string": 500, "text": 4000}
MOST_UNKNOWN = 20  # answers to questions nobody asked: kept, within reason

_CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$")
_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)$")
_MOMENT = re.compile(
    r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?\s*(Z|[+-]\d\d:?\d\d)?)?$", re.IGNORECASE
)
_KEYS = {
    "code", "datatype", "required", "variable", "description", "description_en", "datatype_description",
    "datatype_description_en", "order", "values",
}  # fmt: skip


@dataclass(frozen=True)
class Value:
    """One answer that may be chosen."""

    key: str
    name: str
    name_en: str = ""


@dataclass(frozen=True)
class Question:
    """One question. variable: False for words that are only shown. values: of the two kinds of list."""

    code: str
    datatype: str = "string"
    required: bool = False
    description: str = ""
    description_en: str = ""
    datatype_description: str = ""
    datatype_description_en: str = ""
    order: int = 1
    variable: bool = True
    values: tuple[Value, ...] = field(default=())

    def name_of(self, key: str, *, english: bool = False) -> str:
        """What a chosen key is called; the key itself when it is no longer offered."""
        for value in self.values:
            if value.key == key:
                return value.name_en if english and value.name_en else value.name
        return key

    def as_data(self) -> dict[str, Any]:
        """As it stands in `CaseClass.questions`."""
        data: dict[str, Any] = {
            "code": self.code, "datatype": self.datatype, "required": self.required, "variable": self.variable,
            "description": self.description, "order": self.order,
        }  # fmt: skip
        for name in ("description_en", "datatype_description", "datatype_description_en"):
            if getattr(self, name):
                data[name] = getattr(self, name)
        if self.values:
            data["values"] = [
                {"key": each.key, "name": each.name} | ({"name_en": each.name_en} if each.name_en else {})
                for each in self.values
            ]
        return data


class QuestionError(ValueError):
    """What is wrong with a question as written. where: 2 or 2.values; why: code, twice, datatype, values, unknown, order."""

    def __init__(self, where: str, why: str, said: str = "") -> None:
        super().__init__(f"question {where}: {why} {said}".strip())
        self.where, self.why, self.said = where, why, said


def read_questions(data: Any) -> tuple[Question, ...]:
    """Questions from their data, in the order they are asked (1..n, without gaps). Raises `QuestionError`."""
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise QuestionError("", "table", str(data)[:60])
    found: list[Question] = []
    for count, given in enumerate(data, 1):
        question = _question(count, given)
        if question.code in {each.code for each in found}:
            raise QuestionError(str(count), "twice", question.code)
        found.append(question)
    ordered = sorted(found, key=lambda each: each.order)
    return tuple(
        Question(**{**vars(each), "order": order})  # 1..n, whatever gaps were written
        for order, each in enumerate(ordered, 1)
    )


def _question(count: int, given: Any) -> Question:
    where = str(count)
    if not isinstance(given, Mapping):
        raise QuestionError(where, "table", str(given)[:60])
    if strange := sorted(set(map(str, given)) - _KEYS):
        raise QuestionError(where, "unknown", ", ".join(strange))
    code = str(given.get("code", "")).strip()
    if not _CODE.match(code):
        raise QuestionError(where, "code", code)
    datatype = str(given.get("datatype", "string"))
    if datatype not in DATATYPES:
        raise QuestionError(where, "datatype", datatype)
    order = given.get("order", count)
    if not isinstance(order, int) or isinstance(order, bool):
        raise QuestionError(where, "order", str(order))
    values = _values(where, given.get("values") or ())
    if (datatype in LISTS) != bool(values):
        raise QuestionError(f"{where}.values", "values", datatype)
    words = {
        name: str(given.get(name) or "")
        for name in ("description", "description_en", "datatype_description", "datatype_description_en")
    }
    return Question(
        code=code, datatype=datatype, required=bool(given.get("required", False)), order=order,
        variable=bool(given.get("variable", True)), values=values, **words,
    )  # fmt: skip


def _values(where: str, given: Any) -> tuple[Value, ...]:
    found: list[Value] = []
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise QuestionError(f"{where}.values", "table", str(given)[:60])
    for each in given:
        if not isinstance(each, Mapping) or not str(each.get("key", "")).strip():
            raise QuestionError(f"{where}.values", "values", str(each)[:60])
        key = str(each["key"]).strip()
        if key in {value.key for value in found}:
            raise QuestionError(f"{where}.values", "twice", key)
        found.append(Value(key, str(each.get("name") or key), str(each.get("name_en") or "")))
    return tuple(found)


def asks(questions: Iterable[Question]) -> bool:
    """Whether there is anything to know beyond the ordinary: Open311's `metadata`."""
    return any(True for _ in questions)


@dataclass(frozen=True)
class AnswerFault:
    """What is wrong with one answer. why: required, not_a_choice, one_only, number, datetime, long."""

    code: str
    why: str
    said: str = ""
    allowed: str = ""


def check_answers(
    questions: Sequence[Question], given: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], list[AnswerFault]]:
    """What was answered, cleaned, and everything that is wrong with it.

    given: code → texts as they came. An empty text is no answer. A list of several is kept as a list of keys, all else as
    one text. Answers to questions that are not asked are kept as text: the sender may know a newer list than we do.
    """
    answers: dict[str, Any] = {}
    faults: list[AnswerFault] = []
    asked = {question.code: question for question in questions if question.variable}
    for code, question in asked.items():
        texts = [text.strip() for text in given.get(code, ()) if text.strip()]
        if not texts:
            if question.required:
                faults.append(AnswerFault(code, "required"))
            continue
        wrong = _wrong(question, texts)
        if wrong is not None:
            faults.append(wrong)
        else:
            many = question.datatype == "multivaluelist"
            answers[code] = list(dict.fromkeys(texts)) if many else texts[0]
    strange = [code for code in given if code not in asked and _CODE.match(code)]
    for code in strange[:MOST_UNKNOWN]:
        if text := ", ".join(text.strip() for text in given[code] if text.strip()):
            answers[code] = text[: LONGEST["string"]]
    return answers, faults


def _wrong(question: Question, texts: Sequence[str]) -> AnswerFault | None:
    code, datatype = question.code, question.datatype
    if datatype in LISTS:
        keys = [value.key for value in question.values]
        for text in texts:
            if text not in keys:
                return AnswerFault(code, "not_a_choice", text[:60], ", ".join(keys[:40]))
    if datatype != "multivaluelist" and len(set(texts)) > 1:
        return AnswerFault(code, "one_only", ", ".join(texts)[:60])
    text = texts[0]
    if datatype == "number" and not (_NUMBER.match(text) and math.isfinite(float(text))):
        return AnswerFault(code, "number", text[:60])
    if datatype == "datetime" and not _is_moment(text):
        return AnswerFault(code, "datetime", text[:60])
    longest = LONGEST.get(datatype)
    if longest is not None and len(text) > longest:
        return AnswerFault(code, "long", str(len(text)), str(longest))
    return None


def _is_moment(text: str) -> bool:
    if not _MOMENT.match(text):
        return False
    try:
        dt.datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
    except ValueError:
        return False
    return True
