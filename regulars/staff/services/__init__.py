"""Writing staff: people and roles, invitations, tokens, the first run."""

from regulars.staff.services.invitations import (
    AlreadyMember,
    InvitationGone,
    MailNotSent,
    accept_invitation,
    invite_person,
    join_store,
    resend_invitation,
    withdraw_invitation,
)
from regulars.staff.services.passwords import ask_for_reset_link, send_reset_link
from regulars.staff.services.people import (
    LastOwner,
    add_person,
    change_role,
    edit_profile,
    keep_list_layout,
    rate_help,
    remove_person,
    set_password,
    switch_sign_in,
)
from regulars.staff.services.sessions import end_other_sessions, end_session, note_session
from regulars.staff.services.start import AlreadyStarted, WrongCode, make_start_code, start_install
from regulars.staff.services.tokens import create_token, revoke_token, use_token

__all__ = [
    "AlreadyMember",
    "AlreadyStarted",
    "InvitationGone",
    "LastOwner",
    "MailNotSent",
    "WrongCode",
    "accept_invitation",
    "add_person",
    "ask_for_reset_link",
    "change_role",
    "create_token",
    "edit_profile",
    "end_other_sessions",
    "end_session",
    "invite_person",
    "join_store",
    "keep_list_layout",
    "make_start_code",
    "note_session",
    "rate_help",
    "remove_person",
    "resend_invitation",
    "revoke_token",
    "send_reset_link",
    "set_password",
    "start_install",
    "switch_sign_in",
    "use_token",
    "withdraw_invitation",
]
