"""Every declared refusal, in every shape: a page for people, JSON for machines, OpenRosa for phones; zh and en."""

import importlib
import json
import pkgutil
import re
from string import Formatter

import pytest
from django.test import RequestFactory
from django.utils import translation

import guatu
from guatu.kernel import problems
from guatu.kernel.middleware import answer
from guatu.kernel.problems import CATALOGUE, Kind, Problem
from tests.guards.tree import nothing

for _module in pkgutil.walk_packages(guatu.__path__, "guatu."):
    if ".migrations" not in _module.name and not _module.name.startswith(("guatu.cli", "guatu.asgi")):
        importlib.import_module(_module.name)

CODES = sorted(CATALOGUE)


def details_named(*sentences: str) -> set[str]:
    return {
        name
        for sentence in sentences
        for _text, name, _spec, _conversion in Formatter().parse(sentence)
        if name
    }


def faults(kind: Kind) -> list[str]:
    """What is wrong with the words of one refusal."""
    found = []
    if not re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)+", kind.code):
        found.append(f"{kind.code}: a code is noun.reason, in lower case")
    if not 400 <= kind.status < 600:
        found.append(f"{kind.code}: status {kind.status} is no refusal")
    if details_named(kind.zh, kind.next_zh) != details_named(kind.en, kind.next_en):
        found.append(f"{kind.code}: the two languages name different details")
    if not all((kind.zh, kind.en, kind.next_zh, kind.next_en)):
        found.append(f"{kind.code}: a sentence or the next step is missing")
    # an English sentence may quote a Chinese heading
    bare = re.sub(r"“[^”]*”", "", kind.en + kind.next_en)
    if re.search(r"[\u4e00-\u9fff]", bare) or not re.search(r"[\u4e00-\u9fff]", kind.zh):
        found.append(f"{kind.code}: the languages are mixed up")
    return found


@pytest.mark.parametrize("code", CODES)
def test_words_are_complete(code):
    nothing(faults(CATALOGUE[code]))


@pytest.mark.parametrize("code", CODES)
def test_one_shape_for_machines(code):
    kind = CATALOGUE[code]
    problem = Problem(code, **dict.fromkeys(details_named(kind.zh, kind.next_zh), "值"))
    response = answer(RequestFactory().get("/api/x"), problem)
    body = json.loads(response.content)
    assert response.status_code == kind.status
    assert set(body) == {"code", "message", "next", "details"}
    assert body["code"] == code
    assert "{" not in body["message"] + body["next"]


@pytest.mark.parametrize("code", CODES)
def test_one_shape_for_phones(code):
    from guatu.kernel.xml import parse

    with translation.override("zh-hans"):
        response = answer(
            RequestFactory().post("/submission", headers={"X-OpenRosa-Version": "1.0"}), Problem(code)
        )
    root = parse(response.content, what="answer")
    assert response.status_code == CATALOGUE[code].status
    assert root.tag == "{http://openrosa.org/http/response}OpenRosaResponse"
    assert "?" in root[0].text or CATALOGUE[code].zh in root[0].text


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_one_page_for_people(language, client, rf):
    """Every refusal is a whole page with its sentence and its next step, in the reader's language."""
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.messages.storage.fallback import FallbackStorage
    from django.contrib.sessions.backends.cache import SessionStore
    from django.utils.html import escape

    for code in CODES:
        request = rf.get("/x")
        request.user, request.session = AnonymousUser(), SessionStore()
        request._messages = FallbackStorage(request)
        with translation.override(language):
            response = answer(request, Problem(code))
            page = response.content.decode()
            assert response.status_code == CATALOGUE[code].status
            assert escape(Problem(code).sentence()) in page, code
            assert escape(Problem(code).next_step()) in page, code


def test_planted_faults_are_found():
    bad = Kind("Bad", 200, "第 {n} 件", "one of them", "再试", "")
    assert len(faults(bad)) == 4


def test_a_code_is_declared_once():
    with pytest.raises(ValueError, match="declared twice"):
        problems.declare("kernel.stale", status=400, zh="一", en="one", next_zh="二", next_en="two")
