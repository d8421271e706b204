"""How people sign in: accounts are made by the office, never by signing up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """No open sign-up."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False
