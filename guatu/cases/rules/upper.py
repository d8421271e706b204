"""How a case is told to the platform above, line by line. Pure."""

import datetime as dt
from collections.abc import Sequence

from guatu.cases.rules.lifecycle import RECTIFIED

# What our status is called in the file that goes up. 整改中 until verified by us: we never report up what nobody checked.
UPPER_STATUS = {
    **dict.fromkeys(("reported", "confirmed", "filed", "dispatched", "returned"), "待整改"),
    **dict.fromkeys(("accepted", "treated", "handled", "held"), "整改中"),
    "verified": "已整改",
    "closed": "已整改",
    "rejected": "不予受理",
    **dict.fromkeys(("void", "duplicate", "withdrawn"), "不予受理"),
}
UPPER_COLUMNS = (
    "上级编号",
    "本级编号",
    "状态",
    "整改完成时间",
    "承办单位",
    "整改说明",
    "整改后照片",
    "不予受理原因",
)


def upper_line(
    *,
    upper_number: str,
    number: str,
    status: str,
    handled_at: dt.datetime | None,
    unit: str,
    note: str,
    photos: Sequence[str],
    reason: str,
) -> dict[str, str]:
    """One line of the file for the platform above: every column as text. Times in the zone they come in."""
    rectified = status in RECTIFIED
    refused = UPPER_STATUS[status] == "不予受理"
    done = handled_at.strftime("%Y-%m-%d %H:%M") if rectified and handled_at else ""
    values = (
        upper_number,
        number,
        UPPER_STATUS[status],
        done,
        unit,
        note if rectified else "",
        "；".join(photos) if rectified else "",
        reason if refused else "",
    )
    return dict(zip(UPPER_COLUMNS, values, strict=True))
