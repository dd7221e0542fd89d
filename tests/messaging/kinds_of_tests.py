"""A kind of message that only tests know."""

from regulars.messaging.choices import Purpose
from regulars.messaging.kinds import MessageKind, Variable

NEWS = MessageKind(
    name="tests.news",
    label="News",
    purpose=Purpose.MARKETING,
    variables=(Variable("thing", "Thing", "a coat"),),
    subject="{{thing}} at {{store}}",
    body="Hello {{first_name}}, {{ thing }} is here.",
    sms="{{thing}}!",
)
CARE = MessageKind(
    name="tests.care", label="Care", purpose=Purpose.SERVICE, variables=(), subject="s", body="{{name}}"
)
