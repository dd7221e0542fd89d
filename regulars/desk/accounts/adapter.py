"""How django-allauth works here: nobody signs up, links carry the address of the install."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class StaffAdapter(DefaultAccountAdapter):
    """Sign-in of staff."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are invited; the first one starts the install."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link for a new password, on the install's own address: never on one a request claims."""
        uid, _, secret = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": secret})
        return settings.BASE_URL.rstrip("/") + path
