"""A store made before stages were kept goes on: classes are rows, and every open case stands in a stage."""

import importlib

import pytest
from django.apps import apps

from guatu.cases import acts
from guatu.cases.models import Case, Stage
from tests.cases.conftest import photo
from tests.cast import Cast


@pytest.mark.parametrize(
    ("status", "kind"), [("reported", "file"), ("accepted", "handle"), ("handled", "check")]
)
def test_an_old_case_goes_on(classes: Cast, case_at: object, status: str, kind: str) -> None:
    case: Case = case_at(status)  # type: ignore[operator]
    Stage.objects.all().delete()
    Case.objects.update(case_class=None)
    migration = importlib.import_module("guatu.cases.migrations.0011_carry_over")
    migration.carry_over(apps, None)
    migration.carry_over(apps, None)  # again changes nothing
    case = Case.objects.get(pk=case.pk)
    stage = Stage.objects.get(case=case)
    assert (stage.kind, stage.due_at, case.case_class is not None) == (
        kind, case.due_at if kind == "handle" else None, True,
    )  # fmt: skip
    if status == "accepted":
        acts.handle_case(by=classes.nanxiang, case=case, photos=[photo()])
        stage.refresh_from_db()
        assert (stage.outcome, stage.late) == ("handle", False)
