from collections.abc import Callable
from typing import Any

import pytest

from guatu.fieldwork.acts import EnvelopeIn, Outcome, publish_form, receive_many
from guatu.fieldwork.models import Form, FormVersion
from guatu.figures.acts import define_indicators
from guatu.kernel.acts import SYSTEM
from tests.cast import Cast
from tests.fieldwork.papers import CLEAN_DAY, filled
from tests.fieldwork.pictures import photo

DEFINITIONS: list[dict[str, Any]] = [
    {
        "key": "reports",
        "title": "填报",
        "kind": "count",
        "of": {"kind": "submission", "category": "clean_day"},
    },
    {"key": "people", "title": "人次", "kind": "sum", "of": {"kind": "submission", "measure": "people"}},
]


@pytest.fixture
def published(cast: Cast) -> FormVersion:
    """环境清洁日活动, published in the campaign, with two indicators counting it."""
    define_indicators(by=SYSTEM, campaign=cast.campaign, definitions=DEFINITIONS)
    return publish_form(
        by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="clean_day.md"
    )


@pytest.fixture
def form(published: FormVersion) -> Form:
    return Form.objects.get(id=published.form_id)


@pytest.fixture
def send(cast: Cast, published: FormVersion) -> Callable[..., Outcome]:
    """Sends one filled form: `send("uuid:1", by=cast.nanxiang, people=3)`."""

    def one(
        instance: str = "uuid:1", *, by: Any = None, xml: bytes | None = None, files: Any = (), **answers: Any
    ) -> Outcome:
        body = xml if xml is not None else filled(instance, **answers)
        envelope = EnvelopeIn(
            xml=body, by=by or cast.nanxiang, files=files, campaign=cast.campaign, device_id="phone-1"
        )
        return receive_many(envelopes=[envelope])[0]

    return one


@pytest.fixture(scope="session")
def picture() -> bytes:
    return photo()
