"""The line to another platform: HTTP with nothing but the standard library, to the platform's own host and nowhere else.

Every way in which it may fail is a refusal in plain words. Redirects are not followed, certificates are verified,
answers have a largest size.
"""

import http.client
import ipaddress
import json
import os
import re
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from guatu.cases.models import Peer
from guatu.cases.rules.exchange import MOST_FILE_BYTES, MOST_JSON_BYTES
from guatu.kernel.problems import Problem
from guatu.kernel.secrets import open_office

TIMEOUT = 20  # seconds for connecting, and for every piece of an answer
PURPOSE = "peer"  # of the office's key that tokens are sealed with


def check_url(url: str) -> SplitResult:
    """An address that may be called. Raises `peer.bad_url`, `peer.plain_http`."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as wrong:
        raise Problem("peer.bad_url", url=url[:120], why=str(wrong)) from wrong
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise Problem("peer.bad_url", url=url[:120], why="https://…")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Problem("peer.bad_url", url=url[:120], why="user, query")
    if not re.fullmatch(r"[\w./~%-]*", parts.path, re.ASCII):
        raise Problem("peer.bad_url", url=url[:120], why=parts.path[:60])
    if parts.scheme == "http" and not settings.GUATU_EXCHANGE_PLAIN:
        raise Problem("peer.plain_http", url=url[:120])
    return parts


def token_of(peer: Peer) -> str:
    """The key they gave us: from the environment (GUATU_PEER_<CODE>_TOKEN), else as it was entered. Raises `peer.no_token`."""
    given = os.environ.get(f"GUATU_PEER_{peer.code.upper().replace('-', '_')}_TOKEN", "").strip()
    if given:
        return given
    if not peer.token_sealed:
        raise Problem("peer.no_token", peer=peer.name)
    return open_office(PURPOSE, peer.token_sealed)


def has_token(peer: Peer) -> bool:
    try:
        return bool(token_of(peer))
    except Problem:
        return False


class Line:
    """One platform, reached by its own address and key."""

    def __init__(self, peer: Peer) -> None:
        if peer.way != "http" or not peer.base_url or not peer.active:
            raise Problem("peer.no_line", peer=peer.name)
        self.parts = check_url(peer.base_url)
        self.token = token_of(peer)
        self.host = str(self.parts.hostname)

    def json(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask for JSON; answers what it says. Raises every way of failing (`peer.…`)."""
        sent = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        answer = self._ask(method, path, sent, "application/json", MOST_JSON_BYTES)
        try:
            return json.loads(answer or b"null")
        except ValueError as wrong:
            raise Problem("peer.bad_answer", host=self.host, why="JSON") from wrong

    def fetch(self, sha256: str) -> bytes:
        """A file by its fingerprint."""
        return self._ask("GET", f"/files/{sha256}", None, "", MOST_FILE_BYTES)

    def put_file(self, sha256: str, content: bytes) -> None:
        self._ask("PUT", f"/files/{sha256}", content, "application/octet-stream", MOST_JSON_BYTES)

    def _ask(self, method: str, path: str, body: bytes | None, kind: str, most: int) -> bytes:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/json",
            "User-Agent": "Guatu",
        }
        headers["Host"] = self.parts.netloc
        if kind:
            headers["Content-Type"] = kind
        link = self._open()
        try:
            link.request(method, self.parts.path.rstrip("/") + path, body=body, headers=headers)
            answer = link.getresponse()
            content = answer.read(most + 1)
        except ssl.SSLError as wrong:
            raise Problem(
                "peer.bad_certificate", host=self.host, why=str(wrong.reason or wrong)[:80]
            ) from wrong
        except TimeoutError as wrong:
            raise Problem("peer.timeout", host=self.host, seconds=TIMEOUT) from wrong
        except (OSError, http.client.HTTPException) as wrong:
            raise Problem("peer.no_connection", host=self.host) from wrong
        finally:
            link.close()
        if len(content) > most:
            raise Problem("peer.too_large", what=self.host, limit=f"{most // 1024 // 1024} MB")
        self._check(answer.status, content)
        return content

    def _open(self) -> http.client.HTTPConnection:
        if self.parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(
                self.host, self.parts.port or 443, timeout=TIMEOUT, context=context
            )
        try:
            found = {
                str(each[4][0])
                for each in socket.getaddrinfo(self.host, self.parts.port or 80, type=socket.SOCK_STREAM)
            }
        except OSError as wrong:
            raise Problem("peer.no_connection", host=self.host) from wrong
        if not all(ipaddress.ip_address(each.partition("%")[0]).is_private for each in found):
            raise Problem("peer.plain_http", url=self.parts.geturl()[:120])
        # the address that was looked at is the address that is called
        return http.client.HTTPConnection(sorted(found)[0], self.parts.port or 80, timeout=TIMEOUT)

    def _check(self, status: int, content: bytes) -> None:
        if 200 <= status < 300:
            return
        if 300 <= status < 400:
            raise Problem("peer.redirected", host=self.host, status=status)
        if status in (401, 403):
            raise Problem("peer.unauthorized", host=self.host, status=status)
        if status >= 500:
            raise Problem("peer.broken", host=self.host, status=status)
        said = _said(content)
        if said.get("code") == "peer.file_missing":
            files = said.get("details", {}).get("files") or []
            raise Problem("peer.file_missing", count=len(files), files=[str(each) for each in files])
        raise Problem(
            "peer.refused", host=self.host, status=status, message=str(said.get("message") or "—")[:300]
        )


def _said(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
