"""What comes in from Open311: a report with what its sender said of itself, and a peer's update."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from guatu.campaigns.models import Campaign
from guatu.cases.acts.moving import add_photos, locked
from guatu.cases.acts.opening import Draft, ReporterDraft, report_case
from guatu.cases.models import Case, Comment, PeerUpdate, Reporter
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import Deed, deed
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import seal_fields
from guatu.units.models import Person

VIA = "open311"


def report_from_outside(
    *,
    by: Person,
    campaign: Campaign,
    draft: Draft,
    reporter: ReporterDraft,
    more: Mapping[str, str],
    photos: Sequence[Any] = (),
) -> Case:
    """Report a case for somebody outside. more: device_id, account_id … of who reported, sealed with name and phone."""
    with deed(by=by, via=VIA):
        case = report_case(by=by, campaign=campaign, draft=draft, photos=photos, reporter=reporter, via=VIA)
        said = {name: text.strip() for name, text in more.items() if text.strip()}
        if said:
            row = Reporter.objects.get(case=case)
            row.sealed = {**row.sealed, **seal_fields(row.id, said)}
            row.save(update_fields=["sealed"])
    return case


@dataclass(frozen=True)
class PeerWord:
    """An update as a peer posted it. status, updated_at: as it sees them. media: addresses, never fetched."""

    update_id: str
    status: str
    updated_at: dt.datetime
    description: str
    media: Sequence[str] = ()
    photos: Sequence[Any] = field(default=(), compare=False)  # that came along in the post

    @property
    def sha256(self) -> str:
        """A fingerprint of what it says, to tell a repeated post from another one under the same id."""
        said = [
            self.status,
            self.updated_at.astimezone(dt.UTC).isoformat(),
            self.description,
            list(self.media),
        ]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def take_update(*, by: Person, case: Case, word: PeerWord, client: str = "") -> PeerUpdate:
    """A peer's update becomes a comment everybody may read; the case does not move, whatever status the peer sees.

    The same id with the same words answers what was kept the first time. Raises `georeport.update_differs`, `access.denied`.
    """
    with deed(by=by, via=VIA) as d:
        row = locked(case)
        require(by.scope, "case.open", area=row.area, units=(row.unit_path,))
        kept = PeerUpdate.objects.filter(person=by, update_id=word.update_id).select_related("case").first()
        if kept is None:
            return _keep(d, by, row, word, client)
        if (kept.case_id, kept.sha256) != (row.id, word.sha256):
            raise Problem("georeport.update_differs", update_id=word.update_id, number=kept.case.number)
    return kept


def _keep(d: Deed, by: Person, case: Case, word: PeerWord, client: str) -> PeerUpdate:
    comment = Comment(home=case.home, case=case, by=by, at=clock.now(), text=word.description, public=True)
    comment.save(force_insert=True)
    kept = PeerUpdate(
        home=case.home, case=case, comment=comment, person=by, client=client[:60], update_id=word.update_id,
        sha256=word.sha256, status=word.status, updated_at=word.updated_at, media=list(word.media),
    )  # fmt: skip
    kept.save(force_insert=True)
    d.record(
        "case.peer_update",
        case,
        details={"number": case.number, "update": word.update_id, "status": word.status},
    )
    add_photos(by, case, word.photos, "update", VIA)
    return kept
