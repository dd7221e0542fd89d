"""Forms of the pages a person sees before and beside the desk."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from regulars.staff import services as staff_services
from regulars.stores import inputs as store_inputs


class SignIn(LoginForm):
    """Address and password; the way to a new password stands below the card."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class ForgottenPassword(ResetPasswordForm):
    """An address. Nobody is looked up while the page waits: known and unknown ones take the same time."""

    def clean_email(self) -> str:
        """The address as it is kept."""
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Have the link mailed."""
        email = str(self.cleaned_data["email"])
        staff_services.ask_for_reset_link(email=email)
        return email


class NewPassword(forms.Form):
    """A name and a password for somebody new."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 10 characters. A few unrelated words are easy to remember and hard to guess."),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class Start(forms.Form):
    """The first store and its owner."""

    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("Printed in the terminal where Regulars was started."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}
        ),
    )
    store_name = forms.CharField(label=_("Name of the store"), max_length=120)
    slug = forms.SlugField(
        label=_("Short name"),
        help_text=_("Part of every link, like my-shop. It stays as it is."),
        max_length=50,
        required=False,
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=store_inputs.currencies, initial="EUR")
    country = forms.ChoiceField(label=_("Country"), choices=store_inputs.countries, required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=store_inputs.time_zones, initial="UTC")
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial="en")
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = NewPassword.base_fields["password"]


class Profile(forms.Form):
    """What colleagues call a person, and the language of the desk."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("The store's language")), *settings.LANGUAGES], required=False
    )
