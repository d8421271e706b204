"""The OData feed of an entity list: `…/datasets/{name}.svc/Entities`. Pages go on from the last row shown, so that rows
that come or go meanwhile neither repeat nor hide others."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from xml.sax.saxutils import quoteattr

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from guatu.campaigns.models import Campaign
from guatu.central import dataset_words as words
from guatu.central.dataset_query import condition_of
from guatu.central.frame import Asked, actor_numbers, answer, moment
from guatu.kernel.problems import Problem, declare
from guatu.kit.streaming import stream
from guatu.registers import listing
from guatu.registers.models import Entry, Register
from guatu.units.models import Person

declare(
    "entity.odata_unsupported",
    status=501,
    zh="实体清单的 OData 不支持 {what}。",
    en="The OData feed of an entity list does not support {what}.",
    next_zh="可用 $top、$skip、$skiptoken、$count、$select、$search、$filter。",
    next_en="Use $top, $skip, $skiptoken, $count, $select, $search or $filter.",
)

_KNOWN = (
    "$top",
    "$skip",
    "$skiptoken",
    "$count",
    "$select",
    "$search",
    "$filter",
    "$orderby",
    "$wkt",
    "$expand",
    "deleted",
)
_SYSTEM = (
    "createdAt",
    "creatorId",
    "creatorName",
    "updates",
    "updatedAt",
    "deletedAt",
    "version",
    "conflict",
)


def dumps(data: Any) -> str:
    """JSON with Chinese left readable."""
    return json.dumps(data, ensure_ascii=False, default=str)


def odata(found: HttpResponse) -> HttpResponse:
    found["OData-Version"] = "4.0"
    return found


def began(campaign: Campaign) -> dt.datetime:
    """When the list of places began: with the campaign (ids tell their time)."""
    return dt.datetime.fromtimestamp((campaign.id.int >> 80) / 1000, dt.UTC)


@dataclass(frozen=True)
class Paging:
    top: int | None
    skip: int
    after: tuple[dt.datetime, UUID] | None
    count: bool
    select: frozenset[str] | None


def _paging(asked: Asked, known: Iterable[str]) -> Paging:
    query = asked.query
    strange = next((name for name in query if name.startswith("$") and name not in _KNOWN), None)
    if strange is not None or query.get("$orderby", "__system/createdAt desc") != "__system/createdAt desc":
        raise Problem("entity.odata_unsupported", what=strange or "$orderby")
    return Paging(
        top=_whole(query, "$top"),
        skip=_whole(query, "$skip") or 0,
        after=_token(query.get("$skiptoken", "")),
        count=query.get("$count", "").lower() == "true",
        select=_select(query.get("$select", ""), known),
    )


def _whole(query: dict[str, str], name: str) -> int | None:
    text = query.get(name, "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise Problem("central.bad_value", field=name, value=text[:40], known="0…")
    return int(text)


def _select(text: str, known: Iterable[str]) -> frozenset[str] | None:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or "*" in names:
        return None
    allowed = {"__id", "label", "__system", *(f"__system/{each}" for each in _SYSTEM), *known}
    strange = next((name for name in names if name not in allowed), None)
    if strange is not None:
        raise Problem(
            "central.bad_value", field="$select", value=strange[:60], known=", ".join(sorted(allowed))
        )
    return frozenset(names)


def _token(text: str) -> tuple[dt.datetime, UUID] | None:
    if not text:
        return None
    try:
        at, row_id = json.loads(base64.urlsafe_b64decode(text.encode()))
        return dt.datetime.fromisoformat(at), UUID(row_id)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise Problem(
            "central.bad_value", field="$skiptoken", value=text[:40], known="@odata.nextLink"
        ) from None


def _next_link(asked: Asked, at: dt.datetime, row_id: UUID) -> str:
    token = base64.urlsafe_b64encode(json.dumps([at.isoformat(), str(row_id)]).encode()).decode()
    query = {**asked.query, "$skiptoken": token}
    query.pop("$skip", None)
    return asked.request.build_absolute_uri(f"{asked.request.path}?{urlencode(query)}")


def narrowed(rows: QuerySet[Entry], asked: Asked, register: Register) -> QuerySet[Entry]:
    """The rows that $search and $filter leave."""
    text = asked.query.get("$search", "").strip().strip('"')
    if text:
        found = Q(title_text__icontains=text) | Q(key_text__icontains=text)
        for column in words.public_properties(register).values():
            found |= Q(**{f"fields__{column.key}__icontains": text})
        rows = rows.filter(found)
    condition = asked.query.get("$filter", "")
    return rows.filter(condition_of(register, condition)) if condition else rows


def entities(asked: Asked, register: Register) -> HttpResponseBase:
    """The feed of a register."""
    names = [each["odataName"] for each in words.property_lines(register, register.campaign)]
    paging = _paging(asked, names)
    status = "withdrawn" if asked.flag("deleted") else "current"
    rows = narrowed(listing.entities(asked.scope, register, status=status), asked, register)
    head: dict[str, Any] = {
        "@odata.context": asked.request.build_absolute_uri(f"{_root(asked)}/$metadata#Entities")
    }
    if paging.count:
        head["@odata.count"] = rows.count()
    if paging.after is not None:
        at, row_id = paging.after
        rows = rows.filter(Q(entered_at__lt=at) | Q(entered_at=at, id__lt=row_id))
    rows = rows.order_by("-entered_at", "-id")[paging.skip :]
    if paging.top is None:
        return odata(_whole_feed(asked, register, head, rows, paging))  # type: ignore[arg-type]
    page = list(rows[: paging.top + 1])
    lines = _lines(register, page[: paging.top], paging)
    if len(page) > paging.top > 0:
        last = page[paging.top - 1]
        head["@odata.nextLink"] = _next_link(asked, last.entered_at, last.id)
    return odata(answer({**head, "value": lines}))


def _root(asked: Asked) -> str:
    return asked.request.path.rpartition("/")[0]


def _lines(register: Register, rows: list[Entry], paging: Paging) -> list[dict[str, Any]]:
    given = actor_numbers({row.by_id for row in rows})
    people = Person.objects.in_bulk({row.by_id for row in rows if row.by_id})
    called = words.labels(register, rows)
    found = []
    for row in rows:
        name = people[row.by_id].name if row.by_id in people else ""
        found.append(
            _selected(
                words.odata_line(register, row, called[row.id], (given[row.by_id], name)), paging.select
            )
        )
    return found


def _selected(line: dict[str, Any], select: frozenset[str] | None) -> dict[str, Any]:
    if select is None:
        return line
    found = {name: value for name, value in line.items() if name in select}
    system = {name: value for name, value in line["__system"].items() if f"__system/{name}" in select}
    return {**found, "__system": system} if system and "__system" not in select else found


def _whole_feed(
    asked: Asked, register: Register, head: dict[str, Any], rows: Any, paging: Paging
) -> HttpResponseBase:
    source = rows.iterator(chunk_size=500)

    def pieces() -> Iterator[bytes]:
        yield (dumps(head)[:-1] + ', "value": [').encode()
        first = True
        while some := list(islice(source, 500)):
            lines = ",".join(dumps(line) for line in _lines(register, some, paging))
            yield (lines if first else f",{lines}").encode()
            first = False
        yield b"]}"

    return stream(asked.request, pieces(), "application/json; charset=utf-8")


def places(asked: Asked, campaign: Campaign) -> HttpResponse:
    """The feed of the places, by id."""
    paging = _paging(asked, listing.PLACE_COLUMNS)
    if asked.query.get("$filter"):
        raise Problem("entity.odata_unsupported", what="$filter")
    rows = listing.places(asked.scope, campaign)
    text = asked.query.get("$search", "").strip().strip('"')
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(number__icontains=text) | Q(address__icontains=text))
    head: dict[str, Any] = {
        "@odata.context": asked.request.build_absolute_uri(f"{_root(asked)}/$metadata#Entities")
    }
    if paging.count:
        head["@odata.count"] = rows.count()
    if paging.after is not None:
        rows = rows.filter(id__lt=paging.after[1])
    rows = rows.order_by("-id")[paging.skip :]
    page = list(rows if paging.top is None else rows[: paging.top + 1])
    shown = page if paging.top is None else page[: paging.top]
    if paging.top and len(page) > paging.top:
        head["@odata.nextLink"] = _next_link(asked, began(campaign), shown[-1].id)
    lines = [_selected(words.place_odata_line(row), paging.select) for row in shown]
    return odata(answer({**head, "value": lines}))


def metadata(name: str, properties: Iterable[str]) -> HttpResponse:
    """The EDMX document: one entity type, texts all, and what every entity has."""
    own = "".join(f'<Property Name={quoteattr(each)} Type="Edm.String"/>' for each in properties)
    kinds = {"createdAt": "Edm.DateTimeOffset", "updatedAt": "Edm.DateTimeOffset", "deletedAt": "Edm.DateTimeOffset",
             "updates": "Edm.Int64", "version": "Edm.Int64"}  # fmt: skip
    system = "".join(f'<Property Name="{each}" Type="{kinds.get(each, "Edm.String")}"/>' for each in _SYSTEM)
    space = f"org.opendatakit.user.{name}"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"><edmx:DataServices>'
        '<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="org.opendatakit.entity">'
        f'<ComplexType Name="metadata">{system}</ComplexType></Schema>'
        f'<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace={quoteattr(space)}>'
        '<EntityType Name="Entities"><Key><PropertyRef Name="__id"/></Key><Property Name="__id" Type="Edm.String"/>'
        '<Property Name="label" Type="Edm.String"/><Property Name="__system" Type="org.opendatakit.entity.metadata"/>'
        f"{own}</EntityType><EntityContainer Name={quoteattr(name)}>"
        f'<EntitySet Name="Entities" EntityType={quoteattr(space + ".Entities")}/></EntityContainer></Schema>'
        "</edmx:DataServices></edmx:Edmx>"
    )
    return odata(HttpResponse(body, content_type="application/xml; charset=utf-8"))


__all__ = ["began", "dumps", "entities", "metadata", "moment", "narrowed", "odata", "places"]
