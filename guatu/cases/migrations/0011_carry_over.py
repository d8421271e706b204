"""Cases of stores made before stages were kept: their class as a row, and the stretch they stand in now.

A stretch that began before is begun when the case last moved; handling keeps the deadline the case has.
"""

from typing import Any

from django.db import migrations

_STANDS_IN = {
    "reported": "file", "filed": "dispatch", "returned": "dispatch", "dispatched": "handle", "accepted": "handle",
    "handled": "check", "verified": "close",
}  # fmt: skip


def carry_over(apps: Any, schema_editor: Any) -> None:
    Case, CaseClass, Stage = (apps.get_model("cases", name) for name in ("Case", "CaseClass", "Stage"))
    for row in CaseClass.objects.order_by("-order").iterator():
        same = Case.objects.filter(campaign_id=row.campaign_id, class_code=row.code, case_class=None)
        same.update(case_class=row)
    without = Case.objects.filter(status__in=list(_STANDS_IN), stages=None).order_by("id")
    begun = []
    for case in without.iterator(chunk_size=1000):
        kind = _STANDS_IN[case.status]
        handling = kind == "handle"
        begun.append(
            Stage(
                home=case.home, case_id=case.id, kind=kind, unit_id=case.unit_id,
                started_at=(case.clock_started_at or case.last_step_at) if handling else case.last_step_at,
                limit_amount=case.limit_amount if handling else None, limit_unit=case.limit_unit if handling else "",
                due_at=case.due_at if handling else None, lines=case.due_lines if handling else [],
                late=case.late if handling else False, why=[{"what": "kept"}] if handling else [],
                class_code=case.class_code, area=case.area,
            )
        )  # fmt: skip
        if len(begun) >= 500:
            Stage.objects.bulk_create(begun)
            begun = []
    Stage.objects.bulk_create(begun)


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_covering")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
