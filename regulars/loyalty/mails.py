"""What customers are written about their points, in its first wording."""

from django.utils.translation import gettext_lazy as _

from regulars.messaging.choices import Purpose
from regulars.messaging.kinds import MessageKind, Variable, declare

SUMMARY = MessageKind(
    name="points.summary",
    label=_("Points summary of a month"),
    purpose=Purpose.POINTS,
    variables=(
        Variable("month", _("Month"), _("February 2026")),
        Variable("points", _("Points to spend"), "340"),
        Variable("pending", _("Points that wait"), "25"),
        Variable("earned", _("Points earned in the month"), "120"),
        Variable("spent", _("Points spent in the month"), "50"),
        Variable("expiring", _("Points that expire soon"), "30"),
        Variable("expiring_until", _("Day until which they do"), _("31 March 2026")),
        Variable("worth", _("What the points are worth"), "€3.40"),
        Variable("tier", _("Tier"), _("Silver")),
    ),
    subject=_("Your points at {{store}}: {{points}}"),
    body=_(
        "Hello {{first_name}},\n\n"
        "You have {{points}} points, worth {{worth}}; {{pending}} more can be spent soon.\n\n"
        "In {{month}} you earned {{earned}} points and spent {{spent}}.\n"
        "Until {{expiring_until}}, {{expiring}} of your points expire.\n"
        "Your tier: {{tier}}\n\n"
        "{{store}}\n"
    ),
)
EXPIRING = MessageKind(
    name="points.expiring",
    label=_("Points are about to expire"),
    purpose=Purpose.SERVICE,
    variables=(
        Variable("expiring", _("Points that expire"), "30"),
        Variable("day", _("Last day on which they can be spent"), _("31 March 2026")),
        Variable("points", _("Points to spend in all"), "340"),
    ),
    subject=_("{{expiring}} of your points at {{store}} expire soon"),
    body=_(
        "Hello {{first_name}},\n\n"
        "{{expiring}} of your {{points}} points can be spent until {{day}}. After that they expire.\n\n"
        "{{store}}\n"
    ),
)


def declare_mails() -> None:
    """Called once, at start."""
    declare(SUMMARY)
    declare(EXPIRING)
