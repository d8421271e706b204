"""Words among those who work on a case, with the people they are meant for (@姓名)."""

from collections.abc import Sequence

from guatu.cases.acts.moving import locked, person_of
from guatu.cases.models import Case, Comment
from guatu.cases.reads.joint import may_see, shared_paths
from guatu.cases.rules.joint import EDIT_WINDOW, SPEAKING, may_edit
from guatu.kernel.access import require
from guatu.kernel.acts import Actor, check_version, deed
from guatu.kernel.problems import Problem
from guatu.units.models import Person

LONGEST = 4000


def _check_speaker(by: Actor, case: Case, *, public: bool) -> list[str]:
    """Whoever sees the case and acts on cases may speak; to the reporter speaks who handles, verifies or dispatches it.
    Answers the paths of the units that share the case."""
    paths = [case.unit_path, *shared_paths(case)]
    require(by.scope, "case.read", area=case.area, units=paths)
    rights = ("case.handle", "case.verify", "case.dispatch") if public else SPEAKING
    if not any(by.scope.allows(right, area=case.area, units=paths) for right in rights):
        raise Problem("access.denied", right=rights[0])
    return paths


def _check_mentions(case: Case, people: Sequence[Person], paths: Sequence[str]) -> list[str]:
    """Ids of the people mentioned, each once. Raises `case.mention_unseen` naming those who may not see the case."""
    known = list({person.id: person for person in people}.values())
    blind = [person.name for person in known if not may_see(person.scope, case, paths)]
    if blind:
        raise Problem("case.mention_unseen", who="、".join(blind), number=case.number)
    return [str(person.id) for person in known]


def _words(text: str) -> str:
    plain = text.strip()[:LONGEST]
    if not plain:
        raise Problem("case.comment_empty")
    return plain


def comment(
    *,
    by: Actor,
    case: Case,
    text: str,
    mentions: Sequence[Person] = (),
    public: bool = False,
    via: str = "web",
) -> Comment:
    """留言. mentions: people to be told, who must be allowed to see the case. public: the reporter reads it too.

    The ledger keeps the length and whom it mentions, never the words.
    """
    with deed(by=by, via=via) as d:
        row = Case.objects.select_related("unit").get(pk=case.pk)
        paths = _check_speaker(by, row, public=public)
        found = Comment(
            home=row.home, case=row, by=person_of(by), at=d.effective_at, text=_words(text),
            mentions=_check_mentions(row, mentions, paths), public=public,
        )  # fmt: skip
        found.save(force_insert=True)
        d.record("case.commented", row, details=_said(found))
    return found


def _said(row: Comment) -> dict[str, object]:
    return {
        "comment": str(row.id),
        "length": len(row.text),
        "mentions": list(row.mentions),
        "public": row.public,
    }


def _own(by: Actor, comment: Comment) -> tuple[Case, Comment]:
    row = locked(comment.case_id)
    found = Comment.objects.select_related("by").get(pk=comment.pk)
    require(by.scope, "case.read", area=row.area, units=[row.unit_path, *shared_paths(row)])
    if found.by_id != by.id:
        raise Problem("case.comment_not_yours", who=found.by.name if found.by is not None else "—")
    if found.withdrawn:
        raise Problem("case.comment_gone")
    found.case = row
    return row, found


def edit_comment(
    *,
    by: Actor,
    comment: Comment,
    text: str,
    mentions: Sequence[Person] = (),
    version: int | None = None,
    via: str = "web",
) -> Comment:
    """Mend one's own words within a quarter of an hour. Only people mentioned anew are told."""
    with deed(by=by, via=via) as d:
        row, found = _own(by, comment)
        check_version(found, version)
        if not may_edit(found.at, d.effective_at):
            minutes = round(EDIT_WINDOW.total_seconds() / 60)
            raise Problem("case.comment_settled", minutes=minutes)
        paths = [row.unit_path, *shared_paths(row)]
        before = set(found.mentions)
        found.text, found.mentions = _words(text), _check_mentions(row, mentions, paths)
        found.version += 1
        found.save(force_update=True)
        new = [each for each in found.mentions if each not in before]
        d.record("case.comment_edited", row, details={**_said(found), "mentions": new})
    return found


def withdraw_comment(*, by: Actor, comment: Comment, version: int | None = None, via: str = "web") -> Comment:
    """Take one's own words back; a line stays that says so."""
    with deed(by=by, via=via) as d:
        row, found = _own(by, comment)
        check_version(found, version)
        found.withdrawn, found.text, found.mentions = True, "", []
        found.version += 1
        found.save(force_update=True)
        d.record("case.comment_withdrawn", row, details={"comment": str(found.id)})
    return found
