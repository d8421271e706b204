"""What an envelope says before the store is asked, and how it is understood once its form is known. Writes nothing."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from guatu.campaigns.models import Campaign
from guatu.fieldwork import problems as problems
from guatu.fieldwork.acts.holding import hold
from guatu.fieldwork.models import Form, FormVersion
from guatu.fieldwork.rules import answers, meaning
from guatu.fieldwork.rules.answers import Header
from guatu.fieldwork.rules.lifecycle import ACCEPTING
from guatu.fieldwork.rules.sheet import Sheet, unpack
from guatu.kernel import clock, xml
from guatu.kernel.access import NOBODY, Scope
from guatu.kernel.acts import Actor
from guatu.kernel.problems import Problem
from guatu.places import reads as places

LARGEST_XML = 4 * 1024 * 1024  # an answered form of 5,000 questions is an eighth of this
_MOST_TAGS, _MOST_ATTRIBUTES = 200_000, 50_000


class _Public:
    """Anybody, on a form that is open to everybody; appears in the ledger without a person."""

    id: UUID | None = None
    scope: Scope = NOBODY

    def __str__(self) -> str:
        return "公众"


PUBLIC = _Public()


@dataclass(frozen=True)
class FileIn:
    """A file that came with an envelope."""

    name: str
    content: bytes
    content_type: str = ""


@dataclass(frozen=True)
class EnvelopeIn:
    """One filled form as it came in.

    by: who sends it (a person, SYSTEM for packs, PUBLIC). received_at: default now; packs that tell a story give their
    own. campaign: None when the form's code is known in one campaign only. language: of refusals ("zh…" or "en…").
    """

    xml: bytes
    by: Actor
    files: tuple[FileIn, ...] = ()
    device_id: str = ""
    received_at: dt.datetime | None = None
    campaign: Campaign | None = None
    activity_id: UUID | None = None
    via: str = "openrosa"
    language: str = "zh"
    reason: str = ""  # of a correction at the desk
    checked: bool = False  # the client has held it against the form itself, as ODK Collect does
    forms: tuple[str, ...] | None = None  # codes that the sender's key opens; None: all


@dataclass
class Outcome:
    """What became of one envelope. status: received, repeated, corrected, refused (then `problem` says why).

    The receipt: instance_id, submission_id, home, position (in the ledger's stream `home`), sha256 of the bytes.
    """

    status: str = "refused"
    problem: Problem | None = None
    instance_id: str = ""
    submission_id: UUID | None = None
    home: str = ""
    position: int = 0
    sha256: str = ""
    form_code: str = ""
    form_version: str = ""

    @property
    def taken(self) -> bool:
        return self.problem is None


@dataclass
class Letter:
    """An envelope on its way: opened, then understood."""

    envelope: EnvelopeIn
    outcome: Outcome
    root: Any = None
    header: Header = field(default_factory=lambda: Header("", "", ""))
    sha256: str = ""
    received_at: dt.datetime = field(default_factory=clock.now)
    form: Form | None = None
    version: FormVersion | None = None

    def refuse(self, problem: Problem) -> None:
        self.outcome.status, self.outcome.problem = "refused", problem


def open_envelope(envelope: EnvelopeIn) -> Letter:
    """Read the XML and its ids; a letter that cannot be read carries its refusal."""
    letter = Letter(envelope, Outcome(), received_at=clock.local(envelope.received_at or clock.now()))
    letter.sha256 = letter.outcome.sha256 = hashlib.sha256(envelope.xml).hexdigest()
    try:
        if envelope.xml.count(b"<") > _MOST_TAGS or envelope.xml.count(b"=") > _MOST_ATTRIBUTES:
            raise Problem("kernel.bad_xml", what="xml_submission_file", why=f"> {_MOST_TAGS:,} tags")
        letter.root = xml.parse(envelope.xml, "xml_submission_file", largest=LARGEST_XML)
    except Problem as problem:
        letter.refuse(problem)
        return letter
    letter.header = answers.read_header(letter.root)
    outcome, header = letter.outcome, letter.header
    outcome.instance_id, outcome.form_code, outcome.form_version = (
        header.instance_id,
        header.form_id,
        header.version,
    )
    if letter.header.problem:
        chinese = envelope.language.startswith("zh")
        what = {
            "form_id": "表单编号（id）" if chinese else "the form's id",
            "instance_id": "记录编号（meta/instanceID）" if chinese else "meta/instanceID",
        }
        letter.refuse(Problem("submission.bad_header", what=what[letter.header.problem]))
    return letter


def find_forms(letters: Iterable[Letter]) -> None:
    """Give every readable letter its form and version, or its refusal. Two queries at most for all of them."""
    waiting = [letter for letter in letters if letter.outcome.problem is None]
    codes = {letter.header.form_id for letter in waiting}
    forms: dict[str, list[Form]] = {}
    for form in Form.objects.filter(code__in=codes).select_related("campaign"):
        forms.setdefault(form.code, []).append(form)
    wanted = {form.id for found in forms.values() for form in found}
    versions = {
        (version.form_id, version.version): version
        for version in FormVersion.objects.filter(
            form__in=wanted, version__in={letter.header.version for letter in waiting}
        ).defer("xml", "source", "questions", "warnings")
    }
    for letter in waiting:
        try:
            letter.form = _form_of(letter, forms.get(letter.header.form_id, []))
            letter.version = versions.get((letter.form.id, letter.header.version))
            if letter.version is None or (letter.version.published_at is None):
                raise Problem(
                    "submission.no_such_version", code=letter.form.code, version=letter.header.version
                )
        except Problem as problem:
            letter.refuse(problem)


def _form_of(letter: Letter, forms: list[Form]) -> Form:
    campaign = letter.envelope.campaign
    found = [form for form in forms if campaign is None or form.campaign_id == campaign.id]
    accepting = [form for form in found if form.status in ACCEPTING]
    if not found or len(accepting) > 1:
        raise Problem("submission.no_such_form", code=letter.header.form_id)
    if not accepting:
        raise Problem("submission.form_closed", name=found[0].name)
    form = accepting[0]
    if letter.envelope.forms is not None and form.code not in letter.envelope.forms:
        raise Problem("device_key.other_form", name=form.name)
    if not may_send(letter.envelope.by, form):
        raise Problem("access.denied", right="submission.send")
    return form


def may_send(by: Actor, form: Form) -> bool:
    """Whether this sender may fill in this form."""
    return bool(form.settings.get("public")) or by.scope.may("submission.send")


_sheets: dict[tuple[UUID, str], Sheet] = {}


def sheet_of(version: FormVersion) -> Sheet:
    """The sheet of a version, kept in memory: a version never changes under the same hash."""
    key = (version.id, version.hash)
    found = _sheets.get(key)
    if found is None:
        if len(_sheets) > 300:
            _sheets.clear()
        found = _sheets[key] = unpack(version.questions)
    return found


_settings: dict[tuple[UUID, UUID, int, str], tuple[meaning.Settings, frozenset[str]]] = {}


def _settings_of(form: Form, version: FormVersion, sheet: Sheet) -> tuple[meaning.Settings, frozenset[str]]:
    """The form's settings and its personal questions, kept in memory until the form changes."""
    key = (form.id, version.id, form.version, repr(form.settings))
    found = _settings.get(key)
    if found is None:
        if len(_settings) > 300:
            _settings.clear()
        settings = meaning.read_settings(form.settings)
        found = _settings[key] = (settings, meaning.personal_paths(sheet, settings))
    return found


@dataclass
class Understood:
    """A letter's answers with their meaning; `personal` is what must be sealed."""

    clear: dict[str, Any]
    personal: dict[str, Any]
    meaning: meaning.Meaning
    files: list[str]
    happened_at: dt.datetime
    happened_on: dt.date
    seals: bool
    area: str = ""
    notes: list[dict[str, str]] = field(default_factory=list)


def understand(letter: Letter) -> Understood | None:
    """The answers, typed and checked; None when the letter was refused for them."""
    assert letter.form is not None
    assert letter.version is not None
    sheet = sheet_of(letter.version)
    settings, personal = _settings_of(letter.form, letter.version, sheet)
    found = answers.read_answers(sheet, letter.root)
    refusal, notes = hold(letter, sheet, settings, found, personal)
    if refusal is not None:
        letter.refuse(refusal)
        return None
    clear, sealed = meaning.split_personal(found.by_path, personal)
    meant = meaning.meaning_of(
        sheet, settings, clear, code=letter.form.code, name=letter.header.instance_name, language="zh"
    )
    happened_at, happened_on = meaning.happened(meant.day, letter.received_at)
    return Understood(
        clear, sealed, meant, found.files, happened_at, happened_on, bool(personal), notes=notes
    )


def find_areas(understood: Iterable[tuple[Understood, Campaign, Actor]]) -> None:
    """Give each its smallest known area: by the words of its answers, its point, the sender's post, the campaign."""
    for each, campaign, by in understood:
        area = next((code for word in each.meaning.area_words if (code := _area_of(word, campaign))), "")
        if each.meaning.point is not None:
            here = places.areas_at(*each.meaning.point)
            area = max([area, *(code for code in here if code.startswith(area or campaign.area))], key=len)
        each.area = area or _post_area(by, campaign)


_SUFFIXES = ("", "镇", "街道", "村", "居委会", "社区居委会", "社区", "新区")


def _area_of(word: str, campaign: Campaign) -> str:
    """The one area of the campaign meant by a code or a name, also without its last syllables; "" when unsure."""
    for suffix in _SUFFIXES:
        codes = places.areas_named(word + suffix, inside=campaign.area)
        if len(codes) == 1:
            return codes[0] if codes[0].startswith(campaign.area) else ""
    return ""


def _post_area(by: Actor, campaign: Campaign) -> str:
    """Where the sender is posted, when that is one area inside the campaign's; else the campaign's own."""
    mine = [area for area in by.scope.areas("submission.send") if area.startswith(campaign.area)]
    return mine[0] if len(mine) == 1 else campaign.area


def sealed_texts(personal: Mapping[str, Any]) -> dict[str, str]:
    """Personal answers as texts to seal."""
    return {path: json.dumps(value, ensure_ascii=False) for path, value in personal.items()}
