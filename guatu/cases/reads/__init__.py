"""Every question doors ask about cases. All take the reader's scope first; nothing here writes."""

from guatu.cases.reads.bulk import preview
from guatu.cases.reads.fact_rows import rows_for_facts
from guatu.cases.reads.ground import MOST_COUNTED, MOST_POINTS, Box, inside, on_map, read_box, squares
from guatu.cases.reads.lists import (
    UpperLine,
    all_units,
    case,
    cases,
    class_names,
    classes,
    exchange,
    exchanges,
    names_by_code,
    photos,
    steps,
    titles,
    units_for_dispatch,
    waiting_to_send,
)
from guatu.cases.reads.record import class_name, request, requests, rulebook, stages, standard_of
from guatu.cases.reads.search import Search, plan, search
from guatu.cases.reads.sight import RIGHT, sight
from guatu.cases.reads.tabs import COUNT_TO, VIEWS, view, view_condition, view_counts

__all__ = [
    "COUNT_TO",
    "MOST_COUNTED",
    "MOST_POINTS",
    "RIGHT",
    "VIEWS",
    "Box",
    "Search",
    "UpperLine",
    "all_units",
    "case",
    "cases",
    "class_name",
    "class_names",
    "classes",
    "exchange",
    "exchanges",
    "inside",
    "names_by_code",
    "on_map",
    "photos",
    "plan",
    "preview",
    "read_box",
    "request",
    "requests",
    "rows_for_facts",
    "rulebook",
    "search",
    "sight",
    "squares",
    "stages",
    "standard_of",
    "steps",
    "titles",
    "units_for_dispatch",
    "view",
    "view_condition",
    "view_counts",
    "waiting_to_send",
]
