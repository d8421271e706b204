"""Reading an XForm into a sheet. Pure: takes the parsed root (lxml), answers what the form asks."""

import re
from collections.abc import Iterator
from typing import Any

from guatu.fieldwork.rules.sheet import TYPES, Choice, External, Group, Label, Question, Sheet

JR = "{http://openrosa.org/javarosa}"
ORX = "{http://openrosa.org/xforms}"
_CONTROLS = {"input", "select", "select1", "upload", "trigger", "range", "rank", "secret"}
_ITEXT = re.compile(r"jr:itext\(\s*'([^']*)'\s*\)")
_LIST = re.compile(r"instance\(\s*['\"]([^'\"]+)['\"]\s*\)")


class FormError(ValueError):
    """An XForm that cannot be understood; the text says what is missing (English, for the report beside our sentence)."""


def local(node: Any) -> str:
    """A node's name without its namespace; "" for comments."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(node: Any, name: str = "") -> Iterator[Any]:
    """Element children, of one name if given."""
    for child in node:
        if isinstance(child.tag, str) and (not name or local(child) == name):
            yield child


def child(node: Any, name: str) -> Any:
    return next(children(node, name), None)


class _Reader:
    def __init__(self, root: Any) -> None:
        head, body = child(root, "head"), child(root, "body")
        model = child(head, "model") if head is not None else None
        if model is None or body is None:
            raise FormError("not an XForm: h:head/model or h:body is missing")
        self.instances = list(children(model, "instance"))
        primary = next((node for node in self.instances if len(list(children(node)))), None)
        if primary is None:
            raise FormError("the primary instance is missing")
        self.model, self.body = model, body
        self.data = next(children(primary))
        self.primary = primary
        title = child(head, "title")
        self.title = (title.text or "").strip() if title is not None else ""
        self.texts: dict[str, Label] = {}
        self.languages: list[str] = []
        self.language = ""
        self._read_itext()
        self.controls: dict[str, Any] = {}
        self.repeats: dict[str, Any] = {}
        self.groups: dict[str, Any] = {}
        self._walk_body(body, "/" + local(self.data))

    def _read_itext(self) -> None:
        itext = child(self.model, "itext")
        for translation in children(itext, "translation") if itext is not None else ():
            language = translation.get("lang", "")
            self.languages.append(language)
            if translation.get("default"):
                self.language = language
            for text in children(translation, "text"):
                value = next((each for each in children(text, "value") if not each.get("form")), None)
                words = inner_text(value) if value is not None else ""
                if words not in ("", "-"):  # “-” is what pyxform writes where a translation is missing
                    self.texts.setdefault(text.get("id", ""), {})[language] = words
        if not self.language and self.languages:
            self.language = self.languages[0]

    def _walk_body(self, node: Any, context: str) -> None:
        for each in children(node):
            kind = local(each)
            ref = _absolute(each.get("ref") or each.get("nodeset") or self._bound(each.get("bind")), context)
            if kind == "group":
                if each.get("ref"):
                    self.groups[ref] = each
                self._walk_body(each, ref if each.get("ref") else context)
            elif kind == "repeat":
                self.repeats[ref] = node
                self._walk_body(each, ref)
            elif kind in _CONTROLS:
                self.controls.setdefault(ref, each)

    def _bound(self, bind_id: str | None) -> str:
        if not bind_id:
            return ""
        return next(
            (bind.get("nodeset", "") for bind in children(self.model, "bind") if bind.get("id") == bind_id),
            "",
        )

    def label(self, node: Any, name: str = "label") -> Label:
        """The label (or hint) of a control, group or item, in every language."""
        found = child(node, name) if node is not None else None
        if found is None:
            return {}
        return self.text_of(found.get("ref") or "") or ({"": text} if (text := inner_text(found)) else {})

    def text_of(self, reference: str) -> Label:
        """The words behind `jr:itext('id')`."""
        match = _ITEXT.search(reference)
        return dict(self.texts.get(match[1], {})) if match else {}

    def lists(self) -> tuple[dict[str, list[Choice]], list[External]]:
        found: dict[str, list[Choice]] = {}
        externals: list[External] = []
        for instance in self.instances:
            name, source = instance.get("id", ""), instance.get("src", "")
            if source:
                externals.append(External(file=_file_of(source), instance=name))
            elif instance is not self.primary and name:
                root = next(children(instance), None)
                found[name] = (
                    [self._item(item) for item in children(root, "item")] if root is not None else []
                )
        return found, externals

    def _item(self, item: Any) -> Choice:
        name = child(item, "name")
        itext = child(item, "itextId")
        if itext is not None:
            label = dict(self.texts.get((itext.text or "").strip(), {}))
        else:
            word = child(item, "label")
            label = {"": inner_text(word)} if word is not None else {}
        return Choice(name=(name.text or "").strip() if name is not None else "", label=label)


def read_form(root: Any) -> Sheet:
    """The sheet of an XForm. Raises FormError in words when something essential is missing."""
    reader = _Reader(root)
    form_id = reader.data.get("id") or ""
    if not form_id:
        raise FormError("the primary instance has no id attribute")
    lists, externals = reader.lists()
    binds = {_absolute(bind.get("nodeset", ""), ""): bind for bind in children(reader.model, "bind")}
    questions: list[Question] = []
    groups: list[Group] = []
    base = "/" + local(reader.data)
    for path, node, repeat in _nodes(reader.data, base, set(reader.repeats)):
        short = path[len(base) :]
        if path in reader.repeats or path in reader.groups or len(list(children(node))):
            bind = binds.get(path)
            holder = reader.repeats.get(path, reader.groups.get(path))
            groups.append(
                Group(
                    path=short,
                    label=reader.label(holder),
                    repeats=path in reader.repeats,
                    relevant=_text(bind, "relevant"),
                )
            )
            continue
        questions.append(
            _question(reader, short, reader.controls.get(path), binds.get(path), repeat[len(base) :], lists)
        )
    externals += [External(file=name) for name in sorted(_media(reader.model))]
    return Sheet(
        form_id=form_id,
        version=reader.data.get("version") or reader.data.get(ORX + "version") or "",
        title=reader.title,
        root=local(reader.data),
        languages=reader.languages,
        language=reader.language,
        questions=questions,
        groups=groups,
        lists=lists,
        externals=externals,
    )


def _nodes(node: Any, path: str, repeats: set[str]) -> Iterator[tuple[str, Any, str]]:
    """(path, node, path of the innermost repeat) of every node of the primary instance, once each, `meta` left out."""
    seen: set[str] = set()

    def walk(parent: Any, above: str, repeat: str) -> Iterator[tuple[str, Any, str]]:
        for each in children(parent):
            name = local(each)
            here = f"{above}/{name}"
            if name == "meta" or here in seen:
                continue  # a repeat stands there twice: its template and its first instance
            seen.add(here)
            yield here, each, repeat
            yield from walk(each, here, here if here in repeats else repeat)

    yield from walk(node, path, "")


def _question(
    reader: _Reader, path: str, control: Any, bind: Any, repeat: str, lists: dict[str, list[Choice]]
) -> Question:
    kind = local(control) if control is not None else ""
    required = _text(bind, "required")
    choices, elsewhere = _choices(reader, path, control, kind, lists)
    constraint_message = bind.get(JR + "constraintMsg", "") if bind is not None else ""
    return Question(
        path=path,
        name=path.rpartition("/")[2],
        type=_type(kind, _text(bind, "type")),
        control=kind,
        label=reader.label(control),
        hint=reader.label(control, "hint"),
        required=required in ("true()", "1"),
        required_if="" if required in ("true()", "1", "false()", "0") else required,
        relevant=_text(bind, "relevant"),
        constraint=_text(bind, "constraint"),
        message=reader.text_of(constraint_message)
        or ({"": constraint_message} if constraint_message and "jr:itext" not in constraint_message else {}),
        calculate=_text(bind, "calculate"),
        readonly=_text(bind, "readonly") == "true()",
        choices=choices,
        open_choices=elsewhere,
        repeat=repeat,
        preload=(bind.get(JR + "preloadParams") or bind.get(JR + "preload") or "")
        if bind is not None
        else "",
        mediatype=control.get("mediatype", "") if control is not None else "",
    )


def _choices(
    reader: _Reader, path: str, control: Any, kind: str, lists: dict[str, list[Choice]]
) -> tuple[str, bool]:
    """The name of the question's list, and whether the list is out of our sight. Inline items become a list of their own."""
    if kind not in ("select", "select1", "rank"):
        return "", False
    itemset = child(control, "itemset")
    if itemset is not None:
        match = _LIST.search(itemset.get("nodeset", ""))
        name = match[1] if match else ""
        return (name, False) if name in lists else ("", True)
    items = []
    for item in children(control, "item"):
        value = child(item, "value")
        items.append(
            Choice(name=(value.text or "").strip() if value is not None else "", label=reader.label(item))
        )
    lists[path] = items
    return path, not items


