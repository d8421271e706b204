"""The case desk of a sample: reports and steps told through the acts, each by who would have done it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from guatu.cases import acts
from guatu.cases.acts.clockwork import read_limit
from guatu.cases.acts.outside import give_feedback, tell_reporter
from guatu.cases.models import AlertPerson, Case, CaseStandard, HandOver, JointPart, Reporter, Request
from guatu.cases.rules import Limit
from guatu.kernel.acts import SYSTEM
from guatu.packs.reading.sample import case_key
from guatu.packs.sampling.photos import Upload, photo
from guatu.packs.sheets import Line
from guatu.units.models import Person

if TYPE_CHECKING:
    from guatu.packs.sampling.story import Story


class Desk:
    """Cases by the name the sample gives them, and what its words for steps do to them."""

    def __init__(self, story: "Story") -> None:
        self.story = story
        self.cases: dict[str, Case] = {}

    def report(self, line: Line) -> None:
        lon, lat = line.number_of("lon"), line.number_of("lat")
        draft = acts.Draft(
            title=line.text("title"), source=line.text("source") or "city_platform", class_code=line.text("class"),
            description=line.text("description"), area=line.text("area"), address=line.text("address"),
            lon=float(lon) if lon is not None else None, lat=float(lat) if lat is not None else None,
            upper_number=line.text("upper_number"), standard=self._standard(line),
        )  # fmt: skip
        told = None
        if line.text("line"):
            told = acts.ReporterDraft(line.text("reporter"), line.text("phone"), via=line.text("line"))
        key = case_key(line)
        self.cases[key] = acts.report_case(
            by=self.story.by(line), campaign=self.story.campaign, draft=draft, reporter=told, via=self.story.via,
            photos=_card(key, draft.title, line),
        )  # fmt: skip

    def step(self, line: Line) -> None:
        """One step. What is kept of the case is who it is: every act reads it anew under its lock."""
        key, by = line.text("case"), self.story.by(line)
        before = self.cases[key]
        said: dict[str, Any] = {"by": by, "case": before, "via": self.story.via}
        done = {**self._moves(line, said), **self._together(line, said), **self._with_people(line, said)}[
            line.text("step")
        ]()
        self.cases[key] = done if isinstance(done, Case) else before

    def _moves(self, line: Line, said: dict[str, Any]) -> dict[str, Callable[[], Any]]:
        note, limit, until = line.text("note"), self._limit(line), line.moment("until")
        given = {**said, "limit": limit} if limit is not None else said
        cards = lambda: self._photos(line)  # noqa: E731  drawn only by the step that shows one
        return {
            "confirm": lambda: acts.confirm_case(note=note, photos=cards(), **said),
            "file": lambda: acts.file_case(note=note, **given),
            "reject": lambda: acts.reject_case(reason=note, **said),
            "dispatch": lambda: acts.dispatch_case(unit=self._unit(line), note=note, **given),
            "recall": lambda: acts.recall_case(note=note, **said),
            "accept": lambda: acts.accept_case(note=note, **said),
            "handle": lambda: acts.handle_case(note=note, photos=cards(), result=line.text("result"), **said),
            "stage": lambda: acts.report_stage(part=int(line.text("result") or 0), note=note, photos=cards(), **said),
            "feed_back": lambda: acts.feed_back_case(note=note, result=line.text("result") or "solved", **said),
            "pass": lambda: acts.verify_case(passed=True, note=note, photos=cards(), **said),
            "rework": lambda: acts.verify_case(passed=False, note=note, photos=cards(), **given),
            "close": lambda: acts.close_case(note="", public_note=note, **said),
            "resume": lambda: acts.resume_case(note=note, **said),
            "withdraw": lambda: acts.withdraw_case(reason=note, **said),
            "reopen": lambda: acts.reopen_case(reason=note, **said),
            "reclassify": lambda: acts.reclassify_case(
                class_code=line.text("class"), standard=self._standard(line), reason=note, **said
            ),
            "return": lambda: acts.ask(kind="return", reason=note, **said),
            "void": lambda: acts.ask(kind="void", reason=note, **said),
            "hold": lambda: acts.ask(kind="hold", reason=note, until=until, **said),
            "extend": lambda: acts.ask(kind="extend", reason=note, **given),
            "approve": lambda: self._decide(True, note, said),
            "refuse": lambda: self._decide(False, note, said),
            "take_back": lambda: acts.take_back(by=said["by"], request=self._waiting(said), via=said["via"]),
        }  # fmt: skip

    def _together(self, line: Line, said: dict[str, Any]) -> dict[str, Callable[[], Any]]:
        """Several units on one case, and several cases that are one."""
        note, by, via = line.text("note"), said["by"], said["via"]
        whom = {"by": by, "via": via}
        return {
            "part": lambda: acts.give_part(unit=self._unit(line), what=note, due_at=line.moment("until"), **said),
            "part_accept": lambda: acts.accept_part(part=self._part(line, said), **whom),
            "part_done": lambda: acts.finish_part(part=self._part(line, said), note=note, photos=self._photos(line), **whom),
            "part_return": lambda: acts.return_part(part=self._part(line, said), reason=note, **whom),
            "offer": lambda: acts.offer_case(to_unit=self._unit(line), reason=note, **said),
            "taken": lambda: acts.answer_offer(offer=_offered(said), answer="accept", note=note, **whom),
            "declined": lambda: acts.answer_offer(offer=_offered(said), answer="return", note=note, **whom),
            "merge": lambda: acts.merge_case(into=self.cases[line.text("other")], reason=note, **said),
            "unmerge": lambda: acts.unmerge_case(reason=note, **said),
            "comment": lambda: acts.comment(text=note, mentions=self._people(line), **said),
            "reply": lambda: acts.comment(text=note, public=True, **said),
        }  # fmt: skip

    def _with_people(self, line: Line, said: dict[str, Any]) -> dict[str, Callable[[], Any]]:
        """The reporter, and whoever an alert waits for."""
        note, by = line.text("note"), said["by"]

        def feedback() -> None:
            solved, _sign, satisfaction = line.text("result").partition("/")
            told = isinstance(by, Person)
            give_feedback(
                by=by if told else SYSTEM, reporter=_reporter(said), solved={"yes": True, "no": False}.get(solved),
                satisfaction=satisfaction, text=note, via="phone" if told else "link",
            )  # fmt: skip

        def acknowledge() -> None:
            told = AlertPerson.objects.filter(alert__case=said["case"], person=by, acknowledged_at=None)
            found = told.order_by("-alert__reached_at").first()
            assert found is not None, f"no alert waits for {by} on {line.text('case')}"
            acts.acknowledge_alert(by=by, told=found, note=note, via=said["via"])

        return {
            "contact": lambda: acts.contact_reporter(note=note, **said),
            "told": lambda: tell_reporter(by=by, reporter=_reporter(said), via=said["via"]),
            "feedback": feedback,
            "acknowledge": acknowledge,
        }

    # --- what a row names ---------------------------------------------------------------------------------------

    def _unit(self, line: Line) -> Any:
        return self.story.units[line.text("unit")]

    def _people(self, line: Line) -> list[Person]:
        return [self.story.people[name] for name in line.texts("people")]

    def _standard(self, line: Line) -> CaseStandard | None:
        """The filing condition that begins with these words, of the class."""
        words = line.text("standard")
        if not words:
            return None
        found = acts.find_class(self.story.campaign, line.text("class"))
        row = CaseStandard.objects.filter(case_class=found, condition__startswith=words).first()
        assert row is not None, f"no filing condition of {line.text('class')} begins with {words}"
        return row

    def _limit(self, line: Line) -> Limit | None:
        """`2 work_day`; nothing when the cell is empty."""
        amount, _space, unit = line.text("limit").partition(" ")
        return read_limit(amount, unit) if amount else None

    def _waiting(self, said: dict[str, Any]) -> Request:
        waiting: Request | None = said["case"].requests.filter(status="asked").order_by("asked_at").first()
        assert waiting is not None, f"nothing waits for approval on {said['case']}"
        return waiting

    def _decide(self, granted: bool, note: str, said: dict[str, Any]) -> Any:
        """The request that has waited longest, decided."""
        return acts.decide(
            by=said["by"], request=self._waiting(said), granted=granted, note=note, via=said["via"]
        )

    def _part(self, line: Line, said: dict[str, Any]) -> JointPart:
        rows = JointPart.objects.filter(case=said["case"], unit=self._unit(line))
        return rows.filter(status__in=("given", "accepted")).get()

    def _photos(self, line: Line) -> list[Upload]:
        """A card instead of a photo, naming case and time: nobody stood there with a camera."""
        case = self.cases[line.text("case")]
        return _card(case.upper_number or case.number, case.title, line)


def _card(name: str, title: str, line: Line) -> list[Upload]:
    word = line.text("photo")
    return [Upload(f"{name}-{word}.jpg", photo(name, title, line.text("at")))] if word else []


def _offered(said: dict[str, Any]) -> HandOver:
    return HandOver.objects.get(case=said["case"], status="offered")


def _reporter(said: dict[str, Any]) -> Reporter:
    found = Reporter.objects.filter(case=said["case"]).order_by("at").first()
    assert found is not None, f"nobody from outside reported {said['case']}"
    return found
