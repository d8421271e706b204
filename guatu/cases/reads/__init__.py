"""Every question doors ask about cases. All take the reader's scope first; nothing here writes."""

from guatu.cases.reads.facts import rows_for_facts
from guatu.cases.reads.lists import (
    UpperLine,
    case,
    cases,
    class_names,
    classes,
    exchange,
    exchanges,
    on_map,
    photos,
    steps,
    titles,
    units_for_dispatch,
    waiting_to_send,
)
from guatu.cases.reads.record import request, requests, rulebook, stages
from guatu.cases.reads.search import search
from guatu.cases.reads.sight import RIGHT, sight
from guatu.cases.reads.tabs import COUNT_TO, VIEWS, view, view_condition, view_counts

__all__ = [
    "COUNT_TO",
    "RIGHT",
    "VIEWS",
    "UpperLine",
    "case",
    "cases",
    "class_names",
    "classes",
    "exchange",
    "exchanges",
    "on_map",
    "photos",
    "request",
    "requests",
    "rows_for_facts",
    "rulebook",
    "search",
    "sight",
    "stages",
    "steps",
    "titles",
    "units_for_dispatch",
    "view",
    "view_condition",
    "view_counts",
    "waiting_to_send",
]
