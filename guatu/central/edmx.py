"""`$metadata`: what tables there are and what their fields are, as OData writes it (EDMX 4.0). Pure."""

from typing import Any
from xml.sax.saxutils import quoteattr

from guatu.central.tables import TYPES, Table, plain_name

_SYSTEM = (
    ("submissionDate", "Edm.DateTimeOffset"), ("updatedAt", "Edm.DateTimeOffset"), ("deletedAt", "Edm.DateTimeOffset"),
    ("submitterId", "Edm.String"), ("submitterName", "Edm.String"), ("attachmentsPresent", "Edm.Int64"),
    ("attachmentsExpected", "Edm.Int64"), ("status", "Edm.String"), ("reviewState", "Edm.String"), ("deviceId", "Edm.String"),
    ("edits", "Edm.Int64"), ("formVersion", "Edm.String"),
)  # fmt: skip
SYSTEM_NAMES = tuple(name for name, _ in _SYSTEM)
SUBMISSION = "org.opendatakit.submission"


def document(tables: list[Table], form_id: str) -> str:
    """The whole document for a form."""
    space = f"org.opendatakit.user.{plain_name(form_id)}"
    types = "".join(_entity(table, space) for table in tables)
    sets = "".join(
        f"<EntitySet Name={quoteattr(table.name)} EntityType={quoteattr(f'{space}.{table.name}')}/>"
        for table in tables
    )
    system = "".join(f'<Property Name="{name}" Type="{kind}"/>' for name, kind in _SYSTEM)
    return wrapped(
        f'<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="{SUBMISSION}">'
        f'<ComplexType Name="metadata">{system}</ComplexType></Schema>'
        f'<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace={quoteattr(space)}>{types}'
        f"<EntityContainer Name={quoteattr(plain_name(form_id))}>{sets}</EntityContainer></Schema>"
    )


def wrapped(schemas: str) -> str:
    """Schemas in their envelope."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">'
        f"<edmx:DataServices>{schemas}</edmx:DataServices></edmx:Edmx>"
    )


def _entity(table: Table, space: str) -> str:
    own, meta = [_property("__id", "Edm.String")], ""
    if table.above is None:
        own += [_property("__system", f"{SUBMISSION}.metadata"), _property("meta", f"{space}.meta")]
        names = _property("instanceID", "Edm.String") + _property("instanceName", "Edm.String")
        meta = f'<ComplexType Name="meta">{names}</ComplexType>'
    else:
        own.append(_property(table.parent_key, "Edm.String"))
    tree: dict[str, Any] = {}
    for question in table.questions:
        _into(tree, table.steps(question.path), TYPES.get(question.type, "Edm.String"))
    for inner in table.repeats:
        _into(tree, table.steps(inner.path), f"Collection({space}.{inner.name})")
    complex_types: list[str] = []
    own += _properties(tree, table.name, space, complex_types)
    return (
        f'<EntityType Name={quoteattr(table.name)}><Key><PropertyRef Name="__id"/></Key>{"".join(own)}</EntityType>'
        f"{''.join(complex_types)}{meta}"
    )


def _into(tree: dict[str, Any], steps: list[str], kind: str) -> None:
    for step in steps[:-1]:
        kept = tree.setdefault(step, {})
        tree = kept if isinstance(kept, dict) else tree
    tree[steps[-1]] = kind


def _properties(tree: dict[str, Any], name: str, space: str, complex_types: list[str]) -> list[str]:
    """The properties of a table or group; groups inside become complex types of their own."""
    found = []
    for key, kind in tree.items():
        if isinstance(kind, dict):
            inner = f"{name}.{key}"
            body = "".join(_properties(kind, inner, space, complex_types))
            complex_types.append(f"<ComplexType Name={quoteattr(inner)}>{body}</ComplexType>")
            found.append(_property(key, f"{space}.{inner}"))
        elif kind.startswith("Collection("):
            found.append(f"<NavigationProperty Name={quoteattr(key)} Type={quoteattr(kind)}/>")
        else:
            found.append(_property(key, kind))
    return found


def _property(name: str, kind: str) -> str:
    return f"<Property Name={quoteattr(name)} Type={quoteattr(kind)}/>"
