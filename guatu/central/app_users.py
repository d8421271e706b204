"""App users: keys of phones. Whoever holds one acts as the person who made it here (or who it was issued to at the desk)."""

from typing import Any
from uuid import UUID

from guatu.central.forms import form_of
from guatu.central.frame import VIA, Asked, actor_numbers, campaign_of, moment, success
from guatu.fieldwork import acts, numbers, reads
from guatu.fieldwork.models import DeviceKey
from guatu.kernel.problems import Problem

_APP_USER = "2"  # Central's number of the role; others have no counterpart


def described(key: DeviceKey, project_id: int, number: int, token: str | None) -> dict[str, Any]:
    return {
        "projectId": project_id, "id": number, "type": "field_key", "displayName": key.name, "token": token,
        "createdAt": moment(key.made_at), "updatedAt": moment(key.ended_at), "deletedAt": None,
    }  # fmt: skip


def _masked(key: DeviceKey) -> str | None:
    """Keys are shown once and kept as a fingerprint; clients only ask whether one is there at all (null: ended)."""
    return None if key.ended_at is not None else f"shown-once-{key.token_hash[:8]}"


def listed(asked: Asked, project_id: int) -> list[dict[str, Any]]:
    rows = reads.keys(asked.scope, campaign_of(asked, project_id))
    given = actor_numbers([row.id for row in rows])
    return [described(row, project_id, given[row.id], _masked(row)) for row in rows]


def make(asked: Asked, project_id: int) -> dict[str, Any]:
    """POST {displayName}: a key that opens no form yet; assignments open them one by one, as in Central."""
    campaign = campaign_of(asked, project_id)
    name = asked.json().get("displayName")
    if not isinstance(name, str) or not name.strip():
        raise Problem("central.missing", field="displayName")
    made = acts.make_key(by=asked.by, campaign=campaign, person=asked.by, name=name, forms=[], via=VIA)
    number = actor_numbers([made.key.id])[made.key.id]
    return described(made.key, project_id, number, made.token)


def _key(asked: Asked, project_id: int, number: int) -> DeviceKey:
    target: UUID | None = numbers.target(numbers.ACTOR, number)
    rows = reads.keys(asked.scope, campaign_of(asked, project_id))
    found = next((row for row in rows if row.id == target), None)
    if found is None:
        raise Problem("access.not_found")
    return found


def end(asked: Asked, project_id: int, key_number: int) -> dict[str, bool]:
    """DELETE: the key opens nothing from now on; its line stays."""
    acts.end_key(by=asked.by, key=_key(asked, project_id, key_number), via=VIA)
    return success()


def _in_role(role: str) -> None:
    if role not in (_APP_USER, "app-user"):
        raise Problem("access.not_found")


def assigned(asked: Asked, project_id: int, form_code: str, role: str) -> list[dict[str, Any]]:
    """The keys that open a form."""
    form = form_of(asked, project_id, form_code)
    _in_role(role)
    rows = [row for row in reads.keys(asked.scope, form.campaign) if row.ended_at is None]
    rows = [row for row in rows if row.forms is None or form_code in row.forms]
    given = actor_numbers([row.id for row in rows])
    return [described(row, project_id, given[row.id], _masked(row)) for row in rows]


def assign(asked: Asked, project_id: int, form_code: str, role: str, key_number: int) -> dict[str, bool]:
    """Let a key open a form."""
    form = form_of(asked, project_id, form_code)
    _in_role(role)
    key = _key(asked, project_id, key_number)
    if key.forms is not None:
        acts.limit_key(by=asked.by, key=key, forms=[*key.forms, form.code], via=VIA)
    return success()


def unassign(asked: Asked, project_id: int, form_code: str, role: str, key_number: int) -> dict[str, bool]:
    """Take a form from a key. One that opened all forms keeps the others there are now."""
    form = form_of(asked, project_id, form_code)
    _in_role(role)
    key = _key(asked, project_id, key_number)
    opened = key.forms
    if opened is None:
        opened = list(reads.forms(asked.scope, form.campaign).values_list("code", flat=True))
    acts.limit_key(by=asked.by, key=key, forms=[each for each in opened if each != form.code], via=VIA)
    return success()
