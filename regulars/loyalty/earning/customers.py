"""Rules about the customers themselves."""

from django.utils.translation import gettext_lazy as _

from regulars.loyalty.earning.base import Question, RuleClass, Trigger

JOINING = RuleClass(
    name="joining",
    label=_("For joining"),
    help=_("Once, when a customer is added at the desk, by another system or in the shop; not by a file."),
    trigger=Trigger.JOINING,
    questions=(Question("points", _("Points"), "points", 100),),
)
BIRTHDAY = RuleClass(
    name="birthday",
    label=_("For the birthday"),
    help=_("Once a year, in the night of the birthday; who was born on 29 February has theirs on the 28th."),
    trigger=Trigger.BIRTHDAY,
    questions=(Question("points", _("Points"), "points", 100),),
)
