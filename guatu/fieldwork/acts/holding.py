"""Holding what came in against what its form declares: which faults refuse it, which are only noted. Writes nothing."""

from typing import Any
from uuid import UUID

from guatu.fieldwork.models import Form, FormMedia, FormVersion
from guatu.fieldwork.rules import answers, validation
from guatu.fieldwork.rules.answers import AnswerFault, Answers
from guatu.fieldwork.rules.meaning import Settings
from guatu.fieldwork.rules.sheet import Sheet
from guatu.fieldwork.rules.validation_form import Declared, declared
from guatu.kernel import xml
from guatu.kernel.problems import Problem

MARK = "mark"
_MOST_KEPT = 100  # versions in memory
_MOST_SENTENCES, _MOST_NOTES = 5, 50
_declared: dict[tuple[UUID, str], Declared] = {}


def declared_of(version: FormVersion) -> Declared:
    """What a version declares, kept in memory: a version never changes under the same hash."""
    key = (version.id, version.hash)
    found = _declared.get(key)
    if found is None:
        if len(_declared) >= _MOST_KEPT:
            _declared.clear()

        def read_file(name: str) -> bytes | None:
            kept = FormMedia.objects.filter(form_version=version.id, name=name).first()
            return bytes(kept.content) if kept is not None else None

        root = xml.parse(version.xml.encode(), version.name)
        found = _declared[key] = declared(root, read_file, _parsed)
    return found


def _parsed(content: bytes) -> Any:
    try:
        return xml.parse(content, "XML")
    except Problem:
        return None


def hold(
    letter: Any, sheet: Sheet, settings: Settings, found: Answers, personal: frozenset[str]
) -> tuple[Problem | None, list[dict[str, str]]]:
    """(the refusal, or None; what is noted with the submission as [{path, place, kind, value}]).

    Refused: what is not of its type, and what breaks a required, constraint or choice of the version phones get now. Only
    noted: all of it when the form's settings say `mark`; from an older version, or a client that has held it against the
    form itself, everything but the types; what depends on a clock; values nobody asked for, counts, calculations.
    """
    form, version = letter.form, letter.version
    more, unsure = validation.check(declared_of(version), letter.root, letter.received_at)
    lenient = letter.envelope.checked or _is_old(form, version)
    # what both looks found is told once, by the one that knows the repetition
    twice = {(each.fault.path, each.fault.kind) for each in more if each.fault.kind != "choice"}
    faults = [fault for fault in found.faults if (fault.path, fault.kind) not in twice]
    ruled = [fault for fault in faults if lenient and fault.kind in ("required", "constraint")]
    refused = {_key(fault): fault for fault in faults if fault not in ruled}
    noted = {_key(fault): fault for fault in ruled}
    broken = {fault.place or fault.path for fault in faults if fault.kind not in ("required", "constraint")}
    for each in more:
        if each.fault.place in broken and each.fault.kind in ("constraint", "choice", "range"):
            continue  # said already: it is not of its type
        refusing = each.sure and each.fault.kind in validation.REFUSING and not lenient
        (refused if refusing else noted).setdefault(_key(each.fault), each.fault)
    if settings.validation == MARK:
        noted, refused = {**refused, **noted}, {}
    if refused:
        return _refusal(list(refused.values()), sheet, letter.envelope.language, personal), []
    notes = [_note(fault, personal) for fault in list(noted.values())[:_MOST_NOTES]]
    return None, notes + (
        [{"path": "", "place": "", "kind": "unsure", "value": str(unsure)}] if unsure else []
    )


def _is_old(form: Form, version: FormVersion) -> bool:
    return form.current_id is not None and form.current_id != version.id


def _key(fault: AnswerFault) -> tuple[str, str, str]:
    return fault.place or fault.path, fault.kind, fault.value


def _note(fault: AnswerFault, personal: frozenset[str]) -> dict[str, str]:
    value = "" if fault.path in personal else fault.value
    return {"path": fault.path, "place": fault.place or fault.path, "kind": fault.kind, "value": value}


def _refusal(faults: list[AnswerFault], sheet: Sheet, language: str, personal: frozenset[str]) -> Problem:
    words = [answers.sentence(sheet, fault, language, personal=fault.path in personal) for fault in faults]
    questions = [
        {"path": fault.place or fault.path, "note": said} for fault, said in zip(faults, words, strict=True)
    ]
    return Problem(
        "submission.bad_answers", count=len(faults), sentences=" ".join(words[:_MOST_SENTENCES]),
        faults=words[:_MOST_SENTENCES], questions=questions,
    )  # fmt: skip
