"""Every kind of subject the ledger speaks of can be read, titled and opened."""

import pytest

from guatu.kernel import ids
from guatu.kernel.access import EVERYTHING, NOBODY
from guatu.kernel.subjects import Subject, table
from tests.guards.tree import nothing

pytestmark = pytest.mark.django_db


def faults(subjects: list[Subject]) -> list[str]:
    """Asked about a record that does not exist, each answers with nothing instead of breaking; its address is known."""
    found = []
    for subject in subjects:
        stranger = [str(ids.new())]
        try:
            if subject.rows is not None and list(subject.rows(stranger)):
                found.append(f"{subject.type}: rows of a record that does not exist")
            for scope in (EVERYTHING, NOBODY):
                if subject.seen is not None and subject.seen(scope, stranger):
                    found.append(f"{subject.type}: a title for a record that does not exist")
            if subject.url is not None and not subject.url(stranger[0]).startswith("/"):
                found.append(f"{subject.type}: no address")
        except Exception as error:
            found.append(f"{subject.type}: {type(error).__name__}: {str(error)[:120]}")
        if (subject.rows is None) != (subject.facts is None):
            found.append(f"{subject.type}: facts need rows, rows need facts")
    return found


def test_every_kind_of_subject_answers():
    nothing(faults(list(table().values())))


def test_a_planted_fault_is_found():
    broken = Subject("planted", ("假", "planted"), rows=lambda wanted: [1 / 0], facts=lambda row: [])
    assert len(faults([broken])) == 1
