"""What can happen to a customer's sign-in. Each is told at the customer."""

from regulars.timeline.events import event_kind

CREATED = event_kind("account.created", "Got a login", icon="key")
VERIFIED = event_kind("account.verified", "Mail confirmed{how}", icon="mail-check", words=frozenset({"how"}))
EMAIL_CHANGED = event_kind("account.email_changed", "Signs in with another mail", icon="mail")
SIGNED_IN = event_kind("account.signed_in", "Signed in{how}", icon="key", words=frozenset({"how"}))
REFUSED = event_kind("account.refused", "Was not let in: {why}", icon="lock")
LOCKED = event_kind(
    "account.locked", "Locked for a while after wrong tries: {what}", icon="lock", words=frozenset({"what"})
)
PASSWORD_SET = event_kind("account.password_set", "Chose a new password", icon="key")
PASSWORD_RESET = event_kind(
    "account.password_reset", "Password reset by staff{how}", icon="key", words=frozenset({"how"})
)
LOGIN_MAILED = event_kind("account.login_mailed", "Login mail asked for", icon="mail")
LINK_SENT = event_kind("account.password_link_sent", "Link for a new password asked for", icon="mail")
MFA_SET = event_kind("account.mfa_set", "Second step: {what}", icon="shield-lock", words=frozenset({"what"}))
MFA_UPDATED = event_kind(
    "account.mfa_updated",
    "Second step changed by staff: {what}",
    icon="shield-lock",
    words=frozenset({"what"}),
)
SIGNED_OUT = event_kind("account.signed_out_everywhere", "Signed out everywhere", icon="logout")
OPENED = event_kind(
    "account.portal_opened",
    "Portal opened by staff{how}{because}",
    icon="eye",
    personal=frozenset({"because"}),
    words=frozenset({"how"}),
)
LEFT = event_kind("account.portal_left", "Portal left by staff", icon="eye")
SETTINGS_EDITED = event_kind("account.settings_edited", "Settings of accounts changed", icon="settings")
