"""Addresses under /shop/<store>/account/: getting a login, signing in, and what a customer says about it."""

from django.urls import include, path

from regulars.portal.account import entering, joining, overview, proving, security, visits
from regulars.portal.uniting import views as uniting

urlpatterns = [
    path("", overview.show_overview, name="shop_account"),
    path("new/", joining.sign_up, name="shop_sign_up"),
    path("confirm/<str:token>/", joining.confirm, name="shop_confirm"),
    path("sign-in/", entering.sign_in, name="shop_sign_in"),
    path("sign-in/mail/", entering.ask_for_link, name="shop_ask_link"),
    path("sign-in/code/<uuid:challenge>/", entering.type_code, name="shop_code"),
    path("sign-in/link/<str:token>/", entering.follow_link, name="shop_link"),
    path("sign-in/second/", entering.second_step, name="shop_second"),
    path("sign-in/second/text/", entering.send_text, name="shop_text"),
    path("sign-in/password/", entering.replace_password, name="shop_replace_password"),
    path("forgotten/", entering.forgotten, name="shop_forgotten"),
    path("password/<str:token>/", entering.new_password, name="shop_new_password"),
    path("sign-out/", entering.sign_out, name="shop_sign_out"),
    path("prove/", proving.prove, name="shop_prove"),
    path("prove/mail/", proving.send_code, name="shop_prove_mail"),
    path("prove/code/<uuid:challenge>/", proving.type_code, name="shop_prove_code"),
    path("security/", security.show, name="shop_security"),
    path("security/password/", security.change_password, name="shop_password"),
    path("security/app/", security.set_up_app, name="shop_app"),
    path("security/phone/", security.set_up_phone, name="shop_phone"),
    path("security/phone/code/", security.prove_phone, name="shop_phone_code"),
    path("security/off/<slug:factor>/", security.turn_off, name="shop_factor_off"),
    path("security/codes/", security.renew_codes, name="shop_codes"),
    path("security/sessions/<uuid:session_id>/end/", security.end_session, name="shop_end_session"),
    path("security/sessions/end/", security.end_all, name="shop_end_all"),
    path("security/devices/<uuid:device_id>/forget/", security.forget_device, name="shop_forget_device"),
    path("security/mail/", security.change_email, name="shop_email"),
    path("security/mail/<str:token>/", security.confirm_email, name="shop_confirm_email"),
    path("security/join/", uniting.ask, name="shop_join"),
    path("security/join/code/<uuid:challenge>/", uniting.type_code, name="shop_join_code"),
    path("security/join/link/<str:token>/", uniting.follow_link, name="shop_join_link"),
    path("security/join/<uuid:proof>/", uniting.confirm, name="shop_join_confirm"),
    path("data/", include("regulars.portal.privacy.urls")),
    path("enter/<str:token>/", visits.enter, name="shop_enter"),
    path("leave/", visits.leave, name="shop_leave_visit"),
    path("", include("regulars.portal.account.portal_urls")),
]
