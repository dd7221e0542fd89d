"""Settings of how customers sign in to the shop."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from regulars.accounts import queries, services
from regulars.accounts.choices import SecondStep
from regulars.desk.access import staff
from regulars.desk.requests import StaffRequest
from regulars.desk.settings.views import settings_page
from regulars.kit.errors import Refused
from regulars.kit.forms import form_of, show_refusal
from regulars.staff.permissions import STORE_MANAGE


class AccountsForm(forms.Form):
    """How customers sign in. The default password is typed anew or taken away, never shown."""

    active = forms.BooleanField(
        label=gettext_lazy("Customers can have a login"),
        required=False,
        help_text=gettext_lazy("Turned off, everybody is signed out, and the shop page offers no sign-in."),
    )
    second_step = forms.ChoiceField(
        label=gettext_lazy("Second step at sign-in (MFA)"), choices=SecondStep.choices
    )
    totp = forms.BooleanField(label=gettext_lazy("By an app on the phone"), required=False)
    sms = forms.BooleanField(
        label=gettext_lazy("By text message"),
        required=False,
        help_text=gettext_lazy("Each one costs what your provider takes for it."),
    )
    default_password = forms.CharField(
        label=gettext_lazy("New default password"),
        required=False,
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Empty leaves it as it is."),
    )
    no_default = forms.BooleanField(
        label=gettext_lazy("No default password: each reset makes one that is shown once"), required=False
    )


@sensitive_post_parameters("default_password")
@require_http_methods(["GET", "POST"])
@staff(STORE_MANAGE)
def edit(request: StaffRequest) -> HttpResponse:
    """How customers of the store sign in."""
    known = queries.settings_of(store=request.store)
    initial: dict[str, Any] = {
        name: getattr(known, name) for name in ("active", "second_step", "totp", "sms")
    }
    form = AccountsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        removed, password = typed.pop("no_default"), typed.pop("default_password")
        try:
            services.edit_settings(
                store=request.store,
                changes=typed,
                default_password=password or ("" if removed else None),
                actor=request.actor,
                now=timezone.now(),
            )
        except Refused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("account_settings", store=request.store.slug)
    page = form_of(form, url=request.path, submit_label=_("Save"), sections=_sections(known))
    return settings_page(
        request,
        "account_settings",
        _("Accounts"),
        "desk/settings/store.html",
        {"form": page},
        bool(form.errors),
    )


def _sections(known: queries.Settings) -> list[tuple[str, str, dict[str, str]]]:
    has_default = bool(known.default_password)
    told = (
        _(
            "There is one. Whoever knows it can try it on customers whose password was just reset: change it often."
        )
        if has_default
        else _("There is none: a reset makes a password that is shown once. That is the safer way.")
    )
    fields = {"default_password": "whole"} | ({"no_default": "whole"} if has_default else {})
    return [
        (_("Logins of customers"), "", {"active": "whole"}),
        (
            _("Second step"),
            _("Something beside the password, so that a stolen one is not enough."),
            {"second_step": "whole", "totp": "whole", "sms": "whole"},
        ),
        (_("Default password of “Reset Password”"), told, fields),
    ]
