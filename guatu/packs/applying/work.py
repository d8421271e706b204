"""Indicators, forms, registers, the task list, brief templates."""

from collections.abc import Sequence
from pathlib import Path

from guatu.briefs.acts import set_template
from guatu.fieldwork.acts.forms import publish_form
from guatu.fieldwork.models import Form
from guatu.figures.acts import define_indicators
from guatu.figures.models import Indicator
from guatu.files import rules as cells
from guatu.files.acts import import_file
from guatu.files.imports import Cells, Context, RowOutcome, find
from guatu.files.tables import read_table
from guatu.kernel.problems import Problem
from guatu.packs.applying.step import ADDED, CHANGED, SAME, Change, Standing
from guatu.packs.pack import FormRow
from guatu.registers.acts import open_register
from guatu.registers.models import Register


def apply_indicators(standing: Standing) -> list[Change]:
    """Indicators come before what they count, so that their readings grow with it."""
    if not standing.pack.indicators:
        return []
    wanted = [dict(each) for each in standing.pack.indicators]
    known = dict(
        Indicator.objects.filter(campaign=standing.under_way, active=True).values_list("key", "definition")
    )
    outcome = define_indicators(
        by=standing.by, campaign=standing.under_way, definitions=wanted, via=standing.via
    )
    return [
        Change("indicators", key, SAME if word == SAME and key in known else word)
        for key, word in outcome.items()
    ]


def apply_forms(standing: Standing) -> list[Change]:
    changes = []
    for row in standing.pack.forms:
        before = _form_state(standing, row)
        publish_form(
            by=standing.by, campaign=standing.under_way, source=row.path.read_bytes(), file_name=row.path.name,
            settings=row.settings, via=standing.via,
        )  # fmt: skip
        after = _form_state(standing, row)
        changes.append(
            Change("forms", row.code, ADDED if before is None else SAME if before == after else CHANGED)
        )
    return changes


def _form_state(standing: Standing, row: FormRow) -> tuple[object, ...] | None:
    form = Form.objects.filter(campaign=standing.under_way, code=row.code).first()
    return None if form is None else (form.current_id, form.version, form.settings)


def apply_registers(standing: Standing) -> list[Change]:
    changes = []
    campaign = standing.under_way
    found = {row.code: row for row in Register.objects.filter(campaign=campaign)}
    for order, row in enumerate(standing.pack.registers):
        before = found[row.code].version if row.code in found else None
        register = open_register(
            by=standing.by, campaign=campaign, code=row.code, name=row.name, name_en=row.name_en, kind=row.kind,
            key_field=row.key_field, title_field=row.title_field, columns=row.columns, parent=found.get(row.parent),
            purpose=row.purpose, erase_on=row.erase_on, order=order, via=standing.via,
        )  # fmt: skip
        found[row.code] = register
        outcome = ADDED if before is None else SAME if before == register.version else CHANGED
        changes.append(Change("registers", row.code, outcome))
    return changes


def apply_tasks(standing: Standing) -> list[Change]:
    """The task list through the same import an office uses."""
    path = standing.pack.tasks
    return take_table(standing, "task", path, "tasks") if path is not None else []


def take_table(standing: Standing, kind: str, path: Path, section: str) -> list[Change]:
    """A table of the pack through the import of its kind; one that says nothing new is not imported at all.

    Raises `pack.rows_refused` with the file, the line and why.
    """
    outcomes = _checked(standing, kind, path.read_bytes(), path.name)
    wrong = next((outcome for outcome in outcomes if outcome.kind == "error"), None)
    if wrong is not None:
        fault = wrong.faults[0]
        why = f"{fault.field} {fault.value}: {fault.problem.sentence()}"
        raise Problem("pack.rows_refused", file=path.name, line=wrong.line, why=why)
    kinds = [outcome.kind for outcome in outcomes]
    if "new" in kinds or "changed" in kinds:
        campaign = standing.under_way if find(kind).campaign else None
        run = import_file(by=standing.by, kind=kind, path=path, campaign=campaign, via=standing.via)
        if run.status != "applied":
            raise Problem("pack.rows_refused", file=path.name, line="—", why=str(run.errors)[:300])
    words = {"new": ADDED, "changed": CHANGED, "same": SAME}
    return [Change(section, path.name, words[kind], kinds.count(kind)) for kind in words if kind in kinds]


def _checked(standing: Standing, kind: str, content: bytes, name: str) -> Sequence[RowOutcome]:
    """What an import of the table would do, row by row, without a run."""
    importer = find(kind)
    table = read_table(content, name, names=[each for field in importer.fields for each in field.names])
    chosen = cells.suggest(table.headings, [(field.key, field.names) for field in importer.fields])
    mapping = {key: table.headings.index(heading) for key, heading in chosen.items()}
    options = {option.key: option.default for option in importer.options}
    context = Context(by=standing.by, campaign=standing.under_way, options=options)
    rows = [Cells(importer, mapping, row) for row in table.rows]
    if importer.prepare is not None:
        importer.prepare(context, rows)
    return [importer.check(context, row) for row in rows]


def apply_templates(standing: Standing) -> list[Change]:
    return [
        Change(
            "templates",
            row.code,
            set_template(
                by=standing.by,
                campaign=standing.under_way,
                code=row.code,
                name=row.name,
                kind=row.kind,
                document=row.path.read_bytes(),
                settings=row.settings,
                via=standing.via,
            ),
        )  # fmt: skip
        for row in standing.pack.templates
    ]
