"""Forms made of norms, and visits made of filled forms: what is typed once is asked and counted everywhere."""

import io
from typing import Any
from uuid import UUID

from openpyxl import Workbook

from guatu.campaigns.models import Campaign
from guatu.fieldwork import elsewhere
from guatu.fieldwork.acts.forms import publish_form
from guatu.fieldwork.models import Form, FormVersion, Submission
from guatu.files import bytes as stored_bytes
from guatu.files.models import Attachment
from guatu.inspections import problems as problems
from guatu.inspections import verbs as verbs
from guatu.inspections.acts.norm_shared import held_edition
from guatu.inspections.acts.visits import FileIn, FindingDraft, finish_visit, open_spot_visit
from guatu.inspections.models import NormItem, NormVersion, Visit
from guatu.inspections.rules import checklist_forms as rules
from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM, Actor, Batch, deed
from guatu.kernel.jobs import job
from guatu.kernel.problems import Problem
from guatu.places.models import Place
from guatu.units.models import Person


def publish_checklist(
    *, by: Actor, edition: NormVersion, campaign: Campaign, via: str = "web"
) -> FormVersion:
    """Make the form of an edition and publish it in a campaign; the form of the norm gets a new version when it is there.

    The same items again answer the version that is there. Raises `norm.no_items`, `norm.wrong_step` (a draft), `access.denied`
    (form.publish) and what publishing refuses.
    """
    with deed(by=by, via=via) as d:
        norm, row = held_edition(edition)
        if row.status != "in_force":
            raise Problem("norm.wrong_step", title=norm.title, edition=row.edition, status=row.status)
        items = list(row.items.order_by("order", "id"))
        if not items:
            raise Problem("norm.no_items", title=norm.title, edition=row.edition)
        book = workbook(row, items, places="places" in elsewhere.lists(campaign))
        made = publish_form(
            by=by, campaign=campaign, source=book, file_name=f"{norm.title[:60]}.xlsx",
            settings={"kind": "checklist", "attributes": [], "measures": [], "title_field": "place_number"}, via=via,
        )  # fmt: skip
        if row.form_version_id != made.id:
            row.form_version_id = made.id
            row.version += 1
            row.save(update_fields=["form_version_id", "version"])
            d.record(
                "norm.form_made",
                norm,
                details={"edition": row.edition, "form": made.form.code, "form_version": made.version},
            )
    return made


def workbook(edition: NormVersion, items: list[NormItem], *, places: bool) -> bytes:
    """The XLSForm as a file."""
    book = Workbook()
    survey = book.active
    survey.title = "survey"
    survey.append(list(rules.HEADINGS))
    for row in rules.survey(items, places=places):
        survey.append([row.get(heading, "") for heading in rules.HEADINGS])
    choices = book.create_sheet("choices")
    choices.append(["list_name", "name", rules.ZH, rules.EN])
    for row in rules.choices():
        choices.append(list(row.values()))
    settings = book.create_sheet("settings")
    settings.append(["form_title", "form_id", "default_language"])
    settings.append([f"检查：{edition.norm.title}"[:120], rules.code_of(edition.norm_id), "中文 (zh)"])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


# --- filled forms --------------------------------------------------------------------------------------------------


def watch_checklists(batch: Batch) -> None:
    """CLOSING: of what was received in this transaction, filled checklists become visits after it (`read_checklist`).

    One query a batch, none when nothing was received.
    """
    received = {
        act.subject_id: act.home
        for act in batch.acts
        if act.subject_type == "submission" and act.verb in ("submission.received", "file.attached")
    }
    if not received:
        return
    forms = {str(act.details["form"]) for act in batch.acts if act.verb == "submission.received"}
    if forms and not Form.objects.filter(id__in=forms, code__startswith=rules.CODE).exists():
        return
    wanted = Submission.objects.filter(id__in=list(received)[:1000], form__code__startswith=rules.CODE)
    for submission_id in wanted.values_list("id", flat=True):
        read_checklist.enqueue(home=received[str(submission_id)], submission_id=str(submission_id))


@job
def read_checklist(home: str, submission_id: str) -> str:
    """A filled checklist becomes a visit with its findings, done by whoever sent it; answers the visit's id, "" when refused.

    Once only: asked again it answers the same visit. Why it was refused stands in the submission's story.
    """
    row = Submission.objects.filter(home=home, id=submission_id).select_related("campaign").first()
    if row is None or row.status == "withdrawn":
        return ""
    there = Visit.objects.filter(campaign=row.campaign, kept__submission=str(row.id)).first()
    if there is not None:
        return str(there.id)
    try:
        return str(_visit_of(row).id)
    except Problem as problem:
        with deed(by=SYSTEM, via="job") as d:
            d.record(
                "submission.no_visit",
                row,
                details={"reason": problem.sentence("zh-hans"), "code": problem.code},
            )
        return ""


def _visit_of(row: Submission) -> Visit:
    person = Person.objects.filter(pk=row.by_id, is_active=True).first() if row.by_id else None
    if person is None:
        raise Problem("norm.nobody_sent")
    filled = rules.read(row.answers)
    place = _place(row, filled)
    findings = [FindingDraft(each.item_id, each.verdict, each.note[:300]) for each in filled.items]
    wanted = [str(each.item_id) for each in filled.items]
    if not wanted or NormItem.objects.filter(pk__in=wanted).count() != len(wanted):
        raise Problem("norm.not_a_checklist")
    at = min(clock.local(row.happened_at), clock.local(row.received_at), clock.now())
    with deed(by=person, effective_at=at, via="odk"):
        visit = open_spot_visit(
            by=person, campaign=row.campaign, place=place, at=at, lon=row.lon, lat=row.lat, via="odk"
        )
        # what is asked at this visit is what the form asked
        visit.asked = wanted
        visit.kept = {**visit.kept, "submission": str(row.id)}
        visit.save(update_fields=["asked", "kept"])
        return finish_visit(
            by=person, visit=visit, findings=findings, note=filled.remarks, files=_photos(row, filled), at=at, lon=row.lon,
            lat=row.lat, via="odk",
        )  # fmt: skip


def _place(row: Submission, filled: rules.Filled) -> Place:
    """The place by its id in the list, or by the number that was written or scanned."""
    rows = Place.objects.filter(withdrawn=False)
    found = None
    if filled.place:
        try:
            found = rows.filter(pk=UUID(filled.place)).first()
        except ValueError:
            found = None
    if found is None and filled.number:
        near = [row.home, *rows.filter(number=filled.number).values_list("home", flat=True)[:2]]
        found = rows.filter(number=filled.number, home__in=near[:1]).first()
        if found is None and len(near) == 2:
            found = rows.filter(number=filled.number).first()
    if found is None:
        raise Problem("norm.unknown_place", number=filled.number or filled.place or "—")
    return found


class _Kept(io.BytesIO):
    """The bytes of an attachment, with its name."""

    def __init__(self, attachment: Attachment) -> None:
        super().__init__(stored_bytes.path_of(attachment.stored).read_bytes())
        self.name = attachment.name


def _photos(row: Submission, filled: rules.Filled) -> list[Any]:
    """The pictures that came with it, each with the item it shows."""
    of_item = {each.photo: each.item_id for each in filled.items if each.photo}
    rows = Attachment.objects.filter(
        subject_type="submission", subject_id=str(row.id), name__in=of_item, withdrawn=False
    )
    return [FileIn(_Kept(each), of_item[each.name], taken_at=each.taken_at) for each in rows]
