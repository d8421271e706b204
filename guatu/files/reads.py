"""What doors ask about files and imports."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guatu.files import bytes as stored_bytes
from guatu.files import imports, rules
from guatu.files import problems as problems
from guatu.files.models import Attachment, ImportRun
from guatu.files.tables import Table, read_table
from guatu.kernel.access import Scope
from guatu.kernel.problems import CATALOGUE, Problem
from guatu.kernel.subjects import table


def state_word(status: str) -> str:
    """The word of a run's state."""
    return {
        "draft": _("待核对"),
        "checked": _("已检查"),
        "applying": _("导入中"),
        "applied": _("已导入"),
        "undone": _("已撤销"),
    }[status]


def attachments_of(subject: Any, purpose: str = "") -> list[Attachment]:
    """The files of one subject that stand, oldest first. The caller has checked that the reader may see the subject."""
    rows = Attachment.objects.filter(
        subject_type=subject._meta.model_name,
        subject_id=str(getattr(subject, "id", None) or subject.pk),
        withdrawn=False,
    )
    return list((rows.filter(purpose=purpose) if purpose else rows).order_by("made_at", "id"))


def attachment(scope: Scope, attachment_id: UUID | str) -> Attachment:
    """One file, when the reader may see its subject. Raises `access.not_found`, `file.gone`."""
    row = Attachment.objects.filter(id=attachment_id).first()
    if row is None:
        raise Problem("access.not_found")
    subject = table().get(row.subject_type)
    if subject is None or subject.seen is None or not subject.seen(scope, [row.subject_id]):
        raise Problem("access.not_found")
    if row.withdrawn or not row.stored or not stored_bytes.path_of(row.stored).exists():
        raise Problem("file.gone", name=row.name)
    return row


# ---------------------------------------------------------------------------------------------- imports


def visible_runs(scope: Scope) -> QuerySet[ImportRun]:
    """The imports this person started, and those of kinds whose right he holds over the run's whole area."""
    if scope.everywhere:
        return ImportRun.objects.all()
    condition = Q(by_id=scope.person_id) if scope.person_id else Q(pk__in=[])
    for importer in imports.offered(scope):
        for prefix in scope.areas(importer.right):
            condition |= (
                Q(kind=importer.kind, area__startswith=prefix) & ~Q(area="")
                if prefix
                else Q(kind=importer.kind)
            )
    return ImportRun.objects.filter(condition)


def run(scope: Scope, run_id: UUID | str) -> ImportRun:
    """One import. Raises `access.not_found`."""
    row = visible_runs(scope).select_related("source", "campaign").filter(id=run_id).first()
    if row is None:
        raise Problem("access.not_found")
    return row


def seen_runs(scope: Scope, run_ids: Iterable[str]) -> dict[str, str]:
    """{id: file name} of the imports this person may see."""
    rows = visible_runs(scope).filter(id__in=list(run_ids)).values_list("id", "name")
    return {str(key): name for key, name in rows}


@dataclass(frozen=True)
class Wrong:
    """One thing wrong in a table, ready to be shown: where, what was written, why, what to do."""

    line: int
    column: str
    value: str
    why: str
    remedy: str
    code: str

    @property
    def explained(self) -> str:
        """Why, and what to do about it."""
        return f"{self.why}{'' if (get_language() or 'zh').startswith('zh') else ' '}{self.remedy}"

    @property
    def sentence(self) -> str:
        where = _("第 {line} 行").format(line=self.line)
        if self.column:
            where += _("“{column}”一列").format(column=self.column)
        if self.value:
            where += _("写的是“{value}”").format(value=self.value)
        return _("{where}：{why}").format(where=where, why=self.explained)


def wrongs(run: ImportRun) -> list[Wrong]:
    """What the last check found wrong, in the reader's language."""
    found = []
    for error in run.errors:
        known = error["code"] in CATALOGUE
        problem = Problem(error["code"] if known else "import.broken_cell", **error["details"])
        found.append(
            Wrong(
                error["line"],
                error["column"],
                error["value"],
                problem.sentence(),
                problem.next_step(),
                problem.code,
            )
        )
    return found


def by_column(found: Sequence[Wrong]) -> list[tuple[str, str, int]]:
    """(column, sentence, rows) — what is wrong most often first, so that one mistake in a column is mended once."""
    counts: dict[tuple[str, str], int] = {}
    for wrong in found:
        counts[wrong.column, wrong.why] = counts.get((wrong.column, wrong.why), 0) + 1
    return [
        (column, why, count) for (column, why), count in sorted(counts.items(), key=lambda item: -item[1])
    ]


def source_table(run: ImportRun) -> Table:
    """The run's table read again. Raises `file.gone`."""
    if run.source is None or not run.source.stored:
        raise Problem("file.gone", name=run.name)
    importer = imports.find(run.kind)
    line = str(run.options.get("heading_line", ""))
    return read_table(
        stored_bytes.path_of(run.source.stored).read_bytes(),
        run.name,
        names=[name for each in importer.fields for name in each.names],
        sheet=run.options.get("sheet", ""),
        heading=int(line) if line.isdigit() else None,
    )


def bad_rows(run: ImportRun) -> tuple[list[str], Iterator[list[Any]]]:
    """Headings and lines of the rows that stayed out, with an added column saying what is wrong."""
    found = source_table(run)
    sentences: dict[int, list[str]] = {}
    for wrong in wrongs(run):
        sentences.setdefault(wrong.line, []).append(wrong.sentence)
    lines = (
        [*(rules.as_text(cell) for cell in row.cells), " ".join(sentences[row.line])]
        for row in found.rows
        if row.line in sentences
    )
    return [*found.headings, _("问题")], lines


def sample_rows(run: ImportRun, count: int = 5) -> list[Mapping[str, str]]:
    """The first rows as {heading: text}, for the mapping page."""
    found = source_table(run)
    return [
        dict(zip(found.headings, (rules.as_text(cell)[:60] for cell in row.cells), strict=True))
        for row in found.rows[:count]
    ]


def referenced(model: type[Model], ids: Iterable[str], *, ignore: Sequence[str] = ()) -> set[str]:
    """Which of these rows any other row points to: an import that brought them can no longer be undone.

    Looks through every relation to the model, whichever app made it, so that no noun needs to know who stands on it.
    ignore: relations that do not count, as `model.field` in lower case.
    """
    wanted = list(ids)
    found: set[str] = set()
    for relation in model._meta.related_objects:
        name = f"{relation.related_model._meta.model_name}.{relation.field.name}"
        if relation.field.many_to_many or name in ignore:
            continue
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": wanted})
        found |= {str(each) for each in rows.values_list(relation.field.attname, flat=True).distinct()}
    return found
