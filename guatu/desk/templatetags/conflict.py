"""`{% seen case %}`: what stood on the page when a form was opened, so that a conflict can show it beside what stands now."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from guatu.cases.models import Case
from guatu.desk.conflict import sealed

register = template.Library()


@register.simple_tag
def seen(case: Case) -> SafeString:
    """A hidden field with the case as it stands, signed."""
    return format_html('<input type="hidden" name="seen" value="{}">', sealed(case))
