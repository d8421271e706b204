"""The walk of an import: sent, mapped, checked, applied, perhaps undone."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from guatu.files import bytes as stored_bytes
from guatu.files import problems as problems
from guatu.files import rules
from guatu.files.acts.attaching import attach, destroy
from guatu.files.imports import Cells, Change, Context, Importer, RowOutcome, find
from guatu.files.models import ImportRun
from guatu.files.reads import state_word
from guatu.files.tables import Row, Table, read_table
from guatu.kernel import clock
from guatu.kernel.access import require
from guatu.kernel.acts import NOWHERE, Actor, check_version, deed
from guatu.kernel.problems import Problem

_MOST_ERRORS = 2_000  # kept with the run; more are counted
_MOST_TOLD = 500


def start_import(
    *,
    by: Actor,
    kind: str,
    name: str,
    content: bytes,
    campaign: Any = None,
    options: Mapping[str, str] | None = None,
    via: str = "web",
) -> ImportRun:
    """Take a table in; answers the run as a draft with headings and a suggested mapping.

    options: `sheet`, `heading_line` and what the importer asks. Raises `import.unknown_kind`, `import.unreadable`,
    `import.too_many`, `import.needs_campaign`, `access.denied`.
    """
    importer = find(kind)
    require(by.scope, importer.right)
    if importer.campaign and campaign is None:
        raise Problem("import.needs_campaign", title=importer.label)
    chosen = {str(key): str(value) for key, value in (options or {}).items() if value not in (None, "")}
    found = _read(importer, content, name, chosen)
    run = ImportRun(
        home=getattr(campaign, "home", NOWHERE),
        campaign=campaign,
        area=getattr(campaign, "area", ""),
        kind=kind,
        name=Path(name).name[:200],
        by_id=by.id,
        made_at=clock.now(),
    )
    with deed(by=by, via=via) as d:
        run.save(force_insert=True)
        run.source = attach(
            by=by, subject=run, upload=_Named(run.name, content), purpose="source", seen=False, via=via
        )
        _lay_out(run, importer, found, chosen)
        run.save()
        d.record("import.started", run, details={"kind": kind, "rows": len(found.rows)})
    return run


class _Named:
    """Bytes with a name, read like an uploaded file."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        self._content = content

    def read(self) -> bytes:
        return self._content


def _read(importer: Importer, content: bytes, name: str, options: Mapping[str, str]) -> Table:
    names = [name for each in importer.fields for name in each.names]
    line = options.get("heading_line", "")
    return read_table(
        content,
        name,
        names=names,
        sheet=options.get("sheet", ""),
        heading=int(line) if line.isdigit() else None,
    )


def _lay_out(run: ImportRun, importer: Importer, found: Table, options: Mapping[str, str]) -> None:
    """What the table looks like, and which column is probably which field."""
    run.headings = found.headings
    run.mapping = rules.suggest(found.headings, [(each.key, each.names) for each in importer.fields])
    defaults = {option.key: option.default for option in importer.options}
    run.options = {**defaults, **options, "sheet": found.sheet, "heading_line": str(found.heading_line)}
    run.totals = {"rows": len(found.rows), "sheets": list(found.sheets)}
    run.errors, run.told = [], []
    run.status = "draft"


def map_columns(
    *,
    by: Actor,
    run: ImportRun,
    mapping: Mapping[str, str],
    options: Mapping[str, str] | None = None,
    version: int | None = None,
    via: str = "web",
) -> ImportRun:
    """Say which column is which field: {field key: heading}, empty for none. Another sheet or heading line is read anew.

    Raises `import.unknown_field`, `import.unknown_column`, `import.column_twice`, `import.wrong_state`.
    """
    importer = _ready(by, run, "map", version)
    chosen = {**run.options, **{str(key): str(value) for key, value in (options or {}).items()}}
    with deed(by=by, via=via) as d:
        if (chosen.get("sheet"), chosen.get("heading_line")) != (
            run.options.get("sheet"),
            run.options.get("heading_line"),
        ):
            if chosen.get("sheet") != run.options.get("sheet"):
                chosen.pop("heading_line", None)
            _lay_out(run, importer, _read(importer, content_of(run), run.name, chosen), chosen)
        else:
            run.options = chosen
            run.mapping = _checked_mapping(importer, run.headings, mapping)
        run.status = "draft"
        run.version += 1
        run.save()
        d.record("import.mapped", run, details={"mapping": run.mapping})
    return run


