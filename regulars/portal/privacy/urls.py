"""Addresses of a customer's own data, under /shop/<store>/account/data/."""

from django.urls import path

from regulars.portal.privacy import views

urlpatterns = [
    path("", views.show, name="shop_data"),
    path("copy/", views.make_copy, name="shop_make_copy"),
    path("copy/<uuid:copy_id>/", views.download, name="shop_copy"),
    path("ask/", views.ask, name="shop_ask_privacy"),
    path("erase/", views.ask_to_erase, name="shop_erase"),
    path("confirm/<str:token>/", views.confirm, name="shop_confirm_erasure"),
    path("requests/<uuid:request_id>/withdraw/", views.withdraw, name="shop_withdraw_request"),
    path("agreements/end/", views.end_agreements, name="shop_end_agreements"),
]
