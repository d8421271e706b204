"""A row of a sample table as the XML a phone would have sent."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lxml import etree

from guatu.fieldwork.rules.sheet import Question, Sheet
from guatu.files.rules import as_text


def instance_of(sheet: Sheet, version: str, answers: Mapping[str, Any], name: str) -> bytes:
    """The filled form. answers: by question name; of a repeat numbered (member_1, member_2). Calculations are computed.

    name: of the record; the same name gives the same instance id, so that a record sent twice is one.
    """
    root = etree.Element(sheet.root, id=sheet.form_id, version=version)
    repeats = [group.path for group in sheet.groups if group.repeats]
    for question in sheet.questions:
        if question.calculate:
            continue
        if question.repeat in repeats:
            for number, text in enumerate(_numbered(question, answers), 1):
                _put(_repeat(root, question.repeat, number), question.path[len(question.repeat) :], text)
        elif text := as_text(answers.get(question.name)):
            _put(root, question.path, text)
    for question in sheet.questions:
        if question.calculate:
            _put(root, question.path, _computed(root, question.calculate))
    meta = etree.SubElement(root, "meta")
    etree.SubElement(meta, "instanceID").text = f"uuid:{uuid5(NAMESPACE_URL, name)}"
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return found


def _numbered(question: Question, answers: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    while text := as_text(answers.get(f"{question.name}_{len(found) + 1}")):
        found.append(text)
    return found


def _repeat(root: Any, path: str, number: int) -> Any:
    """The `number`th instance of a repeat that stands directly under groups."""
    *groups, name = path.strip("/").split("/")
    parent = root
    for group in groups:
        parent = _child(parent, group)
    standing = parent.findall(name)
    return standing[number - 1] if len(standing) >= number else etree.SubElement(parent, name)


def _child(parent: Any, name: str) -> Any:
    found = parent.find(name)
    return found if found is not None else etree.SubElement(parent, name)


def _put(parent: Any, path: str, text: str) -> None:
    for name in path.strip("/").split("/"):
        parent = _child(parent, name)
    parent.text = text


def _computed(root: Any, expression: str) -> str:
    """What a phone would compute; "" where XPath 1.0 alone cannot."""
    try:
        value = root.xpath(expression)
    except etree.XPathError:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else str(value)
    return str(value) if isinstance(value, (str, bool)) else ""
