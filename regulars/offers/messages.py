"""The message that brings an offer."""

from django.utils.translation import gettext_lazy as _

from regulars.messaging.choices import Purpose
from regulars.messaging.kinds import MessageKind, Variable, declare

SENT = declare(
    MessageKind(
        name="offers.sent",
        label=_("An offer"),
        purpose=Purpose.MARKETING,
        variables=(
            Variable("offer", _("Title of the offer"), _("Friday lunch")),
            Variable("benefit", _("What it gives"), _("20 % off")),
            Variable("terms", _("Terms"), _("Not on books.")),
            Variable("valid", _("When it is valid"), _(", until 31 December")),
            Variable("link", _("Where the customer sees and claims it"), "https://shop.example/offers/…"),
        ),
        subject=_("{{offer}}: {{benefit}} at {{store}}"),
        body=_(
            "Dear {{first_name}},\n\nthis is for you: {{offer}}. {{benefit}}{{valid}}.\n\n"
            "Look at it, keep it or claim it here:\n{{link}}\n\n{{terms}}\n\n{{store}}"
        ),
        sms=_("{{store}}: {{offer}}, {{benefit}}. {{link}}"),
    )
)
