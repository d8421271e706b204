"""The story of a record as pages show it: its acts with who, when, what, and what led to them."""

import datetime as dt

from django.db.models import Model

from guatu.kernel import clock
from guatu.kernel.acts import story
from guatu.kernel.models import Act
from guatu.kernel.verbs import sentence
from guatu.kit.parts import StoryLine
from guatu.units.models import Person

_LATE = dt.timedelta(hours=12)
_SHOWN = ("reason", "note", "text")


def story_lines(subject: Model) -> list[StoryLine]:
    """All acts on one subject, newest first. Two queries. The page has checked that the reader may see the subject."""
    return lines_of(story(subject))


def lines_of(acts: list[Act]) -> list[StoryLine]:
    """Acts as lines of a story, with the names of the people in them."""
    people = Person.objects.select_related("unit").in_bulk({act.by_id for act in acts if act.by_id})
    return [_line(act, people) for act in acts]


def _line(act: Act, people: dict[object, Person]) -> StoryLine:
    person = people.get(act.by_id)
    said = [str(act.details[name]) for name in _SHOWN if act.details.get(name)]
    # in a store with a clock of its own every line would be "late" by years
    entered_late = clock.anchor() is None and act.recorded_at - act.effective_at > _LATE
    return StoryLine(
        at=act.effective_at,
        sentence=sentence(act.verb, act.details),
        by=person.name if person else "",
        unit=str(person.unit) if person and person.unit else act.via if act.by_id is None else "",
        details=" ".join(said),
        recorded_at=act.recorded_at if entered_late else None,
    )
