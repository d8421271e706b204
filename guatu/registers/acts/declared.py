"""A form that writes to lists is published: the lists are there, with the properties it names, or it is refused."""

from collections.abc import Sequence
from dataclasses import asdict

from guatu.campaigns.models import Campaign
from guatu.fieldwork.acts import change_settings
from guatu.fieldwork.acts.letters import sheet_of
from guatu.fieldwork.models import Form
from guatu.fieldwork.rules import entities, meaning
from guatu.fieldwork.rules.faults import Fault
from guatu.fieldwork.rules.sheet import Save, Sheet, WritesTo, said
from guatu.kernel.acts import Actor, PendingAct
from guatu.kernel.problems import Problem
from guatu.registers import lists
from guatu.registers.acts.entities import add_properties, open_list
from guatu.registers.acts.words import sender
from guatu.registers.listing import properties, register_of
from guatu.registers.models import Register


def prepare(act: PendingAct) -> None:
    """form.published: make what is missing when the publisher may edit registers; else refuse, naming the cell."""
    form = Form.objects.select_related("campaign", "current").get(pk=act.subject_id)
    assert form.current is not None
    sheet = sheet_of(form.current)
    if not sheet.writes:
        return
    by = sender(act.by_id, act.via)
    faults = [fault for each in sheet.writes for fault in _prepare(by, form.campaign, sheet, each, act.via)]
    if faults:
        raise Problem(
            "form.faults",
            name=form.name,
            count=len(faults),
            first=faults[0].zh,
            faults=[asdict(each) for each in faults],
        )
    _seal(by, form, sheet, act.via)


def _labels(sheet: Sheet, writes: WritesTo) -> dict[str, str]:
    """Property → the question's words, by which its column is called."""
    found = {save.property: sheet.by_path.get(save.path) for save in writes.saves}
    return {
        name: said(question.label, "zh", sheet) for name, question in found.items() if question is not None
    }


def _prepare(by: Actor, campaign: Campaign, sheet: Sheet, writes: WritesTo, via: str) -> list[Fault]:
    if writes.dataset == lists.PLACES:
        return [entities.fault("fixed", writes)]
    register = register_of(campaign, writes.dataset)
    may = by.scope.allows("register.edit", area=campaign.area)
    if register is None:
        if Register.objects.filter(campaign=campaign, code=writes.dataset).exists():
            return [entities.fault("closed", writes)]
        if not may:
            return [entities.fault("unknown", writes)]
        names = list(dict.fromkeys(save.property for save in writes.saves))
        open_list(
            by=by,
            campaign=campaign,
            name=writes.dataset,
            properties=names,
            labels=_labels(sheet, writes),
            via=via,
        )
        return []
    known = properties(register)
    missing: Sequence[Save] = [save for save in writes.saves if save.property not in known]
    if missing and not may:
        return [entities.fault("no_property", writes, save) for save in missing]
    if missing:
        names = list(dict.fromkeys(save.property for save in missing))
        add_properties(by=by, register=register, names=names, labels=_labels(sheet, writes), via=via)
    return []


def _seal(by: Actor, form: Form, sheet: Sheet, via: str) -> None:
    """What goes into a personal column of a register is a personal answer of the form, whatever the question is called."""
    settings = meaning.read_settings(form.settings)
    personal = meaning.personal_paths(sheet, settings)
    found = dict(settings.personal)
    for writes in sheet.writes:
        register = register_of(form.campaign, writes.dataset)
        known = properties(register) if register is not None else {}
        for save in writes.saves:
            column = known.get(save.property)
            if column is not None and column.personal and save.path not in personal:
                found[save.path] = True
    if found != dict(settings.personal):
        change_settings(by=by, form=form, settings={**form.settings, "personal": found}, via=via)
