"""What the acts on norms share: who may, the rows held, what the ledger is told."""

from typing import Any

from guatu.inspections.models import Norm, NormVersion
from guatu.kernel.access import require
from guatu.kernel.acts import Actor
from guatu.kernel.problems import Problem

RIGHT = "norm.edit"


def need(by: Actor, area: str) -> None:
    """A norm that holds everywhere may be edited by whoever edits norms; one of an area only there."""
    if area:
        require(by.scope, RIGHT, area=area)
    else:
        require(by.scope, RIGHT)


def may_edit(by: Actor, norm: Norm) -> bool:
    """Whether somebody may edit a norm and its editions."""
    return by.scope.allows(RIGHT, area=norm.area) if norm.area else by.scope.may(RIGHT)


def require_edit(by: Actor, norm: Norm) -> None:
    """Raises `access.denied`."""
    need(by, norm.area)


def told(norm: Norm) -> dict[str, Any]:
    return {"number": norm.number, "title": norm.title}


def locked(norm: Norm) -> Norm:
    """The norm's row held until the deed ends; editions of one norm are changed one after another."""
    found = Norm.objects.select_for_update(no_key=True).filter(pk=norm.pk).first()
    if found is None:
        raise Problem("access.not_found")
    return found


def held_edition(edition: NormVersion) -> tuple[Norm, NormVersion]:
    """The norm held, and the edition as it stands now."""
    norm = locked(edition.norm)
    row = NormVersion.objects.filter(pk=edition.pk).first()
    if row is None:
        raise Problem("access.not_found")
    row.norm = norm
    return norm, row


def of(row: NormVersion) -> dict[str, Any]:
    return {"edition": row.edition, "edition_id": str(row.id), "title": row.norm.title}
