"""Where a phone stands: how far it has followed each stream, under which rights, and how far its first load came."""

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from guatu.kernel.access import Scope
from guatu.kernel.problems import Problem

_MOST = 40_000  # characters of a cursor: more streams than China has streets in a province


@dataclass(frozen=True)
class Cursor:
    """heads: home → position of the last act that has been told. rights: fingerprint of what the list depends on beside
    its rows. after: id of the last row of the first load; "" when that is over."""

    rights: str
    heads: Mapping[str, int] = field(default_factory=dict)
    after: str = ""

    def text(self) -> str:
        """For the wire: opaque to the phone, short."""
        plain = json.dumps([1, self.rights, self.after, self.heads], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(zlib.compress(plain, 6)).decode().rstrip("=")


def read(text: str) -> Cursor | None:
    """A cursor as the phone gives it back; None for none, and for one that cannot be read: the list begins anew."""
    if not text or len(text) > _MOST:
        return None
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        engine = zlib.decompressobj()
        plain = engine.decompress(packed, 1_000_000)
        version, rights, after, heads = json.loads(plain)
    except (binascii.Error, zlib.error, ValueError, TypeError):
        return None
    fits = (
        version == 1
        and isinstance(rights, str)
        and isinstance(after, str)
        and isinstance(heads, dict)
        and not engine.unconsumed_tail
        and all(len(home) <= 9 and type(position) is int and 0 <= position < 2**62 for home, position in heads.items())
    )  # fmt: skip
    return Cursor(rights, heads, after[:40]) if fits else None


def rights_of(scope: Scope, *more: str) -> str:
    """A fingerprint of what somebody may see: another one means that the list begins anew, with only what is seen now."""
    grants = sorted(
        [sorted(grant.rights), sorted(grant.areas), sorted(grant.units)] for grant in scope.grants
    )
    plain = json.dumps([str(scope.person_id), grants, *more], ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def tail(row_id: object) -> str:
    """How a row that is gone is named: by the random end of its id, which tells nothing to who never had the row."""
    return str(row_id)[-12:]


def refuse(name: str) -> Problem:
    return Problem("phone.unknown_list", list=name[:40])
