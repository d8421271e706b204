"""Every word a page shows is written in Chinese first and has its English; none stands bare in a template."""

import io
import re
from collections.abc import Iterable

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from tests.guards.tree import nothing, sources, texts

pytestmark = pytest.mark.tree

_HAN = re.compile(r"[\u4e00-\u9fff]")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
_CALLS: dict[str, object] = {
    "_": None, "_lazy": None, "_now": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
_TEMPLATE_WORD = re.compile(
    r"\b(?:n?p?gettext|_)\(((?:\s*u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*,?)+)"
)
_TEXT = re.compile(r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")


def words_of_python(files: dict[str, str]) -> dict[str, str]:
    """{msgid: first place} of every translated call."""
    found: dict[str, str] = {}
    for path, text in files.items():
        for line, message, _comments, _context in extract("python", io.BytesIO(text.encode()), _CALLS):
            for each in message if isinstance(message, tuple) else (message,):
                if each:
                    found.setdefault(each, f"{path}:{line}")
    return found


def words_of_templates(files: dict[str, str]) -> dict[str, str]:
    """{msgid: path} of translate and blocktranslate; plural forms count as words of their own."""
    found: dict[str, str] = {}
    for path, text in files.items():
        for call in _TEMPLATE_WORD.finditer(templatize(text, origin=path)):
            for literal in _TEXT.finditer(call[1]):
                word = (
                    literal[1][1:-1].encode("raw_unicode_escape").decode("unicode_escape")
                    if "\\" in literal[1]
                    else literal[1][1:-1]
                )
                found.setdefault(word, path)
    return found


def english(catalogues: Iterable[str]) -> dict[str, str]:
    """{msgid: msgstr} over all catalogues; a fuzzy or empty one is none."""
    found: dict[str, str] = {}
    for text in catalogues:
        for message in read_po(io.BytesIO(text.encode())):
            if not message.id or message.fuzzy:
                continue
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
            for index, each in enumerate(ids):
                written = strings[min(index, len(strings) - 1)] if strings else ""
                if written:
                    found[each] = written
    return found


def without_english(words: dict[str, str], known: dict[str, str]) -> list[str]:
    return [
        f"{place}: “{word}” has no English"
        for word, place in words.items()
        if _HAN.search(word) and word not in known
    ]


def not_chinese(words: dict[str, str]) -> list[str]:
    """The msgid is the Chinese sentence: an English one would be shown to the office as it is."""
    letters = re.compile(r"[A-Za-z]{4,}")
    return [
        f"{place}: “{word}” is not Chinese"
        for word, place in words.items()
        if not _HAN.search(word) and letters.search(_PLACEHOLDER.sub("", word))
    ]


def other_placeholders(known: dict[str, str]) -> list[str]:
    """A sentence that loses or invents a detail fails when it is shown."""
    return [
        f"“{word}” → “{written}”: different details"
        for word, written in known.items()
        if set(_PLACEHOLDER.findall(word)) != set(_PLACEHOLDER.findall(written))
    ]


def bare_words(files: dict[str, str]) -> list[str]:
    """Chinese text in a template outside translate: it would stay Chinese on an English page."""
    found = []
    # comments and translated blocks first, then every remaining tag
    hidden = re.compile(
        r"{#.*?#}|{% comment.*?endcomment %}|<!--.*?-->|{% blocktrans.*?endblocktrans(?:late)? %}|{%.*?%}|{{.*?}}",
        re.S,
    )
    for path, text in files.items():
        left = hidden.sub(lambda match: "\n" * match[0].count("\n"), text)
        found += [
            f"{path}:{n}: {line.strip()[:80]}"
            for n, line in enumerate(left.splitlines(), 1)
            if _HAN.search(line)
        ]
    return found


# Words that are the same in every language, and why.
SAME = {"简体中文": "the language's own name"}


def _templates() -> dict[str, str]:
    return texts(".html", ".txt", ".xml", under="guatu")


def _known() -> dict[str, str]:
    return {**english(text for path, text in texts(".po").items() if "/locale/en/" in path), **SAME}


def test_every_word_has_its_english():
    words = {**words_of_templates(_templates()), **words_of_python(sources())}
    nothing(without_english(words, _known()))


def test_words_are_written_in_chinese():
    nothing(not_chinese({**words_of_templates(_templates()), **words_of_python(sources())}))


def test_sentences_keep_their_details():
    nothing(other_placeholders(_known()))


def test_no_bare_chinese_in_templates():
    nothing(bare_words(_templates()))


def test_planted_words_are_found():
    page = '{% load i18n %}<b title="{% translate "逾期" %}">{% blocktranslate with n=x %}共 {{ n }} 件{% endblocktranslate %}{{ _("乙") }}'
    words = {
        **words_of_templates({"a.html": page}),
        **words_of_python({"a.py": "x = _('甲')\ny = ngettext('一件', '多件', n)"}),
    }
    assert set(words) == {"逾期", "共 %(n)s 件", "乙", "甲", "一件", "多件"}
    known = english(
        ['msgid "逾期"\nmsgstr "late"\n\n#, fuzzy\nmsgid "甲"\nmsgstr "one"\n\nmsgid "乙"\nmsgstr ""\n']
    )
    assert known == {"逾期": "late"}
    assert len(without_english(words, known)) == 5
    assert not_chinese({"Overdue": "a.py:1", "逾期": "a.py:2"}) == ["a.py:1: “Overdue” is not Chinese"]
    assert len(other_placeholders({"共 %(n)s 件": "all of them"})) == 1
    assert bare_words({"a.html": "{# 注 #}\n<p>{% translate '逾期' %} 明天</p>"}) == [
        "a.html:2: <p> 明天</p>"
    ]
