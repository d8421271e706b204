"""The same envelope through several processes at once: one row, one receipt, whatever the order of commits."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from guatu.fieldwork.acts import EnvelopeIn, Outcome, publish_form, receive_many
from guatu.fieldwork.models import Envelope, Receipt, Submission
from guatu.figures.acts import recount
from tests.cast import assemble
from tests.fieldwork.papers import CLEAN_DAY, filled


@pytest.mark.django_db(transaction=True)
def test_twins_in_a_race():
    cast = assemble()
    publish_form(by=cast.jinbo, campaign=cast.campaign, source=CLEAN_DAY.encode(), file_name="clean_day.md")
    _ = cast.nanxiang.scope

    def send(number: int) -> list[Outcome]:
        try:
            letters = [filled("uuid:same"), filled(f"uuid:own-{number}")]
            return receive_many(
                envelopes=[EnvelopeIn(xml=xml, by=cast.nanxiang, campaign=cast.campaign) for xml in letters]
            )
        finally:
            connections.close_all()

    # the test's SQLite lives in memory and takes one writer; PostgreSQL takes the race
    with ThreadPoolExecutor(8 if connection.vendor == "postgresql" else 1) as crowd:
        outcomes = list(crowd.map(send, range(16)))
    assert [outcome.problem for pair in outcomes for outcome in pair] == [None] * 32
    assert sorted({pair[0].status for pair in outcomes}) == ["received", "repeated"]
    assert len({(pair[0].home, pair[0].position, pair[0].submission_id) for pair in outcomes}) == 1
    assert Submission.objects.count() == Envelope.objects.count() == Receipt.objects.count() == 17
    assert recount().equal
