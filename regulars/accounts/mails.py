"""What customers are written about their sign-in. Nothing that a stranger typed stands in these mails."""

from django.utils.translation import gettext_lazy as _

from regulars.messaging.kinds import Variable, declare_service

_LINK = Variable("link", _("Link"), "https://shop.example/shop/corner/account/…")
_CODE = Variable("code", _("Code"), "4821 9036")
_WHAT = Variable("what", _("What was changed"), _("a new password"))
_REASON = Variable("reason", _("Reason"), _("Please get in touch with the shop."))
_EMAIL = Variable("email", _("Mail that signs in"), "ada@example.com")
_SECRET = frozenset({"link", "code"})

SIGN_IN = declare_service(
    name="account.sign_in",
    label=_("Link and code to sign in"),
    variables=(_LINK, _CODE),
    secrets=_SECRET,
    subject=_("Sign in to {{store}}"),
    body=_(
        "Open this link in the browser in which you asked for it. It works once, within 10 minutes:\n{{link}}\n\n"
        "Or type this code there: {{code}}\n\n"
        "Give link and code to nobody, also not to people of {{store}}. If you did not ask for this, do nothing."
    ),
)
NO_ACCOUNT = declare_service(
    name="account.none",
    label=_("Nobody signs in with this address"),
    variables=(_LINK,),
    subject=_("Signing in to {{store}}"),
    body=_(
        "Somebody asked to sign in to {{store}} with this address. There is no login for it.\n\n"
        "You can create one here:\n{{link}}\n\nIf it was not you, do nothing."
    ),
)
CONFIRM = declare_service(
    name="account.confirm",
    label=_("Confirm a new login"),
    variables=(_LINK,),
    secrets=_SECRET,
    subject=_("Confirm your login for {{store}}"),
    body=_(
        "Open this link to confirm your address; it works once, for two days:\n{{link}}\n\n"
        "From then on you sign in with this address, by your password or by a link that we mail you each time.\n\n"
        "If you did not ask for a login, do nothing: there will be none."
    ),
)
HAVE_ONE = declare_service(
    name="account.have_one",
    label=_("There is a login already"),
    variables=(_LINK,),
    subject=_("Your login for {{store}}"),
    body=_(
        "Somebody asked for a new login for {{store}} with this address. You have one already.\n\n"
        "Sign in here, also without a password:\n{{link}}\n\nIf it was not you, do nothing."
    ),
)
LOGIN = declare_service(
    name="account.login",
    label=_("How to sign in"),
    variables=(_LINK, _EMAIL),
    subject=_("How to sign in to {{store}}"),
    body=_(
        "Hello {{first_name}},\n\nyou sign in to {{store}} with {{email}} here:\n{{link}}\n\n"
        "Without a password, or if you forgot it: ask there for a link, which we mail you at once."
    ),
)
INVITE = declare_service(
    name="account.invite",
    label=_("Invitation to a login"),
    variables=(_LINK,),
    secrets=_SECRET,
    subject=_("Your login for {{store}}"),
    body=_(
        "Hello {{first_name}},\n\n{{store}} has prepared a login for you. Open this link to choose a password; it "
        "works once, for seven days:\n{{link}}"
    ),
)
PASSWORD = declare_service(
    name="account.password",
    label=_("Link for a new password"),
    variables=(_LINK,),
    secrets=_SECRET,
    subject=_("A new password for {{store}}"),
    body=_(
        "Open this link to choose a new password. It works once, within an hour:\n{{link}}\n\n"
        "If you did not ask for it, do nothing: your password stays as it is."
    ),
)
PASSWORD_BY_STAFF = declare_service(
    name="account.password_by_staff",
    label=_("Link for a new password, sent by staff"),
    variables=(_LINK,),
    secrets=_SECRET,
    subject=_("Choose a new password for {{store}}"),
    body=_(
        "{{store}} sends you this link, with which you choose a new password. "
        "It works once, for three days:\n{{link}}"
    ),
)
NEW_EMAIL = declare_service(
    name="account.new_email",
    label=_("Confirm another address"),
    variables=(_LINK,),
    secrets=_SECRET,
    subject=_("Confirm this address for {{store}}"),
    body=_(
        "Open this link to sign in to {{store}} with this address from now on. It works once, within an hour, in "
        "the browser in which you asked:\n{{link}}\n\nIf you did not ask for it, do nothing."
    ),
)
PROVE = declare_service(
    name="account.prove",
    label=_("Prove a second address, to join two accounts"),
    variables=(_LINK, _CODE),
    secrets=_SECRET,
    subject=_("Is this address yours too?"),
    body=_(
        "Somebody who is signed in to {{store}} says that this address is theirs too, and wants to join what "
        "there is under it with their account.\n\n"
        "If it was you, open this link in the browser in which you asked. It works once, within 10 minutes:\n"
        "{{link}}\n\nOr type this code there: {{code}}\n\n"
        "If it was not you, do nothing, and give link and code to nobody: whoever has them can take over your "
        "orders and points."
    ),
)
JOINED = declare_service(
    name="account.joined",
    label=_("This address belongs to another login by now"),
    variables=(_LINK,),
    subject=_("Your account at {{store}} was joined with another"),
    body=_(
        "What {{store}} had under this address was joined with another account of yours. Sign in with the "
        "address of that one:\n{{link}}\n\nIf you know of no other account, please get in touch with us."
    ),
)
TEXT_CODE = declare_service(
    name="account.text_code",
    label=_("Code by text message"),
    variables=(_CODE,),
    secrets=_SECRET,
    sms=_("{{code}} is your code for {{store}}. It holds for 10 minutes. Give it to nobody."),
)
LOCKED = declare_service(
    name="account.locked",
    label=_("Locked after wrong tries"),
    variables=(_LINK,),
    subject=_("Somebody tries to sign in to {{store}} as you"),
    body=_(
        "Hello {{first_name}},\n\nthere were too many wrong tries to sign in with your address. For a quarter of "
        "an hour nobody can sign in with your password; a link by mail still works:\n{{link}}\n\n"
        "If it was not you, nothing was lost. Choose a new password if you use yours elsewhere too."
    ),
)
CHANGED = declare_service(
    name="account.changed",
    label=_("Something about the login was changed"),
    variables=(_WHAT,),
    subject=_("Your login for {{store}}: {{what}}"),
    body=_(
        "Hello {{first_name}},\n\nthis was changed about your login for {{store}}: {{what}}.\n\n"
        "If it was not you, please get in touch with us at once."
    ),
)
REFUSED = declare_service(
    name="account.refused",
    label=_("Signing in is not possible"),
    variables=(_REASON,),
    subject=_("Signing in to {{store}}"),
    body=_("Signing in to {{store}} is not possible at the moment. {{reason}}"),
)
