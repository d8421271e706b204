"""Sealed fields: opened with the key, bound to their place, gone when forgotten."""

import pytest

from guatu.kernel import ids, secrets
from guatu.kernel.models import SubjectKey
from guatu.kernel.problems import Problem

pytestmark = pytest.mark.django_db


def test_what_was_sealed_opens_again_and_does_not_stand_in_the_clear() -> None:
    subject = ids.new()
    sealed = secrets.seal(subject, "phone", "13812345678")
    assert b"13812345678" not in sealed
    assert secrets.open_sealed(subject, "phone", sealed) == "13812345678"
    assert secrets.seal(subject, "phone", "13812345678") != sealed  # a fresh nonce each time
    assert secrets.seal(subject, "phone", "") == b""


def test_a_sealed_value_cannot_be_moved_to_another_person_or_field() -> None:
    one, other = ids.new(), ids.new()
    sealed = secrets.seal(one, "phone", "13812345678")
    secrets.seal(other, "phone", "x")
    for subject, field in ((other, "phone"), (one, "name")):
        with pytest.raises(Problem):
            secrets.open_sealed(subject, field, sealed)


def test_forgetting_is_for_ever() -> None:
    subject = ids.new()
    sealed = secrets.seal(subject, "name", "张三")
    assert secrets.forget(subject)
    assert not SubjectKey.objects.filter(subject_id=subject).exists()
    with pytest.raises(Problem) as refused:
        secrets.open_sealed(subject, "name", sealed)
    assert refused.value.code == "secrets.forgotten"
    assert not secrets.forget(subject)


def test_the_blind_index_finds_the_same_value_however_it_is_written() -> None:
    assert secrets.blind_index("id", "11010519491231002X") == secrets.blind_index(
        "id", " １１０１０５１９４９１２３１００２x "
    )
    assert secrets.blind_index("id", "1") != secrets.blind_index("phone", "1")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("张", "*"),
        ("张三", "张*"),
        ("13812345678", "138****5678"),
        ("11010519491231002X", "1101**********002X"),
    ],
)
def test_masks(text: str, shown: str) -> None:
    assert secrets.mask(text) == shown
