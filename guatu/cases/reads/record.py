"""What the record page of one case asks: its stages, its requests, the campaign's rules."""

from uuid import UUID

from guatu.campaigns.models import Campaign
from guatu.cases.models import Case, CaseStandard, Request, Stage
from guatu.cases.reads.lists import case as case_seen
from guatu.cases.rules import Rulebook, read_rulebook
from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem


def rulebook(campaign: Campaign) -> Rulebook:
    """What a campaign says about its cases."""
    return read_rulebook(campaign.settings)


def class_name(row: Case, language: str = "zh") -> str:
    """The name of the class this case has. By the class itself: a code may stand in two numberings, or for a component
    and a matter. A class no longer known shows its code."""
    if row.case_class is None:
        return row.class_code
    return (row.case_class.name_en if not language.startswith("zh") else "") or row.case_class.name


def stages(row: Case) -> list[Stage]:
    """The stages of a case the caller may see, in the order they began."""
    return list(row.stages.select_related("unit", "by__unit").order_by("started_at", "part", "id"))


def requests(row: Case) -> list[Request]:
    """The requests of a case the caller may see: waiting ones first, then the newest."""
    found = row.requests.select_related("asked_by__unit", "decided_by__unit").order_by("-asked_at")
    return sorted(found, key=lambda each: each.status != "asked")


def request(scope: Scope, request_id: UUID) -> Request:
    """One request of a case the reader may see. Raises `access.not_found`."""
    found = Request.objects.select_related("case").filter(pk=request_id).first()
    if found is None:
        raise Problem("access.not_found")
    case_seen(scope, found.case_id)
    return found


def standard_of(standard_id: object, campaign: Campaign) -> CaseStandard | None:
    """The filing condition that was chosen on a form; None when none was, or it is no longer there."""
    if not standard_id:
        return None
    rows = CaseStandard.objects.select_related("case_class")
    return rows.filter(pk=str(standard_id), campaign=campaign, active=True).first()
