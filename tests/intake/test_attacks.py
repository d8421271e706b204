"""What nobody sends by accident. Each is refused with 4xx, in less than 0.1 s of processor time, and the door stays open."""

import time

import pytest

from guatu.fieldwork.acts.letters import EnvelopeIn, open_envelope
from guatu.kernel import ids
from guatu.kernel.acts import SYSTEM
from tests.fieldwork.papers import filled
from tests.intake.client import BOUNDARY, multipart

_LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
_HEAD = '<data id="clean_day" version="2021091601">'
_ATTRIBUTES = " ".join(f"a{n}='1'" for n in range(300_000))
_SPACES = " ".join(f"xmlns:n{n}='u{n}'" for n in range(20_000))
_A, _AS = "a" * 50_000, "&a;" * 5_000
_TAIL = "<meta><instanceID>uuid:attack</instanceID></meta></data>"

ATTACKS: dict[str, bytes] = {
    "entity from a file": f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>{_HEAD}<people>&x;</people>{_TAIL}'.encode(),
    "entity over http": f'<!DOCTYPE d [<!ENTITY x SYSTEM "http://127.0.0.1:1/x">]>{_HEAD}<people>&x;</people>{_TAIL}'.encode(),
    "parameter entity": f'<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:1/x"> %x;]>{_HEAD}{_TAIL}'.encode(),
    "DTD from outside": f'<!DOCTYPE d SYSTEM "http://127.0.0.1:1/x.dtd">{_HEAD}{_TAIL}'.encode(),
    "billion laughs": f'<!DOCTYPE d [<!ENTITY l0 "ha">{_LAUGHS}]>{_HEAD}<people>&l9;</people>{_TAIL}'.encode(),
    "quadratic": f"<!DOCTYPE d [<!ENTITY a '{_A}'>]>{_HEAD}<people>{_AS}</people>{_TAIL}".encode(),
    "a DTD far down": (b" " * 8_000)
    + f'<!DOCTYPE d [<!ENTITY a "b">]>{_HEAD}<people>&a;</people>{_TAIL}'.encode(),
    "depth": f"{_HEAD}{'<a>' * 100_000}{'</a>' * 100_000}{_TAIL}".encode(),
    "depth just beyond": f"{_HEAD}{'<a>' * 150}{'</a>' * 150}{_TAIL}".encode(),
    "a million attributes": f"<data {_ATTRIBUTES}/>".encode(),
    "UTF-16 with a DTD": f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY a "b">]>{_HEAD}&a;{_TAIL}'.encode(
        "utf-16"
    ),
    "UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE d+AD4-'
    + _HEAD.encode()
    + _TAIL.encode(),
    "XInclude": (
        '<data id="clean_day" version="2021091601" xmlns:xi="http://www.w3.org/2001/XInclude">'
        f'<people><xi:include href="file:///etc/passwd" parse="text"/></people>{_TAIL}'
    ).encode(),
    "huge CDATA": f"{_HEAD}<people><![CDATA[{'x' * 11_000_000}]]></people>{_TAIL}".encode(),
    "long text": f"{_HEAD}<people>{'9' * 900_000}</people>{_TAIL}".encode(),
    "namespaces": f'<data id="clean_day" version="2021091601" {_SPACES}/>'.encode(),
    "no XML at all": bytes(range(256)) * 20,
    "NUL": f"{_HEAD}<people>\x00</people>{_TAIL}".encode(),
    "an id with line breaks": f"{_HEAD}<meta><instanceID>uuid:a&#10;Set-Cookie: x</instanceID></meta></data>".encode(),
    "a very long id": f"{_HEAD}<meta><instanceID>{'u' * 5_000}</instanceID></meta></data>".encode(),
    "a million repeats": f"{_HEAD}{'<spot/>' * 400_000}{_TAIL}".encode(),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_refused(server, name):
    phone = server.phone()
    reply = phone.send(ATTACKS[name])
    assert 400 <= reply.status < 500, reply.body[:300]
    assert "passwd" not in reply.message
    assert "root:" not in reply.message
    assert phone.head("submission").status == 204


@pytest.mark.parametrize("name", [name for name in ATTACKS if name != "a million repeats"])
def test_refused_cheaply(name):
    begun = time.thread_time()
    letter = open_envelope(EnvelopeIn(xml=ATTACKS[name], by=SYSTEM))
    spent = time.thread_time() - begun
    assert spent < 0.1, f"{spent:.3f} s"
    assert letter.root is None or len(ATTACKS[name]) < 1_000_000


def test_bodies_that_lie(server):
    phone = server.phone()
    good = filled(f"uuid:{ids.new()}")
    many = multipart(good, {f"{n}.jpg": b"x" for n in range(150)})
    assert phone.post(many).status == 400
    wide = multipart(good).replace(b"Content-Type: text/xml", b"X-Wide: " + b"w" * 20_000, 1)
    assert phone.post(wide).status == 400
    assert phone.post(multipart(good), **{"Content-Type": "multipart/form-data"}).status == 400
    assert (
        phone.post(multipart(good), **{"Content-Type": f"multipart/form-data; boundary={'b' * 5_000}"}).status
        == 400
    )
    assert phone.post(multipart(good).replace(BOUNDARY.encode(), b"other")).status == 400
    assert phone.post(b"x", **{"Content-Length": "999999999999"}).status == 413


@pytest.mark.parametrize(
    "name", ["../../etc/x.jpg", "..\\x.jpg", "a\r\nSet-Cookie: b.jpg", "\u202egpj.exe", "x" * 900 + ".jpg"]
)
def test_names_of_files_are_made_harmless(name):
    from guatu.intake.bodies import safe_name

    safe = safe_name(name)
    assert "/" not in safe
    assert "\\" not in safe
    assert "\r" not in safe
    assert "\u202e" not in safe
    assert 0 < len(safe) <= 200


def test_a_file_that_is_no_picture_is_refused(server):
    html = b"<html><script>alert(1)</script></html>"
    spots = "<spot><place>a</place><photo>a.jpg</photo></spot>"
    reply = server.phone().send(filled(f"uuid:{ids.new()}", spots=spots), {"a.jpg": html})
    assert 400 <= reply.status < 500
    assert "a.jpg" in reply.message
