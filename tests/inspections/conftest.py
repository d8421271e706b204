"""Fixtures of the inspections' tests."""

import pytest

from tests.cast import Cast
from tests.inspections.ground import Ground, prepare


@pytest.fixture
def ground(cast: Cast) -> Ground:
    return prepare(cast)