def _type(control: str, bound: str) -> str:
    if control == "select1":
        return "select_one"
    if control == "select":
        return "select_multiple"
    if control == "rank":
        return "rank"
    if control == "upload":
        return "file"
    if control == "trigger":
        return "acknowledge"
    return TYPES.get(bound.rpartition(":")[2], "text")


def _text(node: Any, name: str) -> str:
    return (node.get(name) or "").strip() if node is not None else ""


def _absolute(reference: str, context: str) -> str:
    reference = reference.strip()
    if not reference or reference.startswith("/"):
        return reference
    parts = context.split("/")
    for step in reference.split("/"):
        if step == "..":
            parts.pop()
        elif step != ".":
            parts.append(step)
    return "/".join(parts)


def _file_of(source: str) -> str:
    return source.rpartition("/")[2]


def _media(model: Any) -> set[str]:
    """Names of pictures, sounds and films that labels show."""
    itext = child(model, "itext")
    if itext is None:
        return set()
    return {
        _file_of((value.text or "").strip())
        for value in itext.iter()
        if isinstance(value.tag, str)
        and local(value) == "value"
        and value.get("form") in ("image", "big-image", "audio", "video")
    } - {"", "-"}


def inner_text(node: Any) -> str:
    """The text of a label; what the form fills in while it runs stands as …"""
    parts = [node.text or ""]
    for each in node:
        parts.append("…" if isinstance(each.tag, str) and local(each) == "output" else "")
        parts.append(each.tail or "")
    return " ".join("".join(parts).split())
