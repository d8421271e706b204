"""The form that was made of an edition's items."""

from guatu.fieldwork.models import Form, FormVersion
from guatu.inspections.models import NormVersion


def form_of(edition: NormVersion) -> Form | None:
    """The form of which one version asks just this edition's items; one query."""
    if edition.form_version_id is None:
        return None
    found = FormVersion.objects.filter(pk=edition.form_version_id).select_related("form").first()
    return found.form if found is not None else None
