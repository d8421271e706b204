"""A template with three slots, made here so that the tests know every word of it, and a task that can be counted."""

import datetime as dt
import io

import pytest
from docx import Document

from guatu.briefs.acts import set_template
from guatu.briefs.models import BriefTemplate
from guatu.figures.acts import define_indicators
from guatu.tasks.acts import add_task
from tests.cast import Cast, assemble

LISTED = {"key": "listed", "title": {"zh": "任务", "en": "Tasks"}, "unit": {"zh": "项", "en": "tasks"}, "unit_code": "task",
          "kind": "count", "of": {"kind": "task"}}  # fmt: skip
RATE = {"key": "rate", "title": {"zh": "完工率", "en": "Rate"}, "unit": "%", "kind": "rate",
        "of": {"kind": "task", "status": "accepted"}, "per": {"kind": "task"}}  # fmt: skip
DAYS = {"key": "days", "title": {"zh": "天数", "en": "Days"}, "unit": {"zh": "天", "en": "days"}, "kind": "countdown",
        "of": {"kind": "campaign"}}  # fmt: skip
DRESS = {
    "masthead": "保障简报",
    "office": "进博办",
    "title": "倒计时{days_to_opening}天",
    "report_to": ["区领导"],
    "copies": 60,
}


def word(*paragraphs: str) -> bytes:
    """A Word document of these paragraphs."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


TEXT = ("{{ masthead }} 第{{ number }}期 {{ day }}", "{{ title }}", "任务{{ f['listed'] }}项，完工率{{ f['rate'] }}。",
        "{% for row in figures %}{{ row.code }} {{ row.title }}={{ row.text }}{{ row.unit }} {% endfor %}{{ as_of }}")  # fmt: skip


def another_task(cast: Cast) -> None:
    add_task(
        by=cast.jinbo,
        campaign=cast.campaign,
        title="河道",
        lead_unit=cast.units["lrj"],
        due_on=dt.date(2021, 10, 1),
    )


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture
def template(cast: Cast) -> BriefTemplate:
    define_indicators(by=cast.jinbo, campaign=cast.campaign, definitions=[LISTED, RATE, DAYS])
    add_task(
        by=cast.jinbo,
        campaign=cast.campaign,
        title="道路",
        lead_unit=cast.units["lrj"],
        due_on=dt.date(2021, 10, 1),
    )
    set_template(
        by=cast.jinbo,
        campaign=cast.campaign,
        code="days",
        name="倒计时简报",
        kind="bulletin",
        document=word(*TEXT),
        settings=DRESS,
    )
    return BriefTemplate.objects.get()
