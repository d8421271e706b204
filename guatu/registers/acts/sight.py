"""Opening what is sealed: only with a reason, and never without a line in the sight log."""

from collections.abc import Sequence
from uuid import UUID

from guatu.kernel import clock, secrets
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, deed
from guatu.kernel.models import SightLog
from guatu.kernel.problems import Problem
from guatu.registers.models import Entry, Register
from guatu.registers.rules import read_columns


def _reason(by: Actor, text: str) -> str:
    if by.id is None:
        raise Problem("access.denied", right="register.reveal")  # who looked must have a name
    if not text.strip():
        raise Problem("register.reason_needed")
    return text.strip()[:200]


def reveal(*, by: Actor, entry: Entry, fields: Sequence[str], reason: str) -> dict[str, str]:
    """The clear texts of some personal columns of one entry: {column key: text}. Logged before anything is opened.

    Raises `access.denied`, `register.reason_needed`, `register.nothing_personal`, `secrets.forgotten`.
    """
    require(by.scope, "register.reveal", area=entry.area)
    why = _reason(by, reason)
    personal = {column.key for column in read_columns(entry.columns) if column.personal}
    for name in fields:
        if name not in personal:
            raise Problem("register.nothing_personal", register=entry.register.name, column=name)
    if entry.status == "forgotten":
        raise Problem("secrets.forgotten")
    rows = [_line(by, entry, name, why) for name in fields]
    SightLog.objects.bulk_create(rows)
    opened = secrets.open_many(
        {entry.id: {name: entry.sealed[name] for name in fields if name in entry.sealed}}
    )
    return opened.get(entry.id, {})


def _line(by: Actor, entry: Entry, name: str, why: str) -> SightLog:
    return SightLog(
        at=clock.now(), by_id=by.id, subject_type="entry", subject_id=str(entry.id), field=name, reason=why
    )


def record_export(
    *,
    by: Actor,
    register: Register,
    count: int,
    revealed: Sequence[Entry] = (),
    reason: str = "",
    via: str = "web",
) -> None:
    """Write down that a register left the house as a file. `revealed`: entries whose personal values stand in it in the
    clear; each gets a line in the sight log, and the reason is required."""
    require(by.scope, "register.export", area=register.area)
    with deed(by=by, via=via) as d:
        if revealed:
            for area in {entry.area for entry in revealed}:
                require(by.scope, "register.reveal", area=area)
            why = _reason(by, reason)
            SightLog.objects.bulk_create(
                [_line(by, entry, "export", why) for entry in revealed if entry.sealed], batch_size=100
            )
        details = {"register": register.code, "count": count, "personal": bool(revealed)}
        d.record("register.exported", register, details=details)


def record_phone_copy(*, by: Actor, register: Register, entry_ids: Sequence[UUID]) -> int:
    """Write down whose personal values go to a phone in an entity list; answers how many. Before they go."""
    rows = Entry.objects.filter(register=register, id__in=list(entry_ids)).only(
        "home", "id", "area", "sealed"
    )
    told = [row for row in rows if row.sealed and by.scope.allows("register.reveal", area=row.area)]
    why = f"实体清单 {register.entity_list} 下发到手机"
    SightLog.objects.bulk_create([_line(by, row, "list", why) for row in told], batch_size=100)
    return len(told)
