from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    """What a person decided about two customers that look alike."""

    OPEN = "", _("Not decided")
    DIFFERENT = "different", _("Not the same person")
    HOUSEHOLD = "household", _("Same household")


class Reason(TextChoices):
    """Why two customers may be the same person, and what speaks against it."""

    EMAIL = "email", _("Same e-mail, written differently")
    DOMAIN = "domain", _("E-mails differ in the domain only")
    PHONE = "phone", _("Same phone")
    NAME = "name", _("Same name")
    ALIKE = "alike", _("Names alike")
    BIRTHDATE = "birthdate", _("Same birthday")
    SWAPPED = "swapped", _("Birthday with day and month swapped")
    ADDRESS = "address", _("Same address")
    PLACE = "place", _("Same postcode")
    TOWN = "town", _("Same town")
    COMPANY = "company", _("Same company")
    BORN = "born", _("Birthdays differ")
    HOUSEHOLD = "household", _("First names differ: may be a household")