def _checked_mapping(
    importer: Importer, headings: Sequence[str], mapping: Mapping[str, str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, heading in mapping.items():
        if importer.field(key) is None:
            raise Problem(
                "import.unknown_field", field=key, fields="、".join(each.key for each in importer.fields)
            )
        if not heading:
            continue
        if heading not in headings:
            raise Problem("import.unknown_column", column=heading, columns="、".join(headings[:40]))
        if heading in found.values():
            raise Problem("import.column_twice", column=heading)
        found[key] = heading
    return found


def content_of(run: ImportRun) -> bytes:
    """The bytes of the run's table. Raises `file.gone`."""
    source = run.source
    if source is None or not source.stored or not stored_bytes.path_of(source.stored).exists():
        raise Problem("file.gone", name=run.name)
    return stored_bytes.path_of(source.stored).read_bytes()


def _ready(by: Actor, run: ImportRun, step: str, version: int | None = None) -> Importer:
    """The run's importer, when `by` may take the step now. Runs of others are taken further only over the whole right."""
    importer = find(run.kind)
    require(by.scope, importer.right)
    check_version(run, version)
    if not rules.may_step(step, run.status):
        raise Problem("import.wrong_state", state=state_word(run.status))
    return importer


def check_import(*, by: Actor, run: ImportRun, version: int | None = None, via: str = "web") -> ImportRun:
    """Try every row without writing: how many are new, changed, the same, wrong; the run keeps what is wrong.

    Raises `import.unmapped`, `import.wrong_state`.
    """
    importer = _ready(by, run, "check", version)
    missing = [each.label for each in importer.fields if each.required and each.key not in run.mapping]
    if missing:
        raise Problem("import.unmapped", fields="”“".join(missing))
    outcomes = list(outcomes_of(by, run, importer))
    with deed(by=by, via=via) as d:
        _keep_report(run, outcomes)
        run.status = "checked"
        run.version += 1
        run.save()
        d.record(
            "import.checked",
            run,
            details={key: value for key, value in run.totals.items() if key != "sheets"},
        )
    return run


def outcomes_of(by: Actor, run: ImportRun, importer: Importer) -> Iterable[RowOutcome]:
    """What would become of each row as the store stands now."""
    found = _read(importer, content_of(run), run.name, run.options)
    context = Context(by=by, campaign=run.campaign, options=run.options)
    return checked_rows(importer, context, run.mapping, found.headings, found.rows)


def checked_rows(
    importer: Importer,
    context: Context,
    mapping: Mapping[str, str],
    headings: Sequence[str],
    rows: Sequence[Row],
) -> list[RowOutcome]:
    """The outcome of each row; a key met before in the same table is refused at the later row."""
    columns = {key: headings.index(heading) for key, heading in mapping.items() if heading in headings}
    cells = [Cells(importer, columns, row) for row in rows]
    if importer.prepare is not None:
        importer.prepare(context, cells)
    seen: dict[str, int] = {}
    outcomes: list[RowOutcome] = []
    for row in cells:
        outcome = importer.check(context, row)
        if outcome.key and outcome.kind != "error":
            first = seen.setdefault(outcome.key, row.line)
            if first != row.line:
                row.refuse("", Problem("import.twice", line=first, key=outcome.key))
                outcome = row.wrong()
        outcomes.append(outcome)
    return outcomes


def _keep_report(run: ImportRun, outcomes: Sequence[RowOutcome]) -> None:
    totals = {
        kind: sum(each.kind == kind for each in outcomes) for kind in ("new", "changed", "same", "error")
    }
    run.totals = {**run.totals, **totals, "rows": len(outcomes), "done": 0}
    run.errors = [
        {
            "line": outcome.line,
            "field": fault.field,
            "column": run.mapping.get(fault.field, ""),
            "value": fault.value,
            **{name: value for name, value in fault.problem.as_json().items() if name in ("code", "details")},
        }
        for outcome in outcomes
        for fault in outcome.faults
    ][:_MOST_ERRORS]
    run.told = [
        {"line": outcome.line, "subject": outcome.subject_id, "field": name, "old": old, "new": new}
        for outcome in outcomes
        for name, old, new in outcome.told
    ][:_MOST_TOLD]


def apply_import(*, by: Actor, run: ImportRun, version: int | None = None, via: str = "") -> ImportRun:
    """Let the good rows in, one deed per chunk; wrong rows stay out and are offered back as a workbook.

    A run that was stopped half-way goes on: rows already in come out as “same”. Raises `import.nothing_good`,
    `import.wrong_state`.
    """
    importer = _ready(by, run, "apply", version)
    outcomes = list(outcomes_of(by, run, importer))
    good = [each for each in outcomes if each.kind in ("new", "changed")]
    wrong = sum(each.kind == "error" for each in outcomes)
    if run.status == "checked":
        _keep_report(run, outcomes)
        if not good and wrong == len(outcomes):
            raise Problem("import.nothing_good", errors=wrong)
    via = via or f"import:{run.id}"
    for start in range(0, max(len(good), 1), importer.chunk):
        part = good[start : start + importer.chunk]
        with deed(by=by, via=via) as d:
            if part:
                context = Context(by=by, campaign=run.campaign, options=run.options)
                _note(
                    run,
                    importer.apply(by=by, campaign=run.campaign, rows=part, via=via, context=context),
                    len(part),
                )
            last = start + importer.chunk >= len(good)
            run.status = "applied" if last else "applying"
            run.applied_at = clock.now()
            run.version += 1
            if last:
                d.record(
                    "import.applied", run, details={"created": len(run.created), "changed": len(run.changed)}
                )
                if not importer.keeps(run.mapping) and not run.errors and run.source is not None:
                    destroy(run.source)
            run.save()
    return run


def apply_later(*, by: Actor, run: ImportRun, version: int | None = None, via: str = "web") -> ImportRun:
    """Hand a checked run to the background; its page shows how far it is. Raises `import.nothing_good`, `import.wrong_state`."""
    from guatu.files.jobs import apply_in_background  # the job stands on this module

    _ready(by, run, "apply", version)
    if not (run.totals.get("new") or run.totals.get("changed")) and run.totals.get("error"):
        raise Problem("import.nothing_good", errors=run.totals["error"])
    with deed(by=by, via=via) as d:
        run.status = "applying"
        run.version += 1
        run.save()
        d.record("import.queued", run)
        apply_in_background.enqueue(run_id=str(run.id), by_id=str(by.id) if by.id else None)
    return run


def _note(run: ImportRun, applied: Any, count: int) -> None:
    run.created = [*run.created, *map(str, applied.created)]
    known = {change["id"] for change in run.changed}
    run.changed = [
        *run.changed,
        *(
            {"id": str(change.id), "old": dict(change.old), "version": change.version}
            for change in applied.changed
            if str(change.id) not in known
        ),
    ]
    run.totals = {**run.totals, "done": run.totals.get("done", 0) + count}


def undo_import(*, by: Actor, run: ImportRun, version: int | None = None, via: str = "") -> ImportRun:
    """Take back what an import brought, as long as nothing has been built on it; all of it or nothing.

    Raises `import.built_on` naming the rows, `import.wrong_state`.
    """
    importer = _ready(by, run, "undo", version)
    changed = [Change(each["id"], each["old"], each["version"]) for each in run.changed]
    with deed(by=by, via=via or f"import:{run.id}") as d:
        blocked = list(
            importer.undo(by=by, created=list(run.created), changed=changed, via=via or f"import:{run.id}")
        )
        if blocked:
            raise Problem(
                "import.built_on", rows="；".join(blocked[:10]) + ("…" if len(blocked) > 10 else "")
            )
        run.status = "undone"
        run.version += 1
        run.save()
        d.record("import.undone", run, details={"created": len(run.created), "changed": len(run.changed)})
    return run


def import_file(
    *,
    by: Actor,
    kind: str,
    path: Path | str | bytes,
    name: str = "",
    campaign: Any = None,
    mapping: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
    dry_run: bool = False,
    via: str = "",
) -> ImportRun:
    """The whole walk at once, for the command line, packs and the API: start, map, check, apply.

    path: a file, or its bytes (then give `name`). mapping: {field key: heading} on top of what is suggested. Rows that
    are wrong stay out and stand in `run.errors`. With `dry_run` the run stays “checked”.
    """
    content = path if isinstance(path, bytes) else Path(path).read_bytes()
    called = name or (_("导入") if isinstance(path, bytes) else Path(path).name)
    via = via or "import"
    run = start_import(
        by=by, kind=kind, name=called, content=content, campaign=campaign, options=options, via=via
    )
    if mapping:
        merged = {key: heading for key, heading in run.mapping.items() if heading not in mapping.values()}
        map_columns(by=by, run=run, mapping={**merged, **mapping}, via=via)
    check_import(by=by, run=run, via=via)
    if dry_run or not (run.totals["new"] or run.totals["changed"] or run.totals["same"]):
        return run
    return apply_import(by=by, run=run)


def resume(run_id: UUID | str) -> ImportRun:
    """The run as it stands, for the job that applies it in the background."""
    return ImportRun.objects.select_related("source", "campaign").get(id=run_id)
