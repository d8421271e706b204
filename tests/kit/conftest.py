"""The kit is tried alone: no noun keeps views for its lists, and nothing rings its bell."""

import pytest


@pytest.fixture(autouse=True)
def _alone(settings):
    settings.GUATU_VIEWS = ""
    settings.GUATU_BADGE = ""
