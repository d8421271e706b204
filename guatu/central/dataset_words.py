"""Entity lists and entities as ODK Central describes them. Personal columns never stand in what goes out at this door."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from guatu.campaigns.models import Campaign
from guatu.central.frame import Asked, actor, actor_numbers, moment
from guatu.fieldwork.acts.letters import sheet_of
from guatu.fieldwork.models import FormVersion
from guatu.kernel import secrets
from guatu.places.models import Place
from guatu.registers import listing, lists
from guatu.registers.models import Entry, Register
from guatu.registers.rules import Column, read_columns
from guatu.units.models import Person

AGENT = ""


def public_properties(register: Register) -> dict[str, Column]:
    """Property → column, personal ones left out."""
    return {name: column for name, column in listing.properties(register).items() if not column.personal}


def forms_writing(campaign: Campaign, name: str) -> dict[str, list[str]]:
    """Property → ids of the current forms that save to it; "" → those that write to the list at all."""
    rows = FormVersion.objects.filter(
        form__campaign=campaign, form__current__id__isnull=False, published_at__isnull=False
    )
    found: dict[str, list[str]] = {}
    for version in rows.select_related("form").defer("xml", "source", "warnings").order_by("form__code"):
        if version.pk != version.form.current_id:
            continue
        for each in sheet_of(version).writes:
            if each.dataset == name:
                for said in {"", *(save.property for save in each.saves)}:
                    found.setdefault(said, []).append(version.form.code)
    return found


def list_line(register: Register, project_id: int) -> dict[str, Any]:
    return {
        "name": register.entity_list, "projectId": project_id, "createdAt": moment(register.listed_at),
        "approvalRequired": register.entity_approval, "ownerOnly": register.entity_own,
    }  # fmt: skip


def places_line(campaign: Campaign, project_id: int, at: Any) -> dict[str, Any]:
    return {
        "name": lists.PLACES, "projectId": project_id, "createdAt": moment(at), "approvalRequired": False, "ownerOnly": False,
    }  # fmt: skip


def property_lines(register: Register, campaign: Campaign) -> list[dict[str, Any]]:
    writing = forms_writing(campaign, register.entity_list)
    return [
        _property(name, register.listed_at, writing.get(name, [])) for name in public_properties(register)
    ]


def _property(name: str, at: Any, forms: Sequence[str]) -> dict[str, Any]:
    odata = name.replace("-", "_").replace(".", "_")
    return {"name": name, "odataName": odata, "publishedAt": moment(at), "forms": list(forms)}


def place_property_lines(at: Any) -> list[dict[str, Any]]:
    return [_property(name, at, []) for name in listing.PLACE_COLUMNS]


def labels(register: Register, rows: Sequence[Entry]) -> dict[UUID, str]:
    """What entities are called; a personal title is masked."""
    title = register.title_field
    if not any(column.key == title and column.personal for column in read_columns(register.columns)):
        return {row.id: row.title_text or row.key_text or str(row.id) for row in rows}
    opened = secrets.open_many({row.id: {title: row.sealed[title]} for row in rows if title in row.sealed})
    return {row.id: secrets.mask(opened.get(row.id, {}).get(title, "")) or str(row.id) for row in rows}


def data_of(register: Register, fields: Mapping[str, str]) -> dict[str, str]:
    """Property → text, as far as it stands there."""
    return {
        name: fields[column.key]
        for name, column in public_properties(register).items()
        if column.key in fields
    }


def entity_lines(asked: Asked, register: Register, rows: Sequence[Entry]) -> list[dict[str, Any]]:
    """Entities without their data, as Central lists them. Three queries, however many."""
    given = actor_numbers({each for row in rows for each in (row.by_id, row.changed_by_id)})
    people = _people(rows) if asked.extended else {}
    called = labels(register, rows)
    return [_entity(row, called[row.id], given, people if asked.extended else None) for row in rows]


def _people(rows: Iterable[Entry]) -> dict[UUID, Person]:
    return Person.objects.in_bulk({each for row in rows for each in (row.by_id, row.changed_by_id) if each})


def _entity(
    row: Entry, label: str, given: Mapping[UUID | None, int], people: Mapping[UUID, Person] | None
) -> dict[str, Any]:
    writer = row.changed_by_id if row.changed_at else row.by_id
    found: dict[str, Any] = {
        "uuid": str(row.id), "createdAt": moment(row.entered_at), "creatorId": given[row.by_id],
        "updatedAt": moment(row.changed_at), "deletedAt": moment(row.changed_at) if row.status == "withdrawn" else None,
        "conflict": row.conflict or None,
        "currentVersion": {
            "label": label, "current": True, "createdAt": moment(row.changed_at or row.entered_at),
            "creatorId": given[writer], "userAgent": AGENT, "version": row.version, "baseVersion": None,
            "conflictingProperties": None,
        },
    }  # fmt: skip
    if people is not None:
        found["creator"] = _actor(people, row.by_id, given)
        found["currentVersion"]["creator"] = _actor(people, writer, given)
    return found


def _actor(people: Mapping[UUID, Person], person_id: UUID | None, given: Mapping[UUID | None, int]) -> Any:
    person = people.get(person_id) if person_id is not None else None
    return actor(person, given[person_id]) if person is not None else None


def entity_line(asked: Asked, register: Register, row: Entry) -> dict[str, Any]:
    """One entity with its data."""
    found = entity_lines(asked, register, [row])[0]
    found["currentVersion"]["data"] = data_of(register, row.fields)
    return found


def version_lines(
    asked: Asked, register: Register, row: Entry, told: Sequence[lists.Version]
) -> list[dict[str, Any]]:
    """Every version of an entity, oldest first, as the ledger tells them."""
    given = actor_numbers({each.by_id for each in told})
    label = labels(register, [row])[row.id]
    people = Person.objects.in_bulk({each.by_id for each in told if each.by_id}) if asked.extended else {}
    found = []
    for each in told:
        submission = each.details.get("submission")
        conflict = each.details.get("conflict") or None
        one = {
            "label": each.values.get(register.title_field) or label, "current": each.number == row.version,
            "createdAt": moment(each.at), "creatorId": given[each.by_id], "userAgent": AGENT, "version": each.number,
            "baseVersion": each.details.get("base"), "data": data_of(register, each.values),
            "dataReceived": data_of(register, each.changed), "conflict": conflict,
            "conflictingProperties": each.details.get("kept") or None, "lastGoodVersion": each.number == _good(told),
            "relevantToConflict": bool(row.conflict) and each.number >= _good(told),
            "branchId": each.details.get("branch"),
            "source": {"submission": {"instanceId": submission}} if submission else {"name": each.details.get("source")},
        }  # fmt: skip
        if asked.extended:
            one["creator"] = _actor(people, each.by_id, given)
        found.append(one)
    return found


def _good(told: Sequence[lists.Version]) -> int:
    """The last version before the first conflict that came of side-by-side changes."""
    first = next((each.number for each in told if each.details.get("conflict")), len(told) + 1)
    return first - 1


def odata_line(register: Register, row: Entry, label: str, creator: tuple[int, str]) -> dict[str, Any]:
    """One row of the OData feed."""
    values = {
        entry["odataName"]: row.fields.get(column.key, "")
        for (name, column), entry in (
            (pair, _property(pair[0], None, [])) for pair in public_properties(register).items()
        )
    }
    return {
        "__id": str(row.id), "label": label,
        "__system": {
            "createdAt": moment(row.entered_at), "creatorId": str(creator[0]), "creatorName": creator[1],
            "updates": row.version - 1, "updatedAt": moment(row.changed_at), "deletedAt": None, "version": row.version,
            "conflict": row.conflict or None,
        },
        **values,
    }  # fmt: skip


def place_odata_line(row: Place) -> dict[str, Any]:
    point = "" if row.lat is None or row.lon is None else f"{row.lat:.6f} {row.lon:.6f}"
    return {
        "__id": str(row.id), "label": row.name,
        "__system": {
            "createdAt": None, "creatorId": "0", "creatorName": "", "updates": row.version - 1, "updatedAt": None,
            "deletedAt": None, "version": row.version, "conflict": None,
        },
        "number": row.number, "kind": row.kind, "area": row.area, "road": row.road, "industry": row.industry,
        "geometry": point,
    }  # fmt: skip
