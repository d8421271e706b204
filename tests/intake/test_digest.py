"""HTTP Digest for phones that cannot scan: the rules by RFC 7616, the door with somebody else's client."""

import hashlib
import re

import pytest
import requests
from requests.auth import HTTPDigestAuth

from guatu.fieldwork.rules.digest import ha1
from guatu.intake import digest
from tests.fieldwork.papers import filled
from tests.intake.client import BOUNDARY, multipart
from tests.intake.test_collect import fresh

NAME, PASSWORD = "nx-abcde", "sesame23456"


def header(
    nonce: str,
    *,
    algorithm: str = "MD5",
    nc: str = "00000001",
    uri: str = "/a?b=1",
    password: str = PASSWORD,
    **other: str,
) -> str:
    """What a client would send, worked out independently of the code under test."""
    make = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]  # noqa: TID251

    def hexed(text: str) -> str:
        return make(text.encode()).hexdigest()

    a1, a2 = hexed(f"{NAME}:Guatu:{password}"), hexed(f"GET:{uri}")
    response = hexed(f"{a1}:{nonce}:{nc}:0a4f:auth:{a2}")
    fields = {
        "username": NAME,
        "realm": "Guatu",
        "nonce": nonce,
        "uri": uri,
        "response": response,
        "cnonce": "0a4f",
        **other,
    }
    said = ", ".join(f'{key}="{value}"' for key, value in fields.items())
    return f"Digest {said}, qop=auth, nc={nc}, algorithm={algorithm}"


class TestRules:
    @pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
    def test_who_knows_the_password(self, algorithm):
        kept = ha1(NAME, PASSWORD)
        said = digest.read(header(digest.new_nonce(), algorithm=algorithm))
        assert said is not None
        assert digest.proves(said, "GET", kept)
        assert not digest.proves(said, "POST", kept)
        assert not digest.proves(said, "GET", {})
        wrong = digest.read(header(digest.new_nonce(), algorithm=algorithm, password="open"))
        assert wrong is not None
        assert not digest.proves(wrong, "GET", kept)

    @pytest.mark.parametrize(
        "text",
        [
            "Basic abc", "Digest", "Digest username", 'Digest username="a", username="b"', "Digest " + "x" * 5_000,
            header("n").replace("qop=auth", "qop=auth-int"), header("n").replace('realm="Guatu"', 'realm="Other"'),
            header("n").replace("nc=00000001", "nc=1"), header("n").replace("algorithm=MD5", "algorithm=MD5-sess"),
            header("n", userhash="true"), header("n").replace('cnonce="0a4f", ', ""),
        ],
    )  # fmt: skip
    def test_what_is_not_understood(self, text):
        assert digest.read(text) is None

    def test_a_nonce_is_ours_and_tells_its_age(self):
        nonce = digest.new_nonce(now=1_000_000.0)
        assert digest.age_of(nonce, now=1_000_010.0) == pytest.approx(10)
        assert digest.age_of(nonce[:-2] + ("AA" if nonce[-2:] != "AA" else "BB")) is None
        assert digest.age_of("") is None
        assert digest.age_of("not base64 at all!") is None

    def test_a_count_is_used_once_in_any_order(self):
        counts = digest.Counts()
        assert [counts.first_time("n", nc) for nc in ("00000002", "00000001", "00000002")] == [
            True,
            True,
            False,
        ]
        assert counts.first_time("m", "00000002")

    def test_the_address_is_part_of_the_proof(self):
        said = digest.read(
            header("n", uri="/openrosa/expo/forms/%E6%A0%91/1/form.xml?deviceID=collect%3Aabc")
        )
        assert said is not None
        assert digest.same_target(said, "/openrosa/expo/forms/树/1/form.xml", "deviceID=collect%3Aabc")
        assert not digest.same_target(said, "/openrosa/expo/formList", "deviceID=collect%3Aabc")
        assert not digest.same_target(said, "/openrosa/expo/forms/树/1/form.xml", "")

    def test_collect_is_told_what_it_knows(self):
        assert [re.search("algorithm=([^,]+)", line)[1] for line in digest.challenges("curl")] == [
            "SHA-256",
            "MD5",
        ]
        assert [
            re.search("algorithm=([^,]+)", line)[1]
            for line in digest.challenges("org.odk.collect.android/v2024.3")
        ] == ["MD5"]
        assert "stale=true" in digest.challenges("", stale=True)[0]


class TestDoor:
    def address(self, server, path: str) -> str:
        return f"http://127.0.0.1:{server.port}/openrosa/expo/{path}"

    def test_somebody_elses_client_reads_and_sends(self, server):
        me = HTTPDigestAuth(*server.digest)
        listed = requests.get(
            self.address(server, "formList"),
            auth=me,
            headers={"User-Agent": "org.odk.collect.android/v2024.3"},
            timeout=30,
        )
        assert listed.status_code == 200
        assert "clean_day" in listed.text
        probe = requests.head(self.address(server, "submission?deviceID=collect%3Aabc"), auth=me, timeout=30)
        assert probe.status_code == 204
        kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        name = fresh()
        sent = requests.post(
            self.address(server, "submission?deviceID=x"),
            data=multipart(filled(name)),
            headers=kind,
            auth=me,
            timeout=30,
        )
        assert sent.status_code == 201
        assert len(server.rows("fieldwork_submission", f"instance_id='{name}'")) == 1

    def test_refusals(self, server):
        username, password = server.digest
        wrong = requests.get(self.address(server, "formList"), auth=HTTPDigestAuth(username, "x"), timeout=30)
        assert wrong.status_code == 401
        assert "Digest" in wrong.headers["www-authenticate"]
        first = requests.get(
            self.address(server, "formList"), auth=HTTPDigestAuth(username, password), timeout=30
        )
        again = requests.get(
            first.url, headers={"Authorization": first.request.headers["Authorization"]}, timeout=30
        )
        assert again.status_code == 401
        assert "stale=true" in again.headers["www-authenticate"]
        elsewhere = requests.get(
            self.address(server, "formList?formID=shops"),
            headers={"Authorization": first.request.headers["Authorization"]},
            timeout=30,
        )
        assert elsewhere.status_code == 401

    def test_the_password_of_a_person_is_no_digest_password(self, server):
        answer = requests.get(
            self.address(server, "formList"), auth=HTTPDigestAuth("nanxiang", "jiading-2021-nx"), timeout=30
        )
        assert answer.status_code == 401
