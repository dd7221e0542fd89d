"""How django-allauth works here: nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):
    """Sign-in of staff."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited; the first one starts the install."""
        return False
