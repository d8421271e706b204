"""Which steps the page of a case offers this reader: one strong, a few calm, the rare ones folded away."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from guatu.cases import reads
from guatu.cases.acts.moving import check_hands
from guatu.cases.acts.steps import check_other_hands
from guatu.cases.models import Case
from guatu.cases.rules import ASKED, LIFECYCLE, NEXT_STEP, OPEN, is_late, steps_from
from guatu.desk.case_panels import Panel
from guatu.desk.case_steps import BUTTONS, PLAIN
from guatu.desk.forms.case_steps import FORMS
from guatu.desk.routing_lines import initial_unit
from guatu.kernel import clock
from guatu.kernel.problems import Problem
from guatu.kit.forms import Form
from guatu.units.models import Person

RARE = frozenset((*ASKED, "withdraw", "reclassify"))
Typed = tuple[str, Form] | None  # the step that was refused, with what was typed


@dataclass(frozen=True)
class Move:
    """A step this person may take on the case now."""

    step: str
    button: Any
    form: Form
    plain: bool
    open: bool
    strong: bool

    @property
    def rare(self) -> bool:
        """Folded away under “更多”; the one that was just refused stands open."""
        return self.step in RARE


@dataclass(frozen=True)
class Offer:
    """What the page offers. why_not: why the usual next step is not this reader's, where they might have expected it."""

    moves: Sequence[Move]
    why_not: str = ""


def possible(person: Person, row: Case) -> set[str]:
    """The steps the lifecycle and the reader's rights leave open; an act may still refuse them with its reason."""
    found = {
        step
        for step in steps_from(row.status)
        if step in FORMS and person.scope.allows(LIFECYCLE[step].right, area=row.area, units=(row.unit_path,))
    }  # merging and handing over have pages of their own
    return found if row.standard is not None and len(row.standard.stages) > 1 else found - {"stage"}


def offer(person: Person, row: Case, panels: Sequence[Panel], typed: Typed = None) -> Offer:
    """The steps for the page, the usual one first. A step that would only be refused is not offered."""
    usual, may, why_not = _usual(row), possible(person, row), ""
    waiting = _waiting(panels)
    found = []
    for step in sorted(
        (step for step in steps_from(row.status) if step in may), key=lambda one: one != usual
    ):
        here = typed is not None and typed[0] == step
        if not here and (barred := _barred(person, row, step, waiting)) is not None:
            why_not = why_not or (barred.words() if barred.code.startswith(_TOLD) else "")
            continue
        found.append(_move(row, step, typed, strong=step == usual))
    return Offer([*found, *_besides(person, row, panels, typed)], why_not)


# Whoever found or handled it wonders why the button is missing; whose unit it is not does not.
_TOLD = ("case.finder_", "case.same_")


def _usual(row: Case) -> str:
    if row.status == "reported" and reads.rulebook(row.campaign).stage("confirm").asked_for(row.source):
        return "confirm"  # the campaign asks for it before filing
    return NEXT_STEP.get(row.status, "")  # a settled case waits for nothing


def _move(row: Case, step: str, typed: Typed, *, strong: bool) -> Move:
    if typed is not None and typed[0] == step:
        return Move(step, BUTTONS[step], typed[1], False, True, strong)
    form = FORMS[step](prefix=step, initial=initial_unit(row) if step == "dispatch" else None)
    return Move(step, BUTTONS[step], form, step in PLAIN, False, strong)


def _waiting(panels: Sequence[Panel]) -> set[str]:
    """The kinds of requests that wait for a decision; their panel has read them already."""
    lines = next((panel.context["lines"] for panel in panels if panel.name == "requests"), ())
    return {line["row"].kind for line in lines if line["row"].status == "asked"}


def _barred(person: Person, row: Case, step: str, waiting: Collection[str]) -> Problem | None:
    """Why this very person cannot take the step now, by the rules the act asks too; None when they can."""
    if step in waiting:
        return Problem("case.asked_already", number=row.number, what=str(BUTTONS[step]))
    if step == "extend" and (
        row.extended_at is not None or row.due_at is None or is_late(row.due_at, clock.now())
    ):
        return Problem("case.extend_late", number=row.number)
    if step in ("confirm", "handle") and row.finder_id == person.id:
        return Problem(f"case.finder_{step}s", number=row.number)
    if step == "withdraw" and row.finder_id != person.id and not _centre(person, row):
        return Problem("case.not_finder", number=row.number)
    try:
        check_hands(person, row, LIFECYCLE[step])
        if step in ("pass", "rework"):
            check_other_hands(person, row)
    except Problem as refusal:
        return refusal
    return None


def _centre(person: Person, row: Case) -> bool:
    return person.scope.allows("case.dispatch", area=row.area, units=(row.unit_path,))


def _besides(person: Person, row: Case, panels: Sequence[Panel], typed: Typed) -> list[Move]:
    """What leaves the status as it is: speaking to the reporter first, another class."""
    may = lambda right: person.scope.allows(right, area=row.area, units=(row.unit_path,))  # noqa: E731
    waits = any(panel.name == "stages" and panel.context.get("contact") for panel in panels)
    offered = [
        ("contact", waits and may("case.contact")),
        ("reclassify", row.status in OPEN and may("case.file")),
    ]
    return [_move(row, step, typed, strong=False) for step, here in offered if here]
