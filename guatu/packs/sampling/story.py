"""Telling events through the doors: what each kind of record calls."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from guatu.briefs import acts as briefs
from guatu.briefs.models import Brief, BriefTemplate
from guatu.campaigns.models import Campaign
from guatu.fieldwork.acts.letters import EnvelopeIn, sheet_of
from guatu.fieldwork.acts.receive import receive_many
from guatu.fieldwork.models import Form
from guatu.files import acts as files
from guatu.files.imports import find
from guatu.kernel.acts import SYSTEM, Actor
from guatu.kernel.problems import Problem
from guatu.packs.pack import Pack
from guatu.packs.reading.sample import table_path
from guatu.packs.sampling.desk import Desk
from guatu.packs.sampling.envelopes import instance_of
from guatu.packs.sampling.events import Event
from guatu.packs.sampling.street import Street, person_of
from guatu.packs.sheets import Line
from guatu.places.acts import register_place
from guatu.registers.acts import Draft as EntryDraft
from guatu.registers.acts import enter
from guatu.registers.models import Register
from guatu.tasks import acts as tasks
from guatu.tasks.models import Activity, Task
from guatu.units.models import Person, Unit


class Story:
    """One campaign's events told in order; rows that later events point to are kept at hand."""

    def __init__(self, pack: Pack, campaign: Campaign, via: str) -> None:
        self.pack, self.campaign, self.via = pack, campaign, via
        self.desk, self.street = Desk(self), Street(self)
        self.activities: dict[str, Activity] = {}

    @cached_property
    def people(self) -> dict[str, Person]:
        names = [post.username for post in self.pack.posts]
        return {row.username: row for row in Person.objects.select_related("unit").filter(username__in=names)}

    @cached_property
    def units(self) -> dict[str, Unit]:
        found: dict[str, Unit] = {}
        for unit in Unit.objects.all():
            for word in (unit.name, unit.short_name, unit.code):
                found[word] = unit
        return found

    @cached_property
    def tasks(self) -> dict[str, Task]:
        rows = Task.objects.filter(campaign=self.campaign).select_related("lead_unit", "campaign")
        return {row.number: row for row in rows.prefetch_related("supporting__unit")}

    @cached_property
    def forms(self) -> dict[str, Form]:
        return {
            row.code: row for row in Form.objects.filter(campaign=self.campaign).select_related("current")
        }

    @cached_property
    def registers(self) -> dict[str, Register]:
        return {
            row.code: row for row in Register.objects.filter(campaign=self.campaign).select_related("parent")
        }

    def by(self, line: Line) -> Actor:
        """The person a row names; the system when it names none."""
        name = line.text("by")
        return self.person(name) if name else SYSTEM

    def person(self, name: str) -> Person:
        """Of the posts, or of the people a table of the sample brought in."""
        return person_of(self.people, name)

    def tell(self, events: list[Event]) -> None:
        """Events of one table and moment. A refusal tells the row."""
        event = events[0]
        tellers: dict[str, Callable[[list[Event]], None]] = {
            "form": self._forms, "register": self._register, "visits": self.street.plan,
        }  # fmt: skip
        single: dict[str, Callable[[Line], None]] = {
            "task_steps": self._task_step, "cases": self.desk.report, "case_steps": self.desk.step,
            "activities": self._activity, "places": self._place, "briefs": self._brief, "imports": self._import,
            "rounds": self.street.round_step, "teams": self.street.team, "visit_steps": self.street.visit_step,
        }  # fmt: skip
        try:
            if event.table in tellers:
                tellers[event.table](events)
            else:
                for event in events:
                    single[event.table](event.line)
        except Problem as wrong:
            why = wrong.words()
            raise Problem("pack.sample_failed", file=event.file, line=event.line.number, why=why) from wrong

    # ------------------------------------------------------------------------------------------ tasks, activities

    def _task_step(self, line: Line) -> None:
        task, note, step = self.tasks[line.text("task")], line.text("note"), line.text("step")
        said: dict[str, Any] = {"by": self.by(line), "task": task, "via": self.via}
        if step == "start":
            tasks.start_task(note=note, **said)
        elif step == "progress":
            tasks.report_progress(percent=int(line.number_of("percent") or 0), note=note, **said)
        elif step == "done":
            tasks.report_done(note=note, **said)
        elif step == "accept":
            tasks.accept_task(note=note, **said)
        elif step == "return":
            tasks.return_task(reason=note, **said)
        else:
            tasks.cancel_task(reason=note, **said)

    def _activity(self, line: Line) -> None:
        number, step = line.text("number"), line.text("step")
        if step == "plan":
            held_on = line.day("held_on")
            assert held_on is not None
            self.activities[number] = tasks.plan_activity(
                by=self.by(line), campaign=self.campaign, number=number, kind=line.text("kind"), name=line.text("name"),
                held_on=held_on, unit=self.units.get(line.text("unit")), area=line.text("area"),
                address=line.text("address"), parent=self.activities.get(line.text("parent")), via=self.via,
            )  # fmt: skip
            return
        activity = self.activities[number]
        if step == "hold":
            count = line.number_of("headcount")
            self.activities[number] = tasks.hold_activity(
                by=self.by(line),
                activity=activity,
                headcount=int(count) if count is not None else None,
                via=self.via,
            )
        else:
            tasks.cancel_activity(
                by=self.by(line), activity=activity, reason=line.text("note") or "—", via=self.via
            )

    # ------------------------------------------------------------------------------------------ places, forms, registers, briefs

    def _place(self, line: Line) -> None:
        lon, lat = line.number_of("lon"), line.number_of("lat")
        register_place(
            by=self.by(line), campaign=self.campaign, number=line.text("number"), kind=line.text("kind"),
            name=line.text("name"), area=line.text("area"), address=line.text("address"),
            x=float(lon) if lon is not None else None, y=float(lat) if lat is not None else None,
            capacity=line.number_of("capacity"), opened_on=line.day("opened_on"), via=self.via,
        )  # fmt: skip

    def _import(self, line: Line) -> None:
        """A table through the ordinary walk of an import; a single wrong row stops the sample."""
        kind, source = line.text("kind"), table_path(self.pack, line.text("file"))
        run = files.import_file(
            by=self.by(line), kind=kind, path=source, campaign=self.campaign if find(kind).campaign else None,
            mapping={line.text("leave"): ""} if line.text("leave") else None,
            options={"crs": line.text("crs")} if line.text("crs") else None, via=self.via,
        )  # fmt: skip
        if run.errors:
            wrong = run.errors[0]
            why = Problem(wrong["code"], **wrong["details"]).sentence()
            raise Problem("pack.rows_refused", file=source.name, line=wrong["line"], why=why)

    def _forms(self, events: list[Event]) -> None:
        form = self.forms[events[0].code]
        assert form.current is not None
        sheet = sheet_of(form.current)
        envelopes = [
            EnvelopeIn(
                xml=instance_of(sheet, form.current.version, event.line.cells, f"{self.campaign.code}/{event.file}/{event.line.number}"),
                by=self.by(event.line), received_at=event.at, campaign=self.campaign, via=self.via, device_id="sample",
            )
            for event in events
        ]  # fmt: skip
        for outcome in receive_many(envelopes=envelopes):
            if outcome.problem is not None:
                raise outcome.problem

    def _register(self, events: list[Event]) -> None:
        register = self.registers[events[0].code]
        columns = {column["key"] for column in register.columns}
        drafts = [
            EntryDraft(
                values={key: value for key in columns if (value := event.line.text(key))},
                area=event.line.text("area"),
                parent=event.line.text("parent"),
            )
            for event in events
        ]
        enter(by=self.by(events[0].line), register=register, drafts=drafts, via=self.via)

    def _brief(self, line: Line) -> None:
        template = BriefTemplate.objects.get(campaign=self.campaign, code=line.text("template"))
        number = line.number_of("number")
        if line.text("step") == "make":
            briefs.make_brief(
                by=self.by(line),
                template=template,
                number=int(number) if number is not None else None,
                via=self.via,
            )
            return
        brief = Brief.objects.filter(campaign=self.campaign, template=template, status="frozen").latest(
            "number"
        )
        briefs.issue_brief(by=self.by(line), brief=brief, via=self.via)
