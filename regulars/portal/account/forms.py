"""What customers are asked when they get a login and sign in."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from regulars.accounts.rules import LONGEST_PASSWORD
from regulars.kit.email import clean_email
from regulars.kit.errors import Invalid
from regulars.portal.checkout.forms import OneLine


def email_field(*, help_text: Any = "") -> forms.CharField:
    """An address."""
    return forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        help_text=help_text,
    )


def password_field(label: Any, *, new: bool, required: bool = True, help_text: Any = "") -> forms.CharField:
    """A password; spaces around it are part of it."""
    return forms.CharField(
        label=label,
        max_length=LONGEST_PASSWORD,
        strip=False,
        required=required,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password" if new else "current-password"}),
        help_text=help_text,
    )


def code_field(label: Any, *, help_text: Any = "") -> forms.CharField:
    """A code that was sent or shown."""
    return forms.CharField(
        label=label,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
        help_text=help_text,
    )


class Asking(forms.Form):
    """A form with an address that mail can be sent to."""

    email = email_field()

    def clean_email(self) -> str:
        """An address that mail can be sent to."""
        try:
            return clean_email(self.cleaned_data["email"])
        except Invalid as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class SignUp(Asking):
    """Who wants a login."""

    first_name = OneLine(
        label=_("First name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = OneLine(
        label=_("Last name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    password = password_field(
        _("Password"),
        new=True,
        required=False,
        help_text=_("At least 10 characters. Without one we mail you a link each time you sign in."),
    )
    field_order = ("first_name", "last_name", "email", "language", "password")


class SignIn(forms.Form):
    """Address and password."""

    email = email_field()
    password = password_field(_("Password"), new=False)
    remember = forms.BooleanField(
        label=_("Stay signed in"),
        required=False,
        help_text=_("For 30 days, in this browser. Not on a computer that others use."),
    )


class Code(forms.Form):
    """The code of a mail."""

    code = code_field(_("Code from the mail"))
    remember = forms.BooleanField(label=_("Stay signed in"), required=False)


class SecondStep(forms.Form):
    """The code of the second step."""

    code = code_field(_("Code"), help_text=_("From your app or text message, or one of your recovery codes."))
    remember_device = forms.BooleanField(
        label=_("Do not ask again in this browser for 30 days"), required=False
    )


class NewPassword(forms.Form):
    """A password that is chosen."""

    password = password_field(_("New password"), new=True, help_text=_("At least 10 characters."))


class Confirm(forms.Form):
    """The last step of a new login; a password is wanted where none was typed in this browser."""

    password = password_field(
        _("Password"),
        new=True,
        required=False,
        help_text=_("At least 10 characters. Without one we mail you a link each time you sign in."),
    )


class Prove(forms.Form):
    """One's password once more."""

    password = password_field(_("Password"), new=False)


class AppCode(forms.Form):
    """What an app shows."""

    code = code_field(_("Code that the app shows"))


class Phone(forms.Form):
    """Where codes go."""

    phone = forms.CharField(
        label=_("Mobile phone"), max_length=40, widget=forms.TelInput(attrs={"autocomplete": "tel"})
    )


class PhoneCode(forms.Form):
    """What was sent to the phone."""

    code = code_field(_("Code from the text message"))
