"""Discovery, the list of services, and what a service asks."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from guatu.cases.reads import open311 as reads
from guatu.cases.reads.open311 import Service
from guatu.cases.rules.questions import LISTS, Question
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.public.open311.frame import english, jurisdiction
from guatu.public.open311.wire import Answer

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-22T00:00:00+08:00"  # when this door last changed what it says


def discovery(request: HttpRequest) -> Answer:
    """Where the endpoint is and what it speaks."""
    page = request.build_absolute_uri(reverse("public:open311"))
    endpoint = {
        "specification": SPECIFICATION,
        "url": request.build_absolute_uri(reverse("open311:root")),
        "changeset": CHANGESET,
        "type": "production"
        if clock.anchor() is None
        else "test",  # a store on another day is a demo or a drill
        "formats": ["text/xml", "application/json"],
    }
    told = {
        "changeset": CHANGESET,
        "contact": _("城市运行管理中心，见 %(page)s") % {"page": page},
        "key_service": _("上报要有钥匙，怎样取得见 %(page)s") % {"page": page},
        "endpoints": [endpoint],
    }
    return Answer("discovery", told)


def listed(request: HttpRequest) -> Answer:
    """GET services."""
    campaign = jurisdiction(request)
    rows = reads.services(campaign) if campaign is not None else []
    return Answer("services", [_service(row) for row in rows if row.row.active])


def _service(service: Service) -> dict[str, Any]:
    row = service.row
    return {
        "service_code": service.code,
        "service_name": service.name(english()),
        "description": row.description or service.name(english()),
        "metadata": bool(service.questions),
        "type": "realtime",
        "keywords": ",".join(
            word for word in row.keywords.replace("，", ",").replace("、", ",").split(",") if word
        ),
        "group": row.major_name or None,
    }


def definition(request: HttpRequest, service_code: str) -> Answer:
    """GET services/{service_code}. A service that asks nothing has an empty list."""
    campaign = jurisdiction(request)
    for service in reads.services(campaign) if campaign is not None else []:
        if service.code == service_code and service.row.active:
            attributes = [_attribute(question) for question in service.questions]
            return Answer("service_definition", {"service_code": service.code, "attributes": attributes})
    raise Problem("georeport.service_unknown", service_code=service_code[:60])


def _attribute(question: Question) -> dict[str, Any]:
    foreign = english()
    described = question.description_en if foreign and question.description_en else question.description
    kind = (
        question.datatype_description_en
        if foreign and question.datatype_description_en
        else question.datatype_description
    )
    told: dict[str, Any] = {
        "variable": question.variable,
        "code": question.code,
        "datatype": question.datatype,
        "required": question.required,
        "datatype_description": kind or None,
        "order": question.order,
        "description": described or question.code,
    }
    if question.datatype in LISTS:
        told["values"] = [
            {"key": value.key, "name": value.name_en if foreign and value.name_en else value.name}
            for value in question.values
        ]
    return told
