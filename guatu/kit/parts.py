"""Small frozen things that pages show: a line of a story, a file."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class FileLine:
    """An attachment as a page shows it. `thumb_url`: a small picture; without it the kind of file is named."""

    name: str
    url: str
    content_type: str = ""
    size: int = 0
    taken_at: dt.datetime | None = None
    thumb_url: str = ""
    note: Text = ""


@dataclass(frozen=True)
class StoryLine:
    """One act in the story of a record. `cause` says what led to it, `late` entered long after it happened."""

    at: dt.datetime
    sentence: Text
    by: Text = ""
    unit: Text = ""
    details: Text = ""
    cause: Text = ""
    cause_href: str = ""
    href: str = ""
    tone: str = ""
    files: Sequence[FileLine] = ()
    recorded_at: dt.datetime | None = None
