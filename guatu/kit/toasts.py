"""What was done, said on the next page, with a way back where there is one."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.utils.functional import Promise

_UNDO = "undo:"
_TONES = {
    messages.DEBUG: ("plain", "note"),
    messages.INFO: ("plain", "note"),
    messages.SUCCESS: ("good", "done"),
    messages.WARNING: ("warn", "warn"),
    messages.ERROR: ("bad", "warn"),
}


@dataclass(frozen=True)
class Toast:
    sentence: str
    tone: str
    icon: str
    undo: str = ""


def say(
    request: HttpRequest, sentence: str | Promise, *, undo: str = "", level: int = messages.SUCCESS
) -> None:
    """Say a sentence on the next page. `undo`: an address of this site that takes a POST."""
    messages.add_message(
        request, level, str(sentence), extra_tags=f"{_UNDO}{undo}" if undo else "", fail_silently=True
    )


def toast_of(message: Message) -> Toast:
    tone, icon = _TONES.get(message.level, ("plain", "note"))
    tags = message.extra_tags or ""
    undo = tags[len(_UNDO) :] if tags.startswith(_UNDO) else ""
    return Toast(
        str(message.message), tone, icon, undo if undo.startswith("/") and not undo.startswith("//") else ""
    )
