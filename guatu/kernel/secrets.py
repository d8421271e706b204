"""Personal fields, sealed. AES-256-GCM under a key of the subject's own, itself sealed by the office's key.

Forgetting a person is destroying that key: ledger, facts and counts stand, the person is gone (crypto-shredding).
The associated data binds a sealed value to its subject and field, so that it cannot be moved to another row.
"""

import hashlib
import hmac
import os
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from guatu.kernel import clock
from guatu.kernel.models import SubjectKey
from guatu.kernel.problems import Problem, declare

declare(
    "secrets.forgotten",
    status=410,
    zh="该对象的个人信息已按规定销毁，无法再显示。",
    en="The personal details of this subject were destroyed as the rules require; they cannot be shown.",
    next_zh="统计数字不受影响。",
    next_en="The figures are not affected.",
)

_FORMAT = b"\x01"
_NONCE = 12


@lru_cache(maxsize=8)
def _office_key(key_id: str, purpose: str) -> bytes:
    master = settings.GUATU_OFFICE_KEYS[key_id]
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"guatu:{purpose}:{key_id}".encode()).derive(
        master
    )


def _current_key_id() -> str:
    return str(next(iter(settings.GUATU_OFFICE_KEYS)))


def _subject_key(subject_id: UUID, *, make: bool) -> bytes | None:
    row = SubjectKey.objects.filter(subject_id=subject_id).first()
    if row is None:
        if not make:
            return None
        key_id = _current_key_id()
        fresh = AESGCM.generate_key(256)
        nonce = os.urandom(_NONCE)
        sealed = nonce + AESGCM(_office_key(key_id, "seal")).encrypt(nonce, fresh, str(subject_id).encode())
        SubjectKey.objects.bulk_create(
            [SubjectKey(subject_id=subject_id, sealed_key=sealed, key_id=key_id, made_at=clock.real_now())],
            ignore_conflicts=True,
        )
        row = SubjectKey.objects.get(subject_id=subject_id)
    blob = bytes(row.sealed_key)
    return AESGCM(_office_key(row.key_id, "seal")).decrypt(
        blob[:_NONCE], blob[_NONCE:], str(subject_id).encode()
    )


