from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Login(TextChoices):
    """Where a customer stands with signing in; computed, never typed. The first that fits, from the top."""

    NONE = "none", _("None")
    UNVERIFIED = "unverified", _("Mail not confirmed")
    INVITED = "invited", _("Invited")
    LOCKED = "locked", _("Locked")
    MUST_CHANGE = "must_change", _("Must change password")
    ACTIVE = "active", _("Active")


class SecondStep(TextChoices):
    """Whether a store asks its customers for a second step at sign-in."""

    OFF = "off", _("Off")
    OPTIONAL = "optional", _("Customers may turn it on")
    REQUIRED = "required", _("Everybody needs it")


class Purpose(TextChoices):
    """What a token that was sent by mail lets its reader do."""

    SIGN_IN = "sign_in", _("Sign in")
    PASSWORD = "password", _("Choose a password")  # also the first one: it confirms the mail
    EMAIL = "email", _("Sign in with another address")
    JOIN = "join", _("Join two accounts")


class Stage(TextChoices):
    """How far a sign-in has come. Only a whole one is a visitor; the others are open for minutes."""

    SECOND = "second", _("Second step")
    ENROL = "enrol", _("Second step to be set up")
    PASSWORD = "password", _("New password")
    WHOLE = "whole", _("Signed in")


class Factor(StrEnum):
    """What can be the second step."""

    TOTP = "totp"
    SMS = "sms"
    RECOVERY = "recovery"


class MfaChange(TextChoices):
    """What staff do with a customer's second step."""

    KEEP = "keep", _("Leave as it is")
    SMS_ON = "sms_on", _("Turn codes by text message on")
    SMS_OFF = "sms_off", _("Turn codes by text message off")
    RESET = "reset", _("Reset: take every factor and recovery code away")
