"""What accounts add to customers: how they stand with signing in, and what staff do about it."""

from django.db.models import Case, CharField, DateTimeField, Expression, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from regulars.accounts import queries, services
from regulars.accounts.choices import Factor, Login, MfaChange, SecondStep
from regulars.accounts.models import Account
from regulars.accounts.permissions import MANAGE, OPEN, RESET
from regulars.resources import kinds
from regulars.resources.action import Action
from regulars.resources.context import Context
from regulars.resources.field import Choices, Field, Row
from regulars.resources.resource import contribute

SECTION = _("Login")
_TONES: dict[str, str] = {
    Login.NONE: "grey",
    Login.UNVERIFIED: "blue",
    Login.INVITED: "blue",
    Login.LOCKED: "red",
    Login.MUST_CHANGE: "amber",
    Login.ACTIVE: "green",
}


def _labels(context: Context) -> Choices:
    return [(value, str(label)) for value, label in Login.choices]


def _steps(context: Context) -> Choices:
    return [
        ("none", str(_("None"))),
        (str(Factor.TOTP), str(_("App"))),
        (str(Factor.SMS), str(_("Text message"))),
    ]


def _login(context: Context) -> Expression:
    return queries.login_sql(context.now)


def _signed_in(context: Context) -> Subquery:
    accounts = Account.objects.filter(store=OuterRef("store"), customer=OuterRef("pk"))
    return Subquery(accounts.values("signed_in_at")[:1], output_field=DateTimeField())


def _second_step(context: Context) -> Coalesce:
    accounts = Account.objects.filter(store=OuterRef("store"), customer=OuterRef("pk"))
    has = Case(
        When(mfa_sms=True, totp_sealed="", then=Value(str(Factor.SMS))),
        When(totp_sealed="", then=Value("none")),
        default=Value(str(Factor.TOTP)),
        output_field=CharField(),
    )
    return Coalesce(Subquery(accounts.annotate(step=has).values("step")[:1]), Value("none"))


FIELDS = (
    Field(
        name="login",
        label=SECTION,
        kind=kinds.Choice(),
        section=SECTION,
        path="f_login",
        expression=_login,
        choices=_labels,
        tones=_TONES,
        width=150,
        help=_("How the customer stands with signing in to the shop."),
    ),
    Field(
        name="signed_in",
        label=_("Last sign-in"),
        kind=kinds.Moment(),
        section=SECTION,
        path="f_signed_in",
        expression=_signed_in,
        why_empty=_("Never signed in"),
        condition=queries.signed_in_condition,
        width=140,
    ),
    Field(
        name="second_step",
        label=_("Second step"),
        kind=kinds.Choice(),
        section=SECTION,
        path="f_second_step",
        expression=_second_step,
        choices=_steps,
        width=120,
        help=_("What the customer is asked for after the password."),
    ),
)


def _settings(context: Context) -> queries.Settings:
    return context.once("account_settings", lambda: queries.settings_of(store=context.store))


def _has_accounts(context: Context) -> bool:
    return _settings(context).active


def _has_second_step(context: Context) -> bool:
    settings = _settings(context)
    return settings.active and settings.second_step != SecondStep.OFF


def _may_sign_in(row: Row) -> bool:
    return row["state"] == "active" and bool(row["email"]) and not row["blocked"]


def _changes(context: Context) -> Choices:
    return [(value, str(label)) for value, label in MfaChange.choices if value != MfaChange.KEEP]


ACTIONS = (
    Action(
        name="resend-login-email",
        label=_("Resend Login Email"),
        done_label=_("Login mail asked for"),
        icon="mail",
        part="contact",
        permission=MANAGE,
        perform=services.resend_login_email,
        confirm=_("They get a mail that says how to sign in; who has no login yet is invited to one."),
        needs=("state", "email", "blocked"),
        possible=_has_accounts,
        offered=_may_sign_in,
    ),
    Action(
        name="send-password-link",
        label=_("Set password link"),
        done_label=_("Link for a new password asked for"),
        icon="mail",
        part="contact",
        permission=MANAGE,
        perform=services.send_password_link,
        confirm=_(
            "They get a mail with a link that works once, for three days. Their password stays until then."
        ),
        needs=("state", "email", "blocked", "has_account"),
        possible=_has_accounts,
        offered=lambda row: _may_sign_in(row) and row["has_account"],
    ),
    Action(
        name="reset-password",
        label=_("Reset Password"),
        done_label=_("Password reset"),
        icon="lock",
        part="state",
        permission=RESET,
        perform=services.reset_password,
        preview=services.preview_reset,
        confirm=_("Their password stops working at once."),
        danger=True,
        irreversible=True,
        needs=("has_account",),
        possible=_has_accounts,
        offered=lambda row: row["has_account"],
    ),
    Action(
        name="update-mfa",
        label=_("Update MFA Settings"),
        done_label=_("Second step changed"),
        icon="lock",
        part="state",
        permission=RESET,
        inputs=(
            Field(name="status", label=_("What is to be done"), kind=kinds.Choice(), choices=_changes),
            Field(
                name="phone",
                label=_("Phone number for codes"),
                kind=kinds.Phone(),
                help=_("Of one customer; empty leaves it."),
            ),
        ),
        perform=services.update_mfa,
        confirm=_("They are signed out everywhere and told by mail."),
        needs=("has_account",),
        possible=_has_second_step,
        offered=lambda row: row["has_account"],
    ),
    Action(
        name="confirm-sign-up",
        label=_("Confirm login by code"),
        done_label=_("Login confirmed"),
        icon="user-check",
        part="state",
        scope="one",
        permission=MANAGE,
        inputs=(
            Field(
                name="code",
                label=_("Code on the customer's screen"),
                kind=kinds.Text(max_length=20),
                required=True,
                help=_("The customer in front of you reads it out. Make sure that it is this customer."),
            ),
        ),
        perform=services.confirm_at_counter,
        irreversible=True,
        needs=("state", "has_account", "blocked"),
        possible=_has_accounts,
        offered=lambda row: row["state"] == "active" and not row["has_account"] and not row["blocked"],
    ),
    Action(
        name="open-portal",
        label=_("Open Customer Portal"),
        done_label=_("Portal opened"),
        icon="external-link",
        part="contact",
        scope="one",
        permission=OPEN,
        inputs=(
            Field(
                name="reason",
                label=_("Reason"),
                kind=kinds.Text(max_length=300),
                help=_("For the history; the customer sees that you looked, not why."),
            ),
            Field(
                name="act",
                label=_("Act on behalf of the customer"),
                kind=kinds.Boolean(),
                help=_("Without it you only look. What you do is told as yours, on behalf."),
            ),
        ),
        perform=services.open_portal,
        confirm=_(
            "You see the portal as the customer sees it, for 15 minutes. The customer sees that you did."
        ),
        needs=("state",),
        possible=_has_accounts,
        offered=lambda row: row["state"] != "anonymised",
    ),
)


def declare_all() -> None:
    """Make accounts known to every surface. Called once, at start."""
    contribute("customers", fields=FIELDS, actions=ACTIONS)