def fresh_keys(subject_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Keys for subjects that are new, all in one write; hand them to `seal_fields` while the rows are being made."""
    key_id = _current_key_id()
    office = AESGCM(_office_key(key_id, "seal"))
    made = {subject_id: AESGCM.generate_key(256) for subject_id in subject_ids}
    rows = []
    for subject_id, fresh in made.items():
        nonce = os.urandom(_NONCE)
        sealed = nonce + office.encrypt(nonce, fresh, str(subject_id).encode())
        rows.append(
            SubjectKey(subject_id=subject_id, sealed_key=sealed, key_id=key_id, made_at=clock.real_now())
        )
    SubjectKey.objects.bulk_create(rows)
    return made


def seal_fields(subject_id: UUID, fields: Mapping[str, str], *, key: bytes | None = None) -> dict[str, str]:
    """Seal several fields of one subject at once; answers hex texts fit for a JSON column. Empty values stay out.

    key: from `fresh_keys`; None: the subject's own is looked up, or made.
    """
    key = key if key is not None else _subject_key(subject_id, make=True)
    assert key is not None
    return _seal_under(key, subject_id, fields)


def seal_many(subjects: Mapping[UUID, Mapping[str, str]]) -> dict[UUID, dict[str, str]]:
    """Seal the fields of many new subjects; their keys are made and written together (one statement for 200).

    For subjects that have no key yet; one that has keeps it, as with `seal_fields`.
    """
    office = _current_key_id()
    cipher = AESGCM(_office_key(office, "seal"))
    known: set[UUID] = set()
    for start in range(0, len(subjects), 400):
        some = list(subjects)[start : start + 400]
        known |= set(SubjectKey.objects.filter(subject_id__in=some).values_list("subject_id", flat=True))
    made: dict[UUID, bytes] = {}
    rows = []
    for subject_id in subjects:
        if subject_id in known:
            continue
        made[subject_id] = AESGCM.generate_key(256)
        nonce = os.urandom(_NONCE)
        sealed = nonce + cipher.encrypt(nonce, made[subject_id], str(subject_id).encode())
        rows.append(
            SubjectKey(subject_id=subject_id, sealed_key=sealed, key_id=office, made_at=clock.real_now())
        )
    SubjectKey.objects.bulk_create(rows, batch_size=200)
    return {
        subject_id: _seal_under(made[subject_id], subject_id, fields)
        if subject_id in made
        else seal_fields(subject_id, fields)
        for subject_id, fields in subjects.items()
    }


def _seal_under(key: bytes, subject_id: UUID, fields: Mapping[str, str]) -> dict[str, str]:
    cipher = AESGCM(key)
    sealed: dict[str, str] = {}
    for name, text in fields.items():
        if text:
            nonce = os.urandom(_NONCE)
            bound = f"{subject_id}:{name}".encode()
            sealed[name] = (_FORMAT + nonce + cipher.encrypt(nonce, text.encode(), bound)).hex()
    return sealed


def seal(subject_id: UUID, name: str, text: str) -> bytes:
    """One field sealed, as bytes for a binary column (b"" for an empty text)."""
    found = seal_fields(subject_id, {name: text})
    return bytes.fromhex(found[name]) if found else b""


def open_sealed(subject_id: UUID, name: str, sealed: bytes | memoryview | str) -> str:
    """The clear text. The caller has logged who looks and why. Raises `secrets.forgotten` when the key is gone."""
    blob = bytes.fromhex(sealed) if isinstance(sealed, str) else bytes(sealed)
    if not blob:
        return ""
    key = _subject_key(subject_id, make=False)
    if key is None:
        raise Problem("secrets.forgotten")
    nonce, box = blob[1 : 1 + _NONCE], blob[1 + _NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, box, f"{subject_id}:{name}".encode()).decode()
    except InvalidTag as wrong:
        raise Problem("secrets.forgotten") from wrong


def open_many(subjects: Mapping[UUID, Mapping[str, str]]) -> dict[UUID, dict[str, str]]:
    """The clear texts of many subjects' sealed fields (for masking, exporting); forgotten subjects are left out."""
    wanted = [subject_id for subject_id, fields in subjects.items() if fields]
    found: dict[UUID, dict[str, str]] = {}
    for start in range(0, len(wanted), 400):
        for row in SubjectKey.objects.filter(subject_id__in=wanted[start : start + 400]):
            blob, bound = bytes(row.sealed_key), str(row.subject_id)
            office = AESGCM(_office_key(row.key_id, "seal"))
            cipher = AESGCM(office.decrypt(blob[:_NONCE], blob[_NONCE:], bound.encode()))
            opened = found.setdefault(row.subject_id, {})
            for name, sealed in subjects[row.subject_id].items():
                box = bytes.fromhex(sealed)
                text = cipher.decrypt(box[1 : 1 + _NONCE], box[1 + _NONCE :], f"{bound}:{name}".encode())
                opened[name] = text.decode()
    return found


def seal_office(purpose: str, text: str) -> str:
    """Seal a text that belongs to the office, not to a person (hex: key id, nonce, box)."""
    key_id = _current_key_id()
    nonce = os.urandom(_NONCE)
    box = AESGCM(_office_key(key_id, purpose)).encrypt(nonce, text.encode(), purpose.encode())
    return f"{key_id}:{(nonce + box).hex()}"


def open_office(purpose: str, sealed: str) -> str:
    """The clear text of `seal_office`. Raises `secrets.forgotten` when its key is not among the office's keys."""
    key_id, _, rest = sealed.partition(":")
    if key_id not in settings.GUATU_OFFICE_KEYS:
        raise Problem("secrets.forgotten")
    blob = bytes.fromhex(rest)
    key = _office_key(key_id, purpose)
    try:
        return AESGCM(key).decrypt(blob[:_NONCE], blob[_NONCE:], purpose.encode()).decode()
    except InvalidTag as wrong:
        raise Problem("secrets.forgotten") from wrong


def derived(purpose: str, key_id: str = "") -> tuple[str, bytes]:
    """(which office key, 32 bytes of its own for a purpose): what is signed stays checkable when a newer key is in use.

    Raises KeyError when that office key is no longer among the settings.
    """
    chosen = key_id or _current_key_id()
    return chosen, _office_key(chosen, purpose)


def blind_index(name: str, text: str) -> str:
    """A keyed fingerprint of a normalised value, for exact look-up without opening anything (HMAC-SHA256, hex 32)."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    key = _office_key(list(settings.GUATU_OFFICE_KEYS)[-1], "index")
    return hmac.new(key, f"{name}:{plain}".encode(), hashlib.sha256).hexdigest()[:32]


def forget(subject_id: UUID) -> bool:
    """Destroy the subject's key; True when there was one."""
    deleted, _ = SubjectKey.objects.filter(subject_id=subject_id).delete()
    return bool(deleted)


def mask(text: str) -> str:
    """What is shown by default: 张*, 138****5678, 3101**********1234."""
    if len(text) <= 1:
        return "*" * len(text)
    if len(text) <= 4:
        return text[0] + "*" * (len(text) - 1)
    keep = 3 if len(text) < 15 else 4
    return (
        text[:keep] + "*" * (len(text) - keep - 4) + text[-4:]
        if len(text) > keep + 4
        else text[0] + "*" * (len(text) - 1)
    )
