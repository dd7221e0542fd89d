"""A new password for who forgot theirs: asked for by anybody, mailed by the worker."""

from allauth.account.forms import default_token_generator
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate.contrib.django import app as queue

from regulars.staff.models import User


def ask_for_reset_link(*, email: str) -> None:
    """Have the worker mail a link for a new password.

    The same is done for every address, so that neither the answer nor its time tells who signs in here; and the job
    holds no more than the address, for the link is made when it is sent.
    """
    queue.configure_task("staff.send_reset_link").defer(email=email)


def send_reset_link(*, email: str) -> None:
    """Mail the link to the person who signs in with this address; to nobody when there is none."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user.pk.hex, "key": default_token_generator.make_token(user)},
    )
    with override(user.language or settings.LANGUAGE_CODE):
        body = _(
            "Open this link to choose a new password. It works once:\n%(link)s\n\n"
            "If you did not ask for it, do nothing: your password stays as it is."
        )
        subject = _("A new password for Regulars")
    # The install's own address, never one that a request claims.
    link = settings.BASE_URL.rstrip("/") + path
    EmailMessage(subject, body % {"link": link}, to=[user.email]).send()
