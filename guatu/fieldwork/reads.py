"""What doors ask about forms and submissions. Every function takes the reader's scope first."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from guatu.campaigns import reads as campaign_reads
from guatu.campaigns.models import Campaign
from guatu.fieldwork import problems as problems
from guatu.fieldwork.models import (
    Aside,
    DeviceKey,
    Envelope,
    Form,
    FormMedia,
    FormVersion,
    Receipt,
    Submission,
    SubmissionComment,
)
from guatu.fieldwork.reads_returns import sent_back
from guatu.fieldwork.rules import meaning
from guatu.fieldwork.rules.answers import read_answers, shown
from guatu.fieldwork.rules.lifecycle import LISTED, WITHDRAWN
from guatu.fieldwork.rules.sheet import Question, Sheet, said, unpack
from guatu.kernel import secrets, xml
from guatu.kernel.access import Scope, predicate
from guatu.kernel.problems import Problem
from guatu.units.models import Person

FORM_RIGHT, RIGHT = "form.read", "submission.read"


def forms(scope: Scope, campaign: Campaign | None = None) -> QuerySet[Form]:
    """The forms of campaigns that concern the reader. A form is the campaign's, not a street's."""
    rows = Form.objects.select_related("campaign", "current").defer(
        "current__xml", "current__source", "current__questions", "current__warnings"
    )
    if not scope.may(FORM_RIGHT):
        return rows.none()
    if campaign is not None:
        rows = rows.filter(campaign=campaign)
    return rows.filter(campaign__in=campaign_reads.campaigns(scope))


def form(scope: Scope, form_id: UUID | str) -> Form:
    """One form. Raises access.not_found."""
    found = forms(scope).filter(id=form_id).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def counts(scope: Scope, forms: Iterable[Form]) -> dict[UUID, tuple[int, Any]]:
    """Form → (how many submissions the reader may see, the latest one's time); withdrawn ones are not counted."""
    rows = submissions(scope).filter(form__in=list(forms)).exclude(status=WITHDRAWN).order_by()
    return {
        row["form"]: (row["count"], row["latest"])
        for row in rows.values("form").annotate(count=Count("id"), latest=Max("received_at"))
    }


def listed_forms(campaign: Campaign, code: str = "") -> list[FormVersion]:
    """The versions that phones are told of; the door has checked who asks. Without the bulky columns."""
    rows = FormVersion.objects.filter(
        form__campaign=campaign, form__status__in=LISTED, form__current__id__isnull=False
    )
    rows = rows.filter(id__in=Form.objects.filter(campaign=campaign).values("current"))
    rows = rows.filter(form__code=code) if code else rows
    return list(
        rows.select_related("form").defer("xml", "source", "questions", "warnings")
        .annotate(files=Count("media")).order_by("form__name", "form__code")
    )  # fmt: skip


def version_of(campaign: Campaign, code: str, version: str = "") -> FormVersion:
    """A published version by the form's code ("" = the current one), for phones. Raises submission.no_such_form."""
    rows = FormVersion.objects.filter(form__campaign=campaign, form__code=code, published_at__isnull=False)
    rows = rows.select_related("form").defer("source")
    if version:
        found = rows.filter(version=version).first()
    else:
        found = rows.filter(
            id__in=Form.objects.filter(campaign=campaign, code=code).values("current")
        ).first()
    if found is None:
        raise Problem("submission.no_such_form", code=code)
    return found


def draft_of(form: Form) -> FormVersion | None:
    """The version being worked on: the newest one that is not published, unless a later one was."""
    rows = form.versions.select_related("form__campaign").order_by("-made_at", "-id")
    newest = rows.filter(published_at=None).first()
    if newest is None or (form.current is not None and form.current.made_at > newest.made_at):
        return None
    return newest


def media_of(version: FormVersion) -> list[FormMedia]:
    """The files of a version, without their bytes."""
    return list(version.media.defer("content").order_by("name"))


def media(version: FormVersion, name: str) -> FormMedia:
    """One file with its bytes. Raises access.not_found."""
    found = version.media.filter(name=name).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def key_of(token_hash: str) -> DeviceKey | None:
    """The living key with this hash, with its person and campaign."""
    rows = DeviceKey.objects.filter(token_hash=token_hash, ended_at=None, person__is_active=True)
    return rows.select_related("person", "person__unit", "campaign").first()


def key_by_name(username: str) -> tuple[DeviceKey, dict[str, str]] | None:
    """The living key of this user name with what is kept of its password (algorithm → HA1), for HTTP Digest."""
    rows = DeviceKey.objects.filter(digest_name=username, ended_at=None, person__is_active=True)
    found = rows.select_related("person", "person__unit", "campaign").first()
    if found is None:
        return None
    kept: dict[str, str] = json.loads(secrets.open_office("digest", found.digest_sealed))
    return found, kept


def keys(scope: Scope, campaign: Campaign) -> list[DeviceKey]:
    """Keys of phones in a campaign: all of them for who may edit forms, else one's own."""
    rows = (
        DeviceKey.objects.filter(campaign=campaign)
        .select_related("person__unit")
        .order_by("ended_at", "-made_at")
    )
    if not scope.allows("form.edit", area=campaign.area):
        rows = rows.filter(person__in=[scope.person_id] if scope.person_id else [])
    return list(rows)


def submissions(scope: Scope, form: Form | None = None) -> QuerySet[Submission]:
    """The submissions the reader may see: in the areas, of the units, and those sent by the reader."""
    seen = predicate(scope, RIGHT, units=("unit",))
    if scope.person_id is not None:
        seen |= Q(by_id=scope.person_id)
    rows = Submission.objects.filter(seen).defer("sealed")
    return rows.filter(form=form) if form is not None else rows


def submission(scope: Scope, submission_id: UUID | str) -> Submission:
    """One submission with its form and version. Raises access.not_found."""
    rows = submissions(scope).filter(id=submission_id).select_related("form", "form_version", "campaign")
    found = rows.defer("sealed", "form_version__source", "form_version__warnings").first()
    if found is None and sent_back(scope, [submission_id]):  # somebody else's, handed to the reader to mend
        found = Submission.objects.select_related("form", "form_version", "campaign").get(id=submission_id)
    if found is None:
        raise Problem("access.not_found")
    return found


def of_activity(scope: Scope, activity_id: UUID) -> QuerySet[Submission]:
    """The submissions that report an activity, newest first."""
    return (
        submissions(scope).filter(activity_id=activity_id).exclude(status=WITHDRAWN).order_by("-received_at")
    )


def envelopes(row: Submission) -> list[Envelope]:
    """What was received for a submission, oldest first. The caller has read it through `submission`."""
    return list(
        Envelope.objects.filter(home=row.home, submission_id=row.id).select_related("form_version").defer(
            "form_version__xml", "form_version__source", "form_version__questions"
        ).order_by("received_at", "id")
    )  # fmt: skip


def xml_of(kept: Envelope | Aside) -> bytes:
    """The bytes as received, opened when they are sealed. The caller has logged who looks and why."""
    if not kept.sealed:
        return bytes(kept.xml)
    return secrets.open_sealed(kept.submission_id, f"envelope:{kept.sha256}", bytes(kept.xml)).encode(
        "latin-1"
    )


def first_ids(rows: Iterable[Submission]) -> dict[UUID, str]:
    """{submission: the instance id it came in under}. An edit gives a new one; other programs go by the first."""
    rows = list(rows)
    found = {row.id: row.instance_id for row in rows}
    edited = [row for row in rows if row.edits]
    if edited:
        kept = Envelope.objects.filter(
            home__in={row.home for row in edited}, submission_id__in=[row.id for row in edited]
        )
        for submission_id, instance_id in kept.order_by("-received_at", "-id").values_list(
            "submission_id", "instance_id"
        ):
            found[submission_id] = instance_id
    return found


def changed_at(rows: Iterable[Submission]) -> dict[UUID, Any]:
    """{submission: when its answers were last edited}; those never edited are left out."""
    edited = [row for row in rows if row.edits]
    if not edited:
        return {}
    kept = Envelope.objects.filter(
        home__in={row.home for row in edited}, submission_id__in=[row.id for row in edited]
    )
    latest = kept.values("submission_id").annotate(latest=Max("received_at")).order_by()
    return dict(latest.values_list("submission_id", "latest"))


def by_instance(scope: Scope, form: Form, instance_id: str) -> Submission:
    """A submission of a form by any of its instance ids. Raises access.not_found."""
    kept = Receipt.objects.filter(instance_id=instance_id[:200]).values_list("submission_id", flat=True)
    rows = submissions(scope, form).filter(id__in=kept).select_related("form__campaign", "form_version")
    found = rows.defer("sealed", "form_version__source", "form_version__warnings").first()
    if found is None or "\x00" in instance_id:
        raise Problem("access.not_found")
    return found


def comments(row: Submission) -> list[SubmissionComment]:
    """What was said about a submission, newest first. The caller has read it through `submission`."""
    return list(SubmissionComment.objects.filter(submission_id=row.id).order_by("-at", "-id"))


def asides(scope: Scope, form: Form | None = None, *, open_only: bool = True) -> QuerySet[Aside]:
    """Second copies waiting for a look, where the reader may correct."""
    rows = Aside.objects.filter(predicate(scope, "submission.review")).select_related("form")
    rows = rows.filter(form=form) if form is not None else rows
    return (rows.filter(outcome="") if open_only else rows).order_by("-received_at")


def aside(scope: Scope, aside_id: UUID | str) -> Aside:
    """One second copy. Raises access.not_found."""
    found = asides(scope, open_only=False).filter(id=aside_id).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def sheet(version: FormVersion) -> Sheet:
    """What a version asks."""
    return unpack(version.questions)


@dataclass(frozen=True)
class AnswerLine:
    """One line of a filled form as a person reads it. depth: how deep in groups. text: "" when not answered or sealed."""

    path: str
    label: str
    text: str
    kind: str  # group, repeat, answer
    depth: int = 0
    sealed: bool = False
    question: Question | None = None
    value: Any = None


def answer_lines(row: Submission, language: str) -> list[AnswerLine]:
    """The answers of a submission in the form's order, with labels; repeats are numbered."""
    asked = sheet(row.form_version)
    settings = meaning.read_settings(row.form.settings)
    personal = meaning.personal_paths(asked, settings)
    return _lines(asked, row.answers, language, personal)


def _lines(
    asked: Sheet, answers: dict[str, Any], language: str, personal: frozenset[str]
) -> list[AnswerLine]:
    found: list[AnswerLine] = []
    told: set[str] = set()

    def tell_groups(path: str, depth: int) -> None:
        parts = path.split("/")[1:-1]
        for number in range(1, len(parts) + 1):
            above = "/" + "/".join(parts[:number])
            group = asked.group_by_path.get(above)
            if group is not None and above not in told and not group.repeats:
                told.add(above)
                found.append(
                    AnswerLine(
                        above, said(group.label, language, asked) or parts[number - 1], "", "group", depth
                    )
                )

    def walk(entry: dict[str, Any], repeat: str, depth: int) -> None:
        for question in asked.questions:
            if question.repeat == repeat and (question.control or question.calculate or question.preload):
                if question.readonly and not question.calculate and question.control == "input":
                    continue  # a note
                tell_groups(question.path, depth)
                value = entry.get(question.path)
                label = said(question.label, language, asked) or question.name
                text = shown(asked, question, value, language)
                hidden = question.path in personal
                found.append(AnswerLine(question.path, label, text, "answer", depth, hidden, question, value))
        for group in asked.groups:
            if group.repeats and _outer(asked, group.path) == repeat:
                for number, row in enumerate(entry.get(group.path, []), 1):
                    label = said(group.label, language, asked) or group.path.rpartition("/")[2]
                    found.append(
                        AnswerLine(f"{group.path}[{number}]", f"{label} {number}", "", "repeat", depth)
                    )
                    walk(row, group.path, depth + 1)

    walk(answers, "", 0)
    return found


@dataclass(frozen=True)
class VersionLine:
    """One line of one version. place: with the numbers of repetitions, so that versions can be laid side by side."""

    place: str
    label: str
    text: str
    kind: str
    is_file: bool = False


def version_lines(row: Submission, kept: Envelope, language: str) -> list[VersionLine]:
    """What one envelope of a submission says, as a person reads it; personal answers show as dots, the same for any value."""
    asked = sheet(kept.form_version)
    personal = meaning.personal_paths(asked, meaning.read_settings(row.form.settings))
    found = read_answers(asked, xml.parse(xml_of(kept), "XML"))
    lines, repeat = [], ""
    for line in _lines(asked, found.by_path, language, personal):
        repeat = line.path if line.kind == "repeat" else repeat
        question = line.question
        within = question is not None and question.repeat
        place = (
            f"{repeat}{line.path[len(question.repeat) :]}" if question is not None and within else line.path
        )
        text = ("●●●" if line.text else "") if line.sealed else line.text
        is_file = question is not None and question.type == "file"
        lines.append(VersionLine(f"{line.kind} {place}", line.label, text, line.kind, is_file))
    return lines


def _outer(asked: Sheet, path: str) -> str:
    """The repeat around a repeat."""
    above = path.rpartition("/")[0]
    while above:
        group = asked.group_by_path.get(above)
        if group is not None and group.repeats:
            return above
        above = above.rpartition("/")[0]
    return ""


def senders(rows: Iterable[Submission]) -> dict[UUID, Person]:
    """Who sent them, with their units: one query for a page."""
    wanted = {row.by_id for row in rows if row.by_id}
    return {person.id: person for person in Person.objects.filter(id__in=wanted).select_related("unit")}


# ------------------------------------------------------------------------------------- for the composition


def submission_rows(ids: Iterable[str]) -> list[Submission]:
    """Rows fit for facts."""
    return list(
        Submission.objects.filter(id__in=list(ids)).only(
            "home", "id", "meaning", "area", "unit", "status", "happened_on", "returns"
        )
    )


def submissions_seen(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    """{id: title} of those the reader may see."""
    wanted = list(ids)
    rows = submissions(scope).filter(id__in=wanted)
    if mine := sent_back(scope, wanted):
        rows = Submission.objects.filter(id__in=[*rows.values_list("id", flat=True), *mine])
    rows = rows.select_related("form").only("home", "id", "title", "instance_id", "form__name")
    return {str(row.id): f"{row.form.name} · {row.title}" if row.title else row.form.name for row in rows}


def forms_seen(scope: Scope, ids: Iterable[str]) -> dict[str, str]:
    return {
        str(form_id): name
        for form_id, name in forms(scope).filter(id__in=list(ids)).values_list("id", "name")
    }
