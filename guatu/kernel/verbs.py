"""What each verb of the ledger is called in the story of a record."""

from string import Formatter
from typing import Any

from django.utils.translation import get_language

VERBS: dict[str, tuple[str, str]] = {}


def declare_verbs(words: dict[str, tuple[str, str]]) -> None:
    """Enter verbs with their sentences (zh, en); `{name}` stands for a detail of the act."""
    VERBS.update(words)


class _Gentle(Formatter):
    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return kwargs.get(key, "") if isinstance(key, str) else ""


def sentence(verb: str, details: dict[str, Any]) -> str:
    """The act in words; a verb nobody declared is shown as it stands in the ledger."""
    zh, en = VERBS.get(verb, (verb, verb))
    text = zh if (get_language() or "zh").startswith("zh") else en
    plain = {name: value for name, value in details.items() if isinstance(value, (str, int, float))}
    return _Gentle().vformat(text, (), plain).strip()
