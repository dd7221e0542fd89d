"""Addresses of the portal's sections, under /shop/<store>/account/."""

from django.urls import path

from regulars.portal.offers import own as offers
from regulars.portal.orders import views as orders
from regulars.portal.points import views as points
from regulars.portal.profile import addresses, payout
from regulars.portal.profile import views as profile
from regulars.portal.tradeins import views as tradeins

urlpatterns = [
    path("orders/", orders.list_orders, name="shop_orders"),
    path("orders/<uuid:order_id>/", orders.show_order, name="shop_own_order"),
    path("invoices/", orders.list_invoices, name="shop_invoices"),
    path("invoices/<uuid:invoice_id>/", orders.show_invoice, name="shop_own_invoice"),
    path("invoices/<uuid:invoice_id>/pdf/", orders.download_invoice, name="shop_own_invoice_pdf"),
    path("trade-ins/", tradeins.list_tradeins, name="shop_tradeins"),
    path("trade-ins/new/", tradeins.start, name="shop_new_tradein"),
    path("trade-ins/<uuid:tradein_id>/", tradeins.show_tradein, name="shop_tradein"),
    path("trade-ins/<uuid:tradein_id>/answer/", tradeins.answer, name="shop_tradein_answer"),
    path("trade-ins/<uuid:tradein_id>/parcel/", tradeins.tell_parcel, name="shop_tradein_parcel"),
    path("points/", points.show_points, name="shop_points"),
    path("offers/", offers.list_offers, name="shop_offers"),
    path("offers/<uuid:offer_id>/", offers.show_offer, name="shop_own_offer"),
    path("offers/<uuid:offer_id>/answer/", offers.answer, name="shop_own_offer_answer"),
    path("offers/<uuid:offer_id>/picture/", offers.picture, name="shop_own_offer_picture"),
    path("profile/", profile.edit_profile, name="shop_profile"),
    path("profile/address/", addresses.edit_main, name="shop_main_address"),
    path("profile/addresses/new/", addresses.add, name="shop_new_address"),
    path("profile/addresses/<uuid:address_id>/", addresses.edit, name="shop_address"),
    path("profile/addresses/<uuid:address_id>/main/", addresses.make_main, name="shop_address_main"),
    path("profile/addresses/<uuid:address_id>/remove/", addresses.remove, name="shop_address_remove"),
    path("payout/", payout.edit_payout, name="shop_payout"),
    path("agreements/", profile.edit_agreements, name="shop_agreements"),
]
