"""Signing in: it works; then wrong passwords, locked accounts, second factors, other sessions, pages that are not there."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from guatu.units.models import Person

PASSWORD = "wall-chart-fifty-days"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def someone() -> Person:
    person = Person(username="wangming", name="王明")
    person.set_password(PASSWORD)
    person.save(force_insert=True)
    return person


def sign_in(client: Client, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": "wangming", "password": password})


def code_now(authenticator: Authenticator) -> str:
    secret = authenticator.wrap().instance.data["secret"]
    from allauth.mfa.utils import decrypt

    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(decrypt(secret), counter))


def test_it_works_and_the_session_gets_a_new_key(client: Client, someone: Person) -> None:
    client.get("/accounts/login/")
    before = client.session.session_key
    assert sign_in(client).status_code == 302
    assert client.session.session_key != before
    assert client.get("/settings/").status_code == 200


def test_a_wrong_password_says_the_same_as_a_wrong_name(client: Client, someone: Person) -> None:
    wrong = sign_in(client, "something else")
    unknown = client.post("/accounts/login/", {"login": "nobody", "password": PASSWORD})

    def said(answer: Any) -> list[str]:
        return [str(error) for error in answer.context["form"].non_field_errors()]

    assert said(wrong) == said(unknown) != []


def test_five_wrong_tries_lock_the_account_for_everybody_with_the_right_password_too(
    client: Client, someone: Person
) -> None:
    for _ in range(5):
        sign_in(client, "something else")
    answer = sign_in(client)
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_closed_account_stays_out(client: Client, someone: Person) -> None:
    Person.objects.filter(pk=someone.pk).update(is_active=False)
    sign_in(client)
    assert client.get("/settings/").status_code == 302


@pytest.mark.parametrize("password", ["short", "1234567890123", "password123", "wangming2021"])
def test_weak_passwords_are_refused(client: Client, someone: Person, password: str) -> None:
    sign_in(client)
    answer = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )
    assert answer.status_code == 200
    someone.refresh_from_db()
    assert someone.check_password(PASSWORD)


def test_the_second_factor_is_asked_for_and_its_seed_is_sealed(client: Client, someone: Person) -> None:
    sign_in(client)
    assert client.get("/accounts/2fa/totp/activate/")["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    counter = next(iter(yield_hotp_counters_from_time()))
    client.post("/accounts/2fa/totp/activate/", {"code": format_hotp_value(hotp_value(secret, counter))})
    factor = Authenticator.objects.get(user=someone, type=Authenticator.Type.TOTP)
    assert secret not in str(factor.data)
    other = Client()
    assert sign_in(other)["Location"].startswith("/accounts/2fa/authenticate/")
    assert other.get("/settings/").status_code == 302
    other.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert other.get("/settings/").status_code == 302
    cache.clear()  # the same code may be used once in its half minute; here the clock cannot wait
    other.post("/accounts/2fa/authenticate/", {"code": code_now(factor)})
    assert other.get("/settings/").status_code == 200


def test_other_sessions_are_listed_and_can_be_ended(client: Client, someone: Person) -> None:
    other = Client()
    sign_in(other)
    sign_in(client)
    page = client.get("/accounts/sessions/").content.decode()
    assert len(re.findall(r"<tr><td>", page)) == 2
    client.post("/accounts/sessions/")
    assert other.get("/settings/").status_code == 302
    assert client.get("/settings/").status_code == 200


@pytest.mark.parametrize("path", ["signup", "email", "password/reset"])
def test_pages_that_rest_on_email_are_not_there(client: Client, path: str) -> None:
    assert client.get(f"/accounts/{path}/").status_code == 404


def test_signing_in_does_not_lead_to_another_host(client: Client, someone: Person) -> None:
    answer = client.post(
        "/accounts/login/?next=https://evil.example/", {"login": "wangming", "password": PASSWORD}
    )
    assert "evil" not in answer["Location"]


def test_forms_without_the_token_are_refused(someone: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403
