"""Words of roles, contracts, units and places in templates."""

from collections.abc import Mapping

from django import template
from django.utils.translation import get_language

from guatu.kernel.access import Scope
from guatu.places.rules import KIND_WORDS, RISKS, SURVEY_OUTCOMES
from guatu.units.rules import CONTRACT_KINDS, ROLE_WORDS, UNIT_KINDS

register = template.Library()


def _word(table: Mapping[str, tuple[str, str]], key: str) -> str:
    zh, en = table.get(key, (key, key))
    return zh if (get_language() or "zh").startswith("zh") else en


@register.filter
def contract_word(kind: str) -> str:
    """The word of a kind of contract."""
    return _word(CONTRACT_KINDS, kind)


@register.filter
def role_word(role: str) -> str:
    """The word of a role."""
    return _word(ROLE_WORDS, role)


@register.filter
def unit_word(kind: str) -> str:
    """The word of a kind of unit."""
    return _word(UNIT_KINDS, kind)


@register.filter
def place_word(kind: str) -> str:
    """The word of a kind of place; an office's own kind is a word already."""
    return _word(KIND_WORDS, kind)


@register.filter
def risk_word(risk: str) -> str:
    """The word of a risk level."""
    return _word(RISKS, risk)


@register.filter
def outcome_word(outcome: str) -> str:
    """The word of what was found at a survey."""
    return _word(SURVEY_OUTCOMES, outcome)


@register.filter
def may(scope: Scope, right: str) -> bool:
    """Whether this reader has the right anywhere: a link is shown only where it opens."""
    return scope.may(right)
