"""Panels of a submission's page: what was sent back, what does not hold, what was said."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext

from guatu.desk.form_states import RETURN_STATES
from guatu.fieldwork import reads
from guatu.fieldwork.models import Submission, SubmissionReturn
from guatu.fieldwork.reads_returns import may_mend, returns_of
from guatu.fieldwork.rules import answers as answer_rules
from guatu.fieldwork.rules import meaning
from guatu.fieldwork.rules.returns import WAITING, plain_path
from guatu.fieldwork.rules.sheet import Sheet, said
from guatu.kernel.access import Scope
from guatu.kit.states import State
from guatu.units.models import Person


def language() -> str:
    return get_language() or "zh"


@dataclass(frozen=True)
class Back:
    """One return as the page shows it. marked: (question, note); counted: how the limit was worked out."""

    row: SubmissionReturn
    state: State
    marked: list[tuple[str, str]]
    counted: list[dict[str, Any]]
    edit: str

    @property
    def waits(self) -> bool:
        return self.row.status == WAITING


def backs(row: Submission, person: Person) -> list[Back]:
    """All returns of a submission, newest first."""
    kept = returns_of(row)
    if not kept:
        return []
    sheet = reads.sheet(row.form_version)
    mends = mender(person, row)
    edit = reverse("desk:submission_correct", args=[row.id])
    return [
        Back(each, RETURN_STATES[each.status], _marked(sheet, each), _counted(each), edit if mends else "")
        for each in kept
    ]


def mender(person: Person, row: Submission) -> bool:
    """Whether it waits for this person to mend it."""
    return may_mend(person.id, row, person.unit.path if person.unit is not None else "")


def _marked(sheet: Sheet, row: SubmissionReturn) -> list[tuple[str, str]]:
    found = []
    for each in row.questions:
        path = str(each.get("path", ""))
        question = sheet.by_path.get(plain_path(path)) or sheet.group_by_path.get(plain_path(path))
        label = (said(question.label, language(), sheet) if question is not None else "") or path
        number = "-".join(answer_rules.repetition(path))
        found.append((f"{label} {number}".strip(), str(each.get("note") or "")))
    return found


def _counted(row: SubmissionReturn) -> list[dict[str, Any]]:
    return [
        {
            **line,
            "start": dt.datetime.fromisoformat(line["start"]),
            "end": dt.datetime.fromisoformat(line["end"]),
        }
        for line in row.due_lines
    ]


def noted(row: Submission) -> list[str]:
    """What the form declares and this does not hold, in words."""
    if not row.notes:
        return []
    sheet, words = reads.sheet(row.form_version), []
    personal = meaning.personal_paths(sheet, meaning.read_settings(row.form.settings))
    for note in row.notes:
        if note["kind"] == "unsure":
            count = int(note["value"] or 0)
            told = ngettext("有 %(n)s 条规则服务器无法核对。", "有 %(n)s 条规则服务器无法核对。", count)
            words.append(told % {"n": count})
            continue
        fault = answer_rules.AnswerFault(note["path"], note["kind"], note["value"], note["place"])
        words.append(answer_rules.sentence(sheet, fault, language(), personal=note["path"] in personal))
    return words


def comment_lines(row: Submission) -> list[tuple[Person | None, Any]]:
    """(who, comment), newest first."""
    rows = reads.comments(row)
    people = Person.objects.select_related("unit").in_bulk({each.by_id for each in rows if each.by_id})
    return [(people.get(each.by_id) if each.by_id else None, each) for each in rows]


def may_correct(scope: Scope, person: Person, row: Submission) -> bool:
    """Whether this person may change the answers here: by right, or because it was sent back to them."""
    return scope.allows("submission.correct", area=row.area, units=[row.unit]) or mender(person, row)
