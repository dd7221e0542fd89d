"""Addresses under /desk/<store>/settings/."""

from django.urls import path

from regulars.desk.settings import accounts, loyalty, views

urlpatterns = [
    path("", views.edit_store, name="store_settings"),
    path("shop/", views.edit_shop, name="shop_settings"),
    path("accounts/", accounts.edit, name="account_settings"),
    path("portal/", views.edit_portal, name="portal_settings"),
    path("invoices/", views.edit_invoice_settings, name="invoice_settings"),
    path("points/", views.edit_points_settings, name="points_settings"),
    path("earning/", loyalty.list_rules, name="earn_rules"),
    path("earning/new/<slug:kind>/", loyalty.new_rule, name="new_earn_rule"),
    path("earning/<uuid:rule_id>/", loyalty.edit_rule, name="edit_earn_rule"),
    path("earning/<uuid:rule_id>/switch/", loyalty.switch_rule, name="switch_earn_rule"),
    path("tiers/", loyalty.list_tiers, name="tiers"),
    path("tiers/new/", loyalty.new_tier, name="new_tier"),
    path("tiers/<uuid:tier_id>/", loyalty.edit_tier, name="edit_tier"),
    path("tiers/<uuid:tier_id>/remove/", loyalty.remove_tier, name="remove_tier"),
    path("people/", views.list_people, name="people"),
    path("people/invite/", views.invite_person, name="invite_person"),
    path(
        "people/invitations/<uuid:invitation_id>/resend/", views.resend_invitation, name="resend_invitation"
    ),
    path(
        "people/invitations/<uuid:invitation_id>/withdraw/",
        views.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("people/<uuid:user_id>/role/", views.change_role, name="change_role"),
    path("people/<uuid:user_id>/remove/", views.remove_person, name="remove_person"),
    path("tokens/", views.list_tokens, name="tokens"),
    path("tokens/<uuid:token_id>/revoke/", views.revoke_token, name="revoke_token"),
    path("outbox/", views.show_outbox, name="outbox"),
]
