"""How people sign in: accounts are made by the office, never by signing up; secrets of second factors are sealed."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from guatu.kernel.secrets import open_office, seal_office


class Adapter(DefaultAccountAdapter):
    """No open sign-up."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False


class MfaAdapter(DefaultMFAAdapter):
    """The seeds of second factors are sealed with the office's key; a stolen database does not hold them."""

    def encrypt(self, text: str) -> str:
        return seal_office("mfa", text)

    def decrypt(self, encrypted_text: str) -> str:
        return open_office("mfa", encrypted_text)
