"""What customers are written about their data. All of it is about their own business with the shop."""

from django.utils.translation import gettext_lazy as _

from regulars.messaging.kinds import Variable, declare_service

_WHAT = Variable("what", _("What was asked for"), _("Copy of the data"))
_DAY = Variable("day", _("The day"), _("14 April 2026"))
_LINK = Variable("link", _("The address of the page"), "https://shop.example/shop/corner/account/data/")

RECEIVED = declare_service(
    name="privacy.received",
    label=_("Request about personal data received"),
    variables=(_WHAT, _DAY),
    subject=_("We have your request: {{what}}"),
    body=_(
        "Hello {{first_name}},\n\nwe have your request: {{what}}. You get our answer by {{day}}.\n\n{{store}}"
    ),
)
CONFIRM = declare_service(
    name="privacy.confirm_erasure",
    label=_("Confirm the erasure of data"),
    variables=(_LINK,),
    subject=_("Please confirm that we erase your data"),
    body=_(
        "Hello {{first_name}},\n\nyou asked us to erase your data. Nothing is erased before you confirm it here:\n"
        "{{link}}\n\nIf this was not you, do nothing, and change your password.\n\n{{store}}"
    ),
)
TO_BE_ERASED = declare_service(
    name="privacy.to_be_erased",
    label=_("Data will be erased"),
    variables=(_DAY, _LINK),
    subject=_("Your data is erased on {{day}}"),
    body=_(
        "Hello {{first_name}},\n\nyour data is erased on {{day}}. Until then you can still "
        "change your mind:\n{{link}}\n\n"
        "Invoices are kept for as long as the law demands, closed to everybody. After that day we cannot write "
        "to you any more, so this is our last message about it.\n\n{{store}}"
    ),
)
COPY_READY = declare_service(
    name="privacy.copy_ready",
    label=_("Copy of the data is ready"),
    variables=(_LINK, _DAY),
    subject=_("The copy of your data is ready"),
    body=_(
        "Hello {{first_name}},\n\nthe copy of everything we keep about you can be downloaded until {{day}}, "
        "once you have signed in:\n{{link}}\n\n{{store}}"
    ),
)
ANSWER = declare_service(
    name="privacy.answer",
    label=_("Answer to a request about personal data"),
    variables=(_WHAT, Variable("answer", _("The answer"), _("We have corrected your address."))),
    subject=_("Your request: {{what}}"),
    body=_("Hello {{first_name}},\n\n{{answer}}\n\n{{store}}"),
)
WARNING = declare_service(
    name="privacy.retention_warning",
    label=_("Data will be erased because nothing was heard"),
    variables=(_DAY, _LINK),
    subject=_("Shall we keep your data?"),
    body=_(
        "Hello {{first_name}},\n\nwe have not heard from you for a long time, so we erase your data on {{day}}. "
        "If you want to stay with us, sign in or buy something before that day:\n{{link}}\n\n{{store}}"
    ),
)
