"""Submissions: reading, sending, editing, reviewing, comments, files.

A submission is known by the instance id it first came in under; each edit has one of its own (see `versions`).
"""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from guatu.central.forms import form_of
from guatu.central.frame import VIA, Asked, actor, actor_numbers, moment, success
from guatu.fieldwork import acts, reads
from guatu.fieldwork.acts import EnvelopeIn, FileIn
from guatu.fieldwork.models import Form, Submission
from guatu.fieldwork.rules.answers import read_header
from guatu.fieldwork.rules.lifecycle import WITHDRAWN
from guatu.files.bytes import path_of
from guatu.files.reads import attachments_of
from guatu.kernel import xml as safe_xml
from guatu.kernel.problems import Problem
from guatu.kit.streaming import stream
from guatu.units.models import Person

_BATCH = 500
# Central's word for what a reviewer said; "edited": it waits for review again because somebody changed it
REVIEWS = {"approved": "approved", "hasIssues": "has_issues", "rejected": "rejected", "edited": "received", None: "received",
           "received": "received"}  # fmt: skip
_WORDS = {"approved": "approved", "has_issues": "hasIssues", "rejected": "rejected"}


def review_state(row: Submission) -> str | None:
    """Central's word for the state: null until somebody looked, edited when it was changed since."""
    return _WORDS.get(row.status, "edited" if row.edits else None)


def rows_of(asked: Asked, form: Form) -> Any:
    """The submissions of a form that the caller may see; withdrawn ones are left out, as Central leaves out deleted ones."""
    return reads.submissions(asked.scope, form).exclude(status=WITHDRAWN)


def one_of(asked: Asked, project_id: int, form_code: str, instance_id: str) -> Submission:
    found = reads.by_instance(asked.scope, form_of(asked, project_id, form_code), instance_id)
    if found.status == WITHDRAWN:
        raise Problem("access.not_found")
    return found


def described(rows: Iterable[Submission], *, extended: bool = False) -> list[dict[str, Any]]:
    """Submissions as Central describes them. Four queries at most, however many."""
    rows = list(rows)
    first = reads.first_ids(rows)
    given = actor_numbers([row.by_id for row in rows])
    changed = reads.changed_at(rows)
    people = reads.senders(rows) if extended else {}
    return [
        {
            "instanceId": first[row.id], "submitterId": given[row.by_id], "deviceId": row.device_id or None,
            "createdAt": moment(row.received_at), "updatedAt": moment(changed.get(row.id)), "reviewState": review_state(row),
            "userAgent": None, "instanceName": row.title or None, "edits": row.edits,
            **({"submitter": _person(people, row.by_id, given[row.by_id])} if extended else {}),
        }
        for row in rows
    ]  # fmt: skip


def _person(people: dict[UUID, Person], person_id: UUID | None, number: int) -> dict[str, Any] | None:
    person = people.get(person_id) if person_id is not None else None
    return actor(person, number) if person is not None else None


def listed(asked: Asked, project_id: int, form_code: str) -> HttpResponseBase:
    """All of them, newest first, in constant memory; ?limit= and ?offset= as Central has them."""
    rows = rows_of(asked, form_of(asked, project_id, form_code)).defer("sealed", "answers", "meaning")
    rows = rows.order_by("-received_at", "-id")
    start = _whole(asked, "offset", 0)
    end = start + _whole(asked, "limit", 0) if "limit" in asked.query else None
    return stream(asked.request, _pieces(rows[start:end], asked.extended), "application/json; charset=utf-8")


def _whole(asked: Asked, name: str, otherwise: int) -> int:
    text = asked.query.get(name, "")
    if text and not (text.isdecimal() and len(text) < 10):
        raise Problem("central.bad_value", field=name, value=text[:40], known="0, 1, 2 …")
    return int(text) if text else otherwise


def _pieces(rows: Any, extended: bool) -> Iterator[bytes]:
    found, between = iter(rows.iterator(chunk_size=_BATCH)), ""
    yield b"["
    while batch := list(islice(found, _BATCH)):
        for each in described(batch, extended=extended):
            yield f"{between}{json.dumps(each, ensure_ascii=False)}".encode()
            between = ","
    yield b"]"


def one(asked: Asked, project_id: int, form_code: str, instance_id: str) -> dict[str, Any]:
    return described([one_of(asked, project_id, form_code, instance_id)], extended=asked.extended)[0]


def xml(asked: Asked, project_id: int, form_code: str, instance_id: str) -> HttpResponse:
    """The present version as it was received.

    What holds personal answers is sealed: it opens to who has the right, with a reason (header X-Action-Notes) that is
    written down. Nobody gets it with holes: who edits such a copy and sends it back would wipe out what was sealed.
    """
    row = one_of(asked, project_id, form_code, instance_id)
    kept = reads.envelopes(row)[-1]
    if kept.sealed:
        reason = asked.request.headers.get("X-Action-Notes", "") or asked.query.get("reason", "")
        acts.look_at_personal(by=asked.by, submission=row, reason=reason, via=VIA)
    return HttpResponse(reads.xml_of(kept), content_type="application/xml; charset=utf-8")


