"""The cast with public classes, a key of the operations centre, and a client that reads both formats."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from guatu.campaigns.models import Campaign
from guatu.cases import acts
from guatu.cases.models import Case
from guatu.kernel import calendar
from guatu.kernel.acts import SYSTEM
from guatu.kernel.xml import parse
from guatu.units.acts import make_token
from tests.cast import NANXIANG, Cast

WHERE = {
    "code": "WHERE", "datatype": "singlevaluelist", "required": True, "order": 2, "description": "坏在哪里",
    "description_en": "Where is it broken", "datatype_description": "选一个",
    "values": [{"key": "road", "name": "车行道", "name_en": "Carriageway"}, {"key": "pavement", "name": "人行道"}],
}  # fmt: skip
HOW_MANY = {
    "code": "HOWMANYD",
    "datatype": "number",
    "required": True,
    "order": 1,
    "description": "坏了几处",
}
THINGS = {
    "code": "THINGS", "datatype": "multivaluelist", "order": 3, "description": "还有什么",
    "values": [{"key": "glass", "name": "玻璃"}, {"key": "oil", "name": "油污"}],
}  # fmt: skip
SPOT = {
    "code": "SPOT",
    "datatype": "singlevaluelist",
    "order": 4,
    "description": "路段",
    "values": [{"key": "a", "name": "甲"}],
}
SAY = {"code": "SAY", "datatype": "text", "order": 5, "description": "补充"}
CLASSES: list[dict[str, Any]] = [
    {"scheme": "GB/T 30428.2-2013", "kind": "matter", "code": "0113", "name": "道路破损", "name_en": "Broken road",
     "limit_amount": 5, "limit_unit": "work_day", "public": True, "questions": [WHERE, HOW_MANY, THINGS, SPOT, SAY],
     "keywords": "道路、坑", "description": "路面坑洼、塌陷", "major_name": "市容环境"},
    {"scheme": "GB/T 30428.2-2013", "kind": "matter", "code": "0110", "name": "暴露生活垃圾", "name_en": "Rubbish",
     "limit_amount": 4, "limit_unit": "work_hour", "public": True},
    # the national directory numbers both of these 01001
    {"scheme": "GB/T 47678.5-2026", "kind": "component", "code": "01001", "name": "供水井盖", "public": True},
    {"scheme": "GB/T 47678.5-2026", "kind": "matter", "code": "01001", "name": "供水井盖异常", "public": True},
    {"scheme": "own/本区", "kind": "matter", "code": "77", "name": "违法用工", "public": False},
]  # fmt: skip
POINT = {"lat": "31.2940", "long": "121.3120"}
MAIN = "/open311/v2"


def publish(campaign: Campaign, classes: list[dict[str, Any]] = CLASSES) -> None:
    """Set the classes of a campaign, with what people outside see of them."""
    acts.set_classes(by=SYSTEM, campaign=campaign, classes=classes)


@dataclass
class City:
    """Somebody outside with a key: asks in JSON, XML or both, posts forms."""

    key: str = ""
    http: Client = field(default_factory=Client)

    def get(self, path: str, form: str = "json", **given: Any) -> Any:
        return self.http.get(f"{MAIN}/{path}.{form}", given)

    def json(self, path: str, **given: Any) -> Any:
        answer = self.get(path, **given)
        assert answer.status_code == 200, answer.content.decode()
        return json.loads(answer.content)

    def xml(self, path: str, **given: Any) -> Any:
        answer = self.get(path, "xml", **given)
        assert answer.status_code == 200, answer.content.decode()
        return tree(answer)

    def post(self, path: str = "requests", form: str = "json", **given: Any) -> Any:
        """A post with the key; a name whose value is None is left out."""
        data = {"api_key": self.key, **given}
        return self.http.post(
            f"{MAIN}/{path}.{form}", {name: value for name, value in data.items() if value is not None}
        )

    def report(self, **given: Any) -> str:
        """A rubbish heap reported; answers its number."""
        answer = self.post(**{"service_code": "0110", **POINT, **given})
        assert answer.status_code == 200, answer.content.decode()
        return str(json.loads(answer.content)[0]["service_request_id"])


def tree(answer: Any) -> Any:
    """The XML of an answer, after the declaration and type were looked at."""
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return parse(answer.content, "answer")


def errors(answer: Any) -> list[tuple[str, str]]:
    """(code, description) of everything that was refused, whatever the format."""
    if "json" in answer["Content-Type"]:
        return [(each["code"], each["description"]) for each in json.loads(answer.content)]
    found = tree(answer)
    assert found.tag == "errors"
    return [(each.findtext("code"), each.findtext("description")) for each in found]


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """How often a key has posted belongs to the test before."""
    cache.clear()


@pytest.fixture
def open_to_all(cast: Cast) -> Cast:
    """The cast's campaign with four public classes and one that is not."""
    calendar.load_shipped()
    publish(cast.campaign)
    return cast


@pytest.fixture
def city(open_to_all: Cast) -> City:
    """A city site with the key of the operations centre."""
    _token, text = make_token(by=open_to_all.chengyun, person=open_to_all.chengyun, name="市民随手拍")
    return City(text)


@pytest.fixture
def walk(open_to_all: Cast) -> Callable[..., Case]:
    """Moves a case on: `walk(case, "accept")` files, dispatches and accepts it."""
    cast = open_to_all

    def move(case: Case, to: str) -> Case:
        for step in ("file", "dispatch", "accept"):
            if step == "file":
                case = acts.file_case(by=cast.chengyun, case=case)
            elif step == "dispatch":
                case = acts.dispatch_case(
                    by=cast.chengyun, case=case, unit=cast.units["nxz"], note="先行处置"
                )
            else:
                case = acts.accept_case(by=cast.nanxiang, case=case)
            if step == to:
                break
        return case

    return move


def patrolled(cast: Cast, class_code: str = "0110", **given: Any) -> Case:
    """A case found on patrol."""
    return acts.report_case(
        by=cast.chengyun, campaign=cast.campaign,
        draft=acts.Draft(title="巡查发现", area=NANXIANG, class_code=class_code, **given),
    )  # fmt: skip
