"""What the settings pages show: plain rows, ready for the templates."""

import zlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desk.requests import StaffRequest
from regulars.desk.words import shown, shown_day
from regulars.kit.money import display_money
from regulars.kit.text import initials
from regulars.loyalty.queries import Programme
from regulars.loyalty.rules import worth
from regulars.staff import queries as staff_queries
from regulars.staff.choices import Role
from regulars.staff.permissions import STAFF_MANAGE
from regulars.staff.queries import InvitationRow, Person, TokenRow
from regulars.stores.queries import Store

_HUES = 8


def store_sections() -> list[tuple[str, str, dict[str, str]]]:
    """The sections of the store's settings with the size of each field."""
    return [
        (
            _("The store"),
            "",
            {"name": "whole", "currency": "", "country": "", "time_zone": "", "language": ""},
        ),
        (
            _("Life stages"),
            _(
                "They are computed from purchases and never typed, tried in this order: potential (no purchase), "
                "lapsed, at risk, loyal, new, customer."
            ),
            {
                "new_days": "third",
                "loyal_orders": "third",
                "loyal_days": "third",
                "at_risk_days": "third",
                "lapsed_days": "third",
            },
        ),
        (_("Selling"), "", {"commission_percent": "third"}),
        (_("Safety"), "", {"delete_policy": "whole", "require_second_factor": "whole"}),
        (_("Help"), "", {"help_contact": "whole"}),
    ]


def shop_sections() -> list[tuple[str, str, dict[str, str]]]:
    """The same for the settings of the shop page."""
    return [
        (_("The page"), "", {"shop_open": "whole"}),
        (
            _("Paying"),
            _("Buyers read these texts at the checkout and in the confirmation."),
            {"pickup_address": "whole", "bank_details": "whole"},
        ),
    ]


def portal_sections() -> list[tuple[str, str, dict[str, str]]]:
    """The same for the settings of the portal."""
    names = ("portal_orders", "portal_invoices", "portal_tradeins", "portal_points", "portal_offers")
    return [
        (_("The portal"), "", {"portal_open": "whole"}),
        (
            _("What is in it"),
            _("What is switched off is not there, for customers and for staff who look in their place."),
            dict.fromkeys(names, "whole"),
        ),
    ]


def shop_text(store: Store, url: str) -> str:
    """Where the shop page is, or would be."""
    address = settings.BASE_URL.rstrip("/") + url
    if store.shop_open:
        return _("The shop page is open to everybody at %(address)s") % {"address": address}
    return _("The shop page is closed. Once open, it stands at %(address)s") % {"address": address}


def invoice_sections(next_number: str) -> list[tuple[str, str, dict[str, str]]]:
    """The sections of the settings of invoices with the size of each field."""
    number = _("The next invoice gets the number %(number)s.") % {"number": next_number}
    return [
        (
            _("The shop on its invoices"),
            _("What is issued already stays as it is."),
            {"seller_name": "", "seller_tax_id": "", "seller_address": "whole"},
        ),
        (_("Numbers and terms"), number, {"number_prefix": "third", "terms_days": "third"}),
        (
            _("Prices"),
            _("What new lines begin with."),
            {"tax_percent": "third", "prices_include_tax": "whole"},
        ),
        (_("Words"), "", {"payment_text": "whole", "foot_text": "whole"}),
    ]


def points_sections(
    liability: tuple[int, int], programme: Programme, store: Store
) -> list[tuple[str, str, dict[str, str]]]:
    """The sections of the settings of points with the size of each field; what is owed now stands with the value."""
    able, owed = liability
    money = display_money(worth(able, value_minor=programme.value_minor), store.currency, store.language)
    told = _("Customers can spend %(able)s points now, worth %(money)s; %(owed)s are owed.") % {
        "able": f"{able:,}",
        "money": money,
        "owed": f"{owed:,}",
    }
    return [
        (_("What points are"), told, {"active": "whole", "value": "third"}),
        (
            _("Time"),
            _("For points that are given from now on."),
            {"expire_months": "third", "warn_days": "third", "pending_days": "third"},
        ),
        (_("Taking points"), "", {"below_zero": ""}),
        (
            _("Giving and taking by hand"),
            _("The cap is the most points that one person gives, takes and transfers in a day."),
            {"approval_above": "third", "cap_owner": "third", "cap_manager": "third"},
        ),
    ]


def people_page(
    people: Sequence[Person], invitations: Sequence[InvitationRow], request: StaffRequest
) -> dict[str, Any]:
    """Who works for the store, who was invited, and what each role may do."""
    may_manage = request.actor.may(STAFF_MANAGE)

    def url(name: str, **arguments: object) -> str:
        return reverse(name, kwargs={"store": request.store.slug, **arguments}) if may_manage else ""

    return {
        "invite_url": url("invite_person"),
        "roles": [{"value": role.value, "label": role.label, "text": _role_text(role)} for role in Role],
        "members": [
            {
                "name": person.name,
                "email": person.email,
                "initials": initials(person.name),
                "hue": zlib.crc32(person.email.encode()) % _HUES + 1,
                "role": person.role,
                "role_label": person.role.label if person.is_active else _("Switched off"),
                "has_second_factor": person.has_second_factor,
                "last_seen": shown(person.last_seen_at),
                "is_you": person.id == request.actor.id,
                "role_url": url("change_role", user_id=person.id),
                "remove_url": url("remove_person", user_id=person.id),
            }
            for person in people
        ],
        "invitations": [
            {
                "email": row.email,
                "role_label": row.role.label,
                "until_text": _("Expired")
                if row.is_expired
                else _("until %(day)s") % {"day": shown_day(row.expires_at)},
                "again_url": url("resend_invitation", invitation_id=row.id),
                "revoke_url": url("withdraw_invitation", invitation_id=row.id),
            }
            for row in invitations
        ],
    }


def outbox_text() -> str:
    """Why mail waits in the Outbox, or that it no longer does."""
    if not staff_queries.mail_is_kept():
        return _("A mail provider is set: mail is sent, and nothing new comes here.")
    return _(
        "No mail provider is set, so mail of the store waits here instead of being sent. "
        "Mail about somebody's own sign-in never shows here."
    )


def token_rows(tokens: Sequence[TokenRow], request: StaffRequest) -> list[dict[str, Any]]:
    """The keys of other systems, without their secrets."""
    return [
        {
            "name": token.name,
            "hint": token.prefix + "…",
            "role_label": token.role.label if token.revoked_at is None else _("Ended"),
            "last_used": shown(token.last_used_at) or _("Never"),
            "revoke_url": reverse("revoke_token", kwargs={"store": request.store.slug, "token_id": token.id})
            if token.revoked_at is None
            else "",
        }
        for token in tokens
    ]


def invited_text(email: str) -> str:
    """What is said after an invitation; without a mail provider the mail waits in the Outbox."""
    if staff_queries.mail_is_kept():
        return _("No mail provider is set: the invitation of %(email)s is in the Outbox.") % {"email": email}
    return _("Invitation sent to %(email)s.") % {"email": email}


def _role_text(role: Role) -> str:
    return {
        Role.OWNER: _("Everything, also settings, people and tokens. A store keeps at least one owner."),
        Role.MANAGER: _("The daily business with imports, exports and bulk changes; sees who works here."),
        Role.CLERK: _("Looks customers up and changes them one by one."),
        Role.VIEWER: _("Looks, changes nothing."),
    }[role]