def versions(asked: Asked, project_id: int, form_code: str, instance_id: str) -> list[dict[str, Any]]:
    """Every version, newest first, each under the instance id it came with."""
    row = one_of(asked, project_id, form_code, instance_id)
    kept = reads.envelopes(row)[::-1]
    given = actor_numbers([each.by_id for each in kept])
    return [
        {
            "instanceId": each.instance_id, "submitterId": given[each.by_id], "deviceId": each.device_id or None,
            "createdAt": moment(each.received_at), "current": each.instance_id == row.instance_id, "userAgent": None,
            "instanceName": row.title or None, "formVersion": each.form_version.version,
        }
        for each in kept
    ]  # fmt: skip


def send(asked: Asked, project_id: int, form_code: str) -> dict[str, Any]:
    """POST the XML of a filled form; the same bytes again are answered the same."""
    form = form_of(asked, project_id, form_code)
    content = asked.body(acts.LARGEST_XML)
    header = read_header(safe_xml.parse(content, "submission", largest=acts.LARGEST_XML))
    if header.form_id and header.form_id != form.code:
        raise Problem(
            "central.bad_value", field="form ID (xmlFormId)", value=header.form_id[:80], known=form.code
        )
    row = _received(asked, form, content)
    return described([row], extended=asked.extended)[0]


def _received(asked: Asked, form: Form, content: bytes) -> Submission:
    outcome = acts.receive_many(
        envelopes=[
            EnvelopeIn(
                xml=content, by=asked.by, campaign=form.campaign, via=VIA, language=asked.language,
                device_id=asked.query.get("deviceID", "")[:100],
                reason=asked.request.headers.get("X-Action-Notes", "")[:200],
            )
        ]
    )[0]  # fmt: skip
    if outcome.problem is not None:
        raise outcome.problem
    assert outcome.submission_id is not None
    return Submission.objects.defer("sealed").get(home=outcome.home, id=outcome.submission_id)


def edit(asked: Asked, project_id: int, form_code: str, instance_id: str) -> dict[str, Any]:
    """PUT the XML of a new version; its meta/deprecatedID names the present one."""
    row = one_of(asked, project_id, form_code, instance_id)
    content = asked.body(acts.LARGEST_XML)
    header = read_header(safe_xml.parse(content, "submission", largest=acts.LARGEST_XML))
    if not header.deprecated_id:
        raise Problem("central.no_deprecated_id")
    known = {each.instance_id for each in reads.envelopes(row)}
    if header.deprecated_id not in known:
        raise Problem("submission.other_record", instance_id=instance_id[:200])
    return described([_received(asked, row.form, content)], extended=asked.extended)[0]


def review(asked: Asked, project_id: int, form_code: str, instance_id: str) -> dict[str, Any]:
    """PATCH {reviewState}. A reason may stand in the header X-Action-Notes."""
    row = one_of(asked, project_id, form_code, instance_id)
    given = asked.json()
    state = given.get("reviewState")
    if "reviewState" not in given or not isinstance(state, str | None) or state not in REVIEWS:
        known = "、".join(str(each) for each in REVIEWS)
        raise Problem("central.bad_value", field="reviewState", value=str(state)[:40], known=known)
    reason = asked.request.headers.get("X-Action-Notes", "") or _("经 ODK 接口审阅")
    acts.review_submission(by=asked.by, submission=row, status=REVIEWS[state], reason=reason, via=VIA)
    row.refresh_from_db(fields=["status", "version"])
    return described([row], extended=asked.extended)[0]


def comments(asked: Asked, project_id: int, form_code: str, instance_id: str) -> list[dict[str, Any]]:
    """What was said about it, newest first."""
    found = reads.comments(one_of(asked, project_id, form_code, instance_id))
    given = actor_numbers([each.by_id for each in found])
    return [_comment(each, given[each.by_id]) for each in found]


def _comment(row: Any, number: int) -> dict[str, Any]:
    return {"body": row.body, "actorId": number, "createdAt": moment(row.at)}


def comment(asked: Asked, project_id: int, form_code: str, instance_id: str) -> dict[str, Any]:
    """POST {body}."""
    row = one_of(asked, project_id, form_code, instance_id)
    body = asked.json().get("body")
    if not isinstance(body, str):
        raise Problem("central.missing", field="body")
    made = acts.add_comment(by=asked.by, submission=row, body=body, via=VIA)
    return _comment(made, actor_numbers([made.by_id])[made.by_id])


def attachments(asked: Asked, project_id: int, form_code: str, instance_id: str) -> list[dict[str, Any]]:
    """The files its answers speak of and those that came; `exists` says which are here."""
    row = one_of(asked, project_id, form_code, instance_id)
    here = {each.name for each in attachments_of(row, "answer")}
    return [{"name": name, "exists": name in here} for name in sorted({*row.files, *here})]


def attachment(asked: Asked, project_id: int, form_code: str, instance_id: str, name: str) -> FileResponse:
    """The bytes of a file."""
    row = one_of(asked, project_id, form_code, instance_id)
    found = next((each for each in attachments_of(row, "answer") if each.name == name), None)
    if found is None or not found.stored or not path_of(found.stored).exists():
        raise Problem("access.not_found")
    answer = FileResponse(path_of(found.stored).open("rb"), content_type=found.content_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-cache"
    return answer


def add_attachment(
    asked: Asked, project_id: int, form_code: str, instance_id: str, name: str
) -> dict[str, bool]:
    """POST the bytes of a file that an answer speaks of. What is here already stays as it is."""
    row = one_of(asked, project_id, form_code, instance_id)
    content_type = asked.request.headers.get("Content-Type", "")[:100]
    acts.add_file(by=asked.by, submission=row, file=FileIn(name, asked.body(), content_type), via=VIA)
    return success()
