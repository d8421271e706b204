"""The schema: every foreign key has an index, and bulk tables can be distributed by `home` (design, section 7)."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps

from tests.guards.tree import nothing

pytestmark = pytest.mark.tree

# Rows by the million: distributed by `home` when one machine is outgrown.
BULK = {
    "kernel.Act", "figures.FactRow", "figures.Reading", "fieldwork.Envelope", "fieldwork.Submission", "registers.Entry", "venues.Scan",
}  # fmt: skip
# Small tables copied to every node: the only ones a bulk row may point to with a constraint, besides its own home's.
REFERENCE = {
    "campaigns.Campaign", "units.Unit", "units.Person", "fieldwork.Form", "fieldwork.FormVersion", "registers.Register",
    "figures.Indicator", "figures.IndicatorPart", "places.Area",
}  # fmt: skip


def own_models() -> list[type[models.Model]]:
    return [
        model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("guatu.")
    ]


def _keys(model: type[models.Model]) -> list[tuple[str, ...]]:
    """Field lists of everything that makes an index: key, unique, index, unique_together."""
    meta = model._meta
    found = [
        tuple(meta.pk.field_names) if isinstance(meta.pk, models.CompositePrimaryKey) else (meta.pk.name,)
    ]
    found += [
        tuple(name.lstrip("-") for name in index.fields) for index in meta.indexes if not index.condition
    ]
    found += [
        tuple(each.fields)
        for each in meta.constraints
        if isinstance(each, models.UniqueConstraint) and not each.condition
    ]
    return found + [tuple(each) for each in meta.unique_together]


def keys_without_index(tables: Iterable[type[models.Model]]) -> list[str]:
    """A foreign key without an index makes every delete and every join walk the whole table."""
    return [
        f"{model._meta.label}.{field.name}: a foreign key without an index"
        for model in tables
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and not field.db_index
        and not field.unique
        and not any(key and key[0] in {field.name, field.attname} for key in _keys(model))
    ]


def undistributable(model: type[models.Model]) -> list[str]:
    """What would stop `create_distributed_table(…, 'home')` for one bulk table."""
    meta, found = model._meta, []
    name = meta.label
    key: Any = meta.pk
    if not isinstance(key, models.CompositePrimaryKey) or "home" not in key.field_names:
        found.append(f"{name}: the primary key must be composite and hold home")
    for field in meta.local_fields:
        if field.unique and not field.primary_key:
            found.append(f"{name}.{field.name}: unique without home")
        if isinstance(field, models.AutoField):
            found.append(f"{name}.{field.name}: a sequence; ids are made by guatu.kernel.ids")
        if isinstance(field, models.ForeignKey) and field.db_constraint:
            target = field.remote_field.model
            label = target if isinstance(target, str) else target._meta.label
            if label not in REFERENCE:
                found.append(f"{name}.{field.name}: points to {label}, which is no reference table")
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and "home" not in constraint.fields:
            found.append(f"{name}: unique {constraint.name} without home")
    found += [
        f"{name}: unique together {each} without home" for each in meta.unique_together if "home" not in each
    ]
    return found


def test_every_foreign_key_has_an_index():
    nothing(keys_without_index(own_models()))


def test_bulk_tables_can_be_distributed():
    nothing([fault for label in sorted(BULK) for fault in undistributable(apps.get_model(label))])


def test_every_table_of_the_bulk_shape_is_on_the_list():
    """A new table keyed by home is bulk: it enters the list above and with it the rules."""
    keyed = {
        model._meta.label
        for model in own_models()
        if isinstance(model._meta.pk, models.CompositePrimaryKey) and "home" in model._meta.pk.field_names
    }
    assert keyed - BULK == set()


@pytest.mark.django_db
def test_the_store_has_what_the_models_say():
    """Every index of a foreign key is there in the database too, not only in the model."""
    missing = []
    with connection.cursor() as cursor:
        for model in own_models():
            made = connection.introspection.get_constraints(cursor, model._meta.db_table).values()
            leading = {
                each["columns"][0]
                for each in made
                if each["columns"] and (each["index"] or each["unique"] or each["primary_key"])
            }
            missing += [
                f"{model._meta.label}.{field.name}"
                for field in model._meta.local_fields
                if isinstance(field, models.ForeignKey) and field.column not in leading
            ]
    nothing(missing)


@isolate_apps("guatu.kernel")
def test_planted_faults_are_found():
    class Planted(models.Model):
        home = models.CharField(max_length=9)
        code = models.CharField(max_length=9, unique=True)
        head = models.ForeignKey("kernel.StreamHead", on_delete=models.PROTECT, db_index=False)

        class Meta:
            app_label = "kernel"
            constraints = [models.UniqueConstraint(fields=["code", "head"], name="planted")]

    assert keys_without_index([Planted]) == ["kernel.Planted.head: a foreign key without an index"]
    found = "\n".join(undistributable(Planted))
    for part in (
        "must be composite",
        "code: unique without home",
        "a sequence",
        "no reference table",
        "unique planted without home",
    ):
        assert part in found
