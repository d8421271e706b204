"""Venue codes: their lifecycle, what is printed, how long they hold. Pure.

What is printed is `<serial>.<signature>`: ten random bytes in base32, and an Ed25519 signature (RFC 8032) over them, so
that whoever has the office's public key can tell a real code from a made-up one without asking anybody, and nobody can
make one.
"""

import base64
import binascii
import datetime as dt
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

VALID_DAYS = 365  # how long an approved code holds unless it is said otherwise
LONGEST_DAYS = 3 * 366
RENEW_BEFORE = 30  # days before its end from which a code may be renewed
SERIAL = re.compile(r"^[A-Z2-7]{16}$")
SERIAL_START = re.compile(r"^[A-Z2-7]{4,16}$")  # what is typed to find one; shorter words are names


@dataclass(frozen=True)
class Move:
    """One row of the lifecycle. reason: it must be said why."""

    step: str
    sources: tuple[str, ...]
    target: str
    verb: str
    reason: bool = False


LIFECYCLE: dict[str, Move] = {
    move.step: move
    for move in (
        Move("approve", ("applied",), "active", "venue.approved"),
        Move("refuse", ("applied",), "refused", "venue.refused", reason=True),
        Move("take_back", ("applied",), "withdrawn", "venue.taken_back"),
        Move("revoke", ("active",), "revoked", "venue.revoked", reason=True),
        Move("reinstate", ("revoked",), "active", "venue.reinstated"),
        Move("end", ("active",), "ended", "venue.ended"),
        Move("replace", ("active", "ended"), "replaced", "venue.replaced"),
    )
}
STATUS = ("applied", "active", "refused", "withdrawn", "revoked", "ended", "replaced")
LIVE = ("applied", "active")


def serial_of(random_bytes: bytes) -> str:
    """Ten random bytes as sixteen letters and digits without 0, 1, 8, 9."""
    if len(random_bytes) != 10:
        raise ValueError("a serial is made of ten bytes")
    return base64.b32encode(random_bytes).decode()


def said(serial: str) -> bytes:
    """What is signed: the purpose too, so that no other signature of the office can stand for it."""
    return b"guatu venue code 1|" + serial.encode()


def token(serial: str, seed: bytes) -> str:
    """What is printed. seed: 32 bytes of the office's key for this purpose."""
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(said(serial))
    return f"{serial}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def public_key(seed: bytes) -> bytes:
    """The 32 bytes by which anybody checks a token."""
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def serial_in(text: str, keys: list[bytes]) -> str:
    """The serial of a genuine token; "" for everything else. keys: public keys, the newest first."""
    serial, dot, signature = text.strip().partition(".")
    if not dot or not SERIAL.match(serial) or len(signature) != 86:
        return ""
    try:
        blob = base64.b64decode(signature + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return ""
    for key in keys:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(blob, said(serial))
            return serial
        except InvalidSignature:
            continue
    return ""


def verdict_on(status: str, valid_until: dt.date | None, today: dt.date) -> str:
    """What a scan of a code is worth: good, ended, revoked."""
    if status == "active" and (valid_until is None or today <= valid_until):
        return "good"
    return "revoked" if status == "revoked" else "ended"


def may_renew(status: str, valid_until: dt.date | None, today: dt.date) -> bool:
    """From thirty days before its end on, and after it."""
    if status == "ended":
        return True
    return status == "active" and valid_until is not None and (valid_until - today).days <= RENEW_BEFORE


def next_validity(today: dt.date, days: int, before_until: dt.date | None) -> tuple[dt.date, dt.date]:
    """From when until when a code holds; a renewal begins when the old one ends, so that no day is lost."""
    start = today if before_until is None or before_until < today else before_until + dt.timedelta(days=1)
    return start, start + dt.timedelta(days=days - 1)
