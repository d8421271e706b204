"""HTTP Digest (RFC 7616) for phones that cannot scan a code: a key's user name and password over plain http, in a closed
network where there is no certificate. The password itself never travels, and no password of a person is involved: the key
was made with a secret of its own, of which only the two HA1 are kept, sealed by the office's key.

qop=auth only. A nonce tells its own time and is signed, so any process knows it; it holds for five minutes. Which counts
(nc) were used is known to the process that saw them: what is sent again elsewhere is a submission with the same receipt.
MD5 is offered because ODK Collect knows nothing else; SHA-256 comes first for everybody who does.
"""

import base64
import hashlib
import hmac
import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from django.conf import settings

from guatu.fieldwork.rules.digest import ALGORITHMS, REALM, hashed
from guatu.kernel import clock

SECONDS = 300
_MOST_NONCES, _MOST_COUNTS = 5_000, 2_000
_PAIR = re.compile(r'\s*([A-Za-z*]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)')
_COUNT = re.compile(r"[0-9a-fA-F]{8}")


@dataclass(frozen=True)
class Said:
    """What a client says to be: the fields of its Authorization header. None of it is believed yet."""

    username: str
    nonce: str
    uri: str
    response: str
    cnonce: str
    nc: str
    algorithm: str


def read(header: str) -> Said | None:
    """The fields of `Digest …`; None when one is missing, strange, or asks for another quality of protection."""
    kind, _, rest = header.partition(" ")
    if kind.lower() != "digest" or len(rest) > 4_000:
        return None
    fields: dict[str, str] = {}
    at = 0
    while at < len(rest):
        match = _PAIR.match(rest, at)
        if match is None or match[1].lower() in fields:
            return None
        fields[match[1].lower()] = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3]
        at = match.end()
    algorithm = fields.get("algorithm", "MD5").upper()
    good = (
        fields.get("realm") == REALM
        and fields.get("qop") == "auth"
        and algorithm in ALGORITHMS
        and _COUNT.fullmatch(fields.get("nc", ""))
        and all(fields.get(name) for name in ("username", "nonce", "uri", "response", "cnonce"))
        and fields.get("userhash", "false").lower() == "false"
    )
    if not good:
        return None
    return Said(
        fields["username"][:150], fields["nonce"][:200], fields["uri"], fields["response"].lower(), fields["cnonce"],
        fields["nc"], algorithm,
    )  # fmt: skip


def proves(said: Said, method: str, kept: Mapping[str, str]) -> bool:
    """Whether who said this knows the password. kept: algorithm → HA1."""
    ha2 = hashed(said.algorithm, f"{method}:{said.uri}")
    wanted = hashed(
        said.algorithm, f"{kept.get(said.algorithm, '')}:{said.nonce}:{said.nc}:{said.cnonce}:auth:{ha2}"
    )
    return bool(kept.get(said.algorithm)) and hmac.compare_digest(wanted, said.response)


def same_target(said: Said, path: str, query: str) -> bool:
    """Whether the proof was made for this very address (as decoded by the server, with its query)."""
    uri = said.uri
    if "://" in uri[:10]:
        uri = "/" + uri.split("/", 3)[-1]
    own_path, _, own_query = uri.partition("?")
    return unquote(own_path) == path and unquote(own_query) == unquote(query)


# ------------------------------------------------------------------------------------------------ nonces


def _mac(body: bytes) -> bytes:
    key = hashlib.sha256(b"guatu:digest:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, body, hashlib.sha256).digest()[:16]


def new_nonce(now: float | None = None) -> str:
    body = int((clock.real_now().timestamp() if now is None else now) * 1000).to_bytes(8, "big") + os.urandom(
        8
    )
    return base64.urlsafe_b64encode(body + _mac(body)).decode().rstrip("=")


def age_of(nonce: str, now: float | None = None) -> float | None:
    """Seconds since we gave out this nonce; None when we did not."""
    try:
        whole = base64.urlsafe_b64decode(nonce + "=" * (-len(nonce) % 4))
    except ValueError:
        return None
    if len(whole) != 32 or not hmac.compare_digest(_mac(whole[:16]), whole[16:]):
        return None
    return (clock.real_now().timestamp() if now is None else now) - int.from_bytes(whole[:8], "big") / 1000


class Counts:
    """Which counts of which nonce were used. A phone may send several requests at once, so they need not come in order."""

    def __init__(self) -> None:
        self._used: dict[str, tuple[float, set[str]]] = {}
        self._lock = threading.Lock()

    def first_time(self, nonce: str, nc: str, now: float | None = None) -> bool:
        """Whether this count of this nonce was not used before; it is now."""
        at = clock.real_now().timestamp() if now is None else now
        with self._lock:
            if nonce not in self._used:
                if len(self._used) >= _MOST_NONCES:
                    self._used = {key: kept for key, kept in self._used.items() if kept[0] > at - SECONDS}
                if len(self._used) >= _MOST_NONCES:
                    return False
                self._used[nonce] = (at, set())
            counts = self._used[nonce][1]
            if nc.lower() in counts or len(counts) >= _MOST_COUNTS:
                return False
            counts.add(nc.lower())
            return True


COUNTS = Counts()


def challenges(agent: str, *, stale: bool = False) -> list[str]:
    """The lines of WWW-Authenticate. ODK Collect reads the first and knows MD5 only."""
    nonce = new_nonce()
    wanted = ("MD5",) if "org.odk.collect" in agent else ALGORITHMS
    late = ", stale=true" if stale else ""
    return [
        f'Digest realm="{REALM}", qop="auth", algorithm={algorithm}, nonce="{nonce}", charset=UTF-8{late}'
        for algorithm in wanted
    ]
