"""Entity lists (datasets) at this door: projects/{p}/datasets…  A dataset is a register that is offered as an entity list;
`places` is one that the house keeps. Words: dataset_words.py; the OData feed: dataset_feed.py."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path

from guatu.campaigns.models import Campaign
from guatu.central import dataset_feed as feed
from guatu.central import dataset_words as words
from guatu.central.codes import known
from guatu.central.frame import VIA, Asked, actor_numbers, answer, campaign_of, moment, success, verbs
from guatu.fieldwork.rules.entities import entity_id
from guatu.kernel import ids
from guatu.kernel.access import require
from guatu.kernel.problems import Problem
from guatu.kit.cells import safe_cell
from guatu.kit.streaming import stream
from guatu.registers import acts, listing, lists
from guatu.registers.models import Entry, Register
from guatu.units.models import Person

_MOST_AT_ONCE = 10_000

known(
    {
        "entity.bad_id": 400.28,
        "entity.bad_name": 400.25,
        "entity.fixed": 409.14,
        "entity.known": 409.3,
        "entity.list_taken": 409.3,
        "entity.no_label": 400.28,
        "entity.no_property": 400.28,
        "entity.no_such_list": 404.1,
        "entity.odata_unsupported": 501.4,
        "entity.outdated": 409.15,
        "entity.property_taken": 409.3,
        "register.bad_value": 400.28,
        "register.twice": 409.3,
    }
)


def _campaign(asked: Asked, project_id: int) -> Campaign:
    campaign = campaign_of(asked, project_id)
    require(asked.scope, listing.RIGHT)
    return campaign


def _register(asked: Asked, project_id: int, name: str) -> Register:
    """The register behind a dataset. Raises access.not_found; entity.fixed for the places, which are read elsewhere."""
    register = listing.register_of(_campaign(asked, project_id), name)
    if register is None:
        raise Problem("entity.fixed" if name == lists.PLACES else "access.not_found", list=name)
    return register


def listed(asked: Asked, project_id: int) -> list[dict[str, Any]]:
    """Every list of the project; with extended metadata how many entities the caller may have, and how many conflicts."""
    campaign = _campaign(asked, project_id)
    found = []
    for register in listing.offered(campaign):
        line = words.list_line(register, project_id)
        if asked.extended:
            rows = listing.entities(asked.scope, register)
            last = rows.order_by("-entered_at").values_list("entered_at", flat=True).first()
            line |= {
                "entities": rows.count(),
                "lastEntity": moment(last),
                "conflicts": rows.exclude(conflict="").count(),
            }
        found.append(line)
    places = words.places_line(campaign, project_id, feed.began(campaign))
    if asked.extended:
        places |= {
            "entities": listing.places(asked.scope, campaign).count(),
            "lastEntity": None,
            "conflicts": 0,
        }
    return sorted([*found, places], key=lambda line: str(line["name"]))


def make(asked: Asked, project_id: int) -> dict[str, Any]:
    """POST {name, approvalRequired?}."""
    campaign = _campaign(asked, project_id)
    said = asked.json()
    name = said.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Problem("central.missing", field="name")
    approval = said.get("approvalRequired") is True
    register = acts.open_list(by=asked.by, campaign=campaign, name=name, approval=approval, via=VIA)
    return _described(asked, project_id, register)


def _described(asked: Asked, project_id: int, register: Register) -> dict[str, Any]:
    writing = words.forms_writing(register.campaign, register.entity_list)
    forms = [{"xmlFormId": code, "name": code} for code in writing.get("", [])]
    return {
        **words.list_line(register, project_id),
        "properties": words.property_lines(register, register.campaign),
        "linkedForms": [],
        "sourceForms": forms,
    }


def one(asked: Asked, project_id: int, name: str) -> dict[str, Any]:
    if name == lists.PLACES:
        campaign = _campaign(asked, project_id)
        at = feed.began(campaign)
        line = words.places_line(campaign, project_id, at)
        return {**line, "properties": words.place_property_lines(at), "linkedForms": [], "sourceForms": []}
    return _described(asked, project_id, _register(asked, project_id, name))


def change(asked: Asked, project_id: int, name: str) -> dict[str, Any]:
    """PATCH {approvalRequired?, ownerOnly?}."""
    register = _register(asked, project_id, name)
    said = asked.json()
    approval, own = said.get("approvalRequired"), said.get("ownerOnly")
    row = acts.offer_list(
        by=asked.by, register=register, name=name, personal=register.entity_personal, via=VIA,
        approval=approval if isinstance(approval, bool) else register.entity_approval,
        own=own if isinstance(own, bool) else register.entity_own,
    )  # fmt: skip
    return _described(asked, project_id, row)


def add_property(asked: Asked, project_id: int, name: str) -> dict[str, bool]:
    """POST {name}."""
    register = _register(asked, project_id, name)
    said = asked.json().get("name")
    if not isinstance(said, str) or not said.strip():
        raise Problem("central.missing", field="name")
    acts.add_properties(by=asked.by, register=register, names=[said], via=VIA)
    return success()


# ------------------------------------------------------------------------------------------------ entities


def _entities(asked: Asked, register: Register) -> Any:
    status = "withdrawn" if asked.flag("deleted") else "current"
    return listing.entities(asked.scope, register, status=status)


def entities(asked: Asked, project_id: int, name: str) -> HttpResponseBase:
    """All entities of a list without their data, newest first, in constant memory."""
    register = _register(asked, project_id, name)
    rows = _entities(asked, register).order_by("-entered_at", "-id").iterator(chunk_size=500)

    def pieces() -> Iterator[bytes]:
        yield b"["
        first = True
        while some := list(islice(rows, 500)):
            lines = ",".join(feed.dumps(line) for line in words.entity_lines(asked, register, some))
            yield (lines if first else f",{lines}").encode()
            first = False
        yield b"]"

    return stream(asked.request, pieces(), "application/json; charset=utf-8")


def _entity(asked: Asked, register: Register, uuid: str) -> Entry:
    wanted = entity_id(uuid)
    row = listing.entities(asked.scope, register).filter(id=wanted).first() if wanted else None
    if row is None:
        raise Problem("access.not_found")
    row.register = register
    return row


def entity(asked: Asked, project_id: int, name: str, uuid: str) -> dict[str, Any]:
    register = _register(asked, project_id, name)
    return words.entity_line(asked, register, _entity(asked, register, uuid))


def make_entities(asked: Asked, project_id: int, name: str) -> dict[str, Any]:
    """POST one {uuid?, label, data} or many {entities: […], source: {name, size?}}."""
    register = _register(asked, project_id, name)
    said = asked.json()
    many = said.get("entities")
    if many is None:
        draft = _draft(said)
        row = acts.make_entities(by=asked.by, register=register, drafts=[draft], via=VIA)[0]
        return words.entity_line(asked, register, row)
    if not isinstance(many, list) or not many or not all(isinstance(each, dict) for each in many):
        raise Problem("central.missing", field="entities")
    if len(many) > _MOST_AT_ONCE:
        raise Problem("kernel.too_large", what="entities", size=f"{len(many):,}", limit=f"{_MOST_AT_ONCE:,}")
    source = said.get("source")
    if not isinstance(source, dict) or not isinstance(source.get("name"), str):
        raise Problem("central.missing", field="source.name")
    drafts = [_draft(each) for each in many]
    acts.make_entities(by=asked.by, register=register, drafts=drafts, source=source["name"], via=VIA)
    return success()


def _draft(said: dict[str, Any]) -> acts.EntityDraft:
    uuid, label = said.get("uuid"), said.get("label")
    identity = ids.new() if uuid in (None, "") else entity_id(str(uuid))
    if identity is None:
        raise Problem("entity.bad_id", id=str(uuid)[:80])
    if not isinstance(label, str):
        raise Problem("entity.no_label")
    return acts.EntityDraft(identity, label, _data(said))


def _data(said: dict[str, Any]) -> dict[str, Any]:
    data = said.get("data", {})
    if not isinstance(data, dict):
        raise Problem("central.bad_value", field="data", value=str(data)[:40], known="{…}")
    wrong = next(
        (key for key, value in data.items() if value is not None and not isinstance(value, str)), None
    )
    if wrong is not None:
        raise Problem("central.bad_value", field=f"data.{wrong}", value=str(data[wrong])[:40], known='"…"')
    return data


def change_entity(asked: Asked, project_id: int, name: str, uuid: str) -> dict[str, Any]:
    """PATCH {label?, data?}?force=true or ?baseVersion=; ?resolve=true says that a conflict has been looked at."""
    register = _register(asked, project_id, name)
    row = _entity(asked, register, uuid)
    said = asked.json()
    base = asked.query.get("baseVersion", "")
    label = said.get("label")
    changes = _data(said)
    if changes or label is not None or not asked.flag("resolve"):
        row = acts.change_entity(
            by=asked.by, entry=row, values=changes, label=str(label) if label is not None else None,
            base=int(base) if base.isdecimal() and len(base) < 9 else None, force=asked.flag("force"), via=VIA,
        )  # fmt: skip
    if asked.flag("resolve"):
        version = (
            None
            if asked.flag("force") or changes
            else int(base)
            if base.isdecimal() and len(base) < 9
            else -1
        )
        if version not in (None, row.version):
            raise Problem("entity.outdated", version=row.version, base=base or "—")
        row = acts.settle_conflict(by=asked.by, entry=row, via=VIA)
    return words.entity_line(asked, register, row)


def remove_entity(asked: Asked, project_id: int, name: str, uuid: str) -> dict[str, bool]:
    register = _register(asked, project_id, name)
    acts.remove_entity(by=asked.by, entry=_entity(asked, register, uuid), via=VIA)
    return success()


def versions(asked: Asked, project_id: int, name: str, uuid: str) -> list[dict[str, Any]]:
    """The story of an entity; ?relevantToConflict=true: what somebody must look at to settle its conflict."""
    register = _register(asked, project_id, name)
    row = _entity(asked, register, uuid)
    found = words.version_lines(asked, register, row, listing.versions_of(row))
    return (
        [each for each in found if each["relevantToConflict"]] if asked.flag("relevantToConflict") else found
    )


def as_csv(asked: Asked, project_id: int, name: str) -> HttpResponseBase:
    """entities.csv: for a person at a spreadsheet. What phones get is the list of the form (intake)."""
    if name == lists.PLACES:
        file = listing.entity_file(asked.scope, _campaign(asked, project_id), name)
        assert file is not None
        return stream(asked.request, listing.csv_chunks(file), "text/csv; charset=utf-8")
    register = _register(asked, project_id, name)
    rows = _entities(asked, register)
    rows = feed.narrowed(rows, asked, register).order_by("-entered_at", "-id").iterator(chunk_size=500)
    shown = words.public_properties(register)
    heading = [
        "__id",
        "label",
        *shown,
        "__createdAt",
        "__creatorId",
        "__creatorName",
        "__updates",
        "__updatedAt",
        "__version",
    ]

    def pieces() -> Iterator[bytes]:
        yield _csv([heading])
        while some := list(islice(rows, 500)):
            given = actor_numbers({row.by_id for row in some})
            people = Person.objects.in_bulk({row.by_id for row in some if row.by_id})
            called = words.labels(register, some)
            yield _csv(
                [
                    [row.id, called[row.id], *(row.fields.get(column.key, "") for column in shown.values()),
                     moment(row.entered_at), given[row.by_id], people[row.by_id].name if row.by_id in people else "",
                     row.version - 1, moment(row.changed_at) or "", row.version]
                    for row in some
                ]
            )  # fmt: skip

    return stream(asked.request, pieces(), "text/csv; charset=utf-8")


def _csv(rows: list[list[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([[safe_cell(str(cell)) for cell in row] for row in rows])
    return out.getvalue().encode()


def service(asked: Asked, project_id: int, name: str) -> HttpResponse:
    """The OData service document."""
    one(asked, project_id, name)
    root = asked.request.build_absolute_uri(asked.request.path)
    said = {
        "@odata.context": f"{root}/$metadata",
        "value": [{"name": "Entities", "kind": "EntitySet", "url": "Entities"}],
    }
    return feed.odata(answer(said))


def metadata(asked: Asked, project_id: int, name: str) -> HttpResponse:
    """What a row of the feed holds (EDMX)."""
    described = one(asked, project_id, name)
    return feed.metadata(name, [each["odataName"] for each in described["properties"]])


def table(asked: Asked, project_id: int, name: str) -> HttpResponseBase:
    """The OData feed of a list."""
    if name == lists.PLACES:
        return feed.places(asked, _campaign(asked, project_id))
    return feed.entities(asked, _register(asked, project_id, name))


_LISTS = "projects/<int:project_id>/datasets"
_ONE = f"{_LISTS}/<quoted:name>"
_ENTITY = f"{_ONE}/entities/<quoted:uuid>"

urlpatterns: list[URLPattern | URLResolver] = [
    path(_LISTS, verbs(GET=listed, POST=make)),
    path(f"{_ONE}.svc", verbs(GET=service)),
    path(f"{_ONE}.svc/$metadata", verbs(GET=metadata)),
    path(f"{_ONE}.svc/Entities", verbs(GET=table)),
    path(f"{_ONE}/properties", verbs(POST=add_property)),
    path(f"{_ONE}/entities.csv", verbs(GET=as_csv)),
    path(f"{_ONE}/entities", verbs(GET=entities, POST=make_entities)),
    path(_ENTITY, verbs(GET=entity, PATCH=change_entity, DELETE=remove_entity)),
    path(f"{_ENTITY}/versions", verbs(GET=versions)),
    path(_ONE, verbs(GET=one, PATCH=change)),
]
