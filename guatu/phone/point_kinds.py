"""The act behind a report of a line that a phone sends. See kinds.py for the others."""

from collections.abc import Mapping
from typing import Any

from guatu.kernel.problems import Problem
from guatu.phone.kinds import VIA, Said, key, whole
from guatu.units.models import Person
from guatu.venues.acts.points import report_point
from guatu.venues.reads.points import point_of
from guatu.venues.rules.points import MOST_PEOPLE


def _stock(payload: Mapping[str, Any]) -> dict[str, int]:
    given = payload.get("stock", {})
    if not isinstance(given, dict) or len(given) > 100:
        raise Problem("phone.bad_item", what="stock")
    for item, change in given.items():
        if isinstance(change, bool) or not isinstance(change, int) or abs(change) > 10_000_000:
            raise Problem("phone.bad_item", what=f"stock {item}"[:60])
    return {item: change for item, change in given.items() if change}


def queue(person: Person, payload: Mapping[str, Any], said: Said) -> dict[str, Any]:
    """上报排队. payload: point, queue, served, stock {item: change}; at least one of the last three."""
    try:
        row = point_of(person.scope, key(payload, "point"))
    except Problem as problem:
        if problem.code == "access.not_found":
            raise Problem("phone.missing", what="服务点") from problem
        raise
    report = report_point(
        by=person, point=row, queue=whole(payload, "queue", MOST_PEOPLE), served=whole(payload, "served", MOST_PEOPLE),
        stock=_stock(payload), at=said.at, via=VIA,
    )  # fmt: skip
    line = "" if report.queue is None else f"，排队 {report.queue} 人"
    line_en = "" if report.queue is None else f": {report.queue} people in line"
    return {
        "report": str(report.id),
        "point": str(row.id),
        "sentence": f"{row.place.name}已上报{line}。",
        "sentence_en": f"{row.place.name} is reported{line_en}.",
    }
