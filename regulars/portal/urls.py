"""Addresses under /shop/<store>/."""

from django.urls import include, path

from regulars.portal.checkout import views as checkout
from regulars.portal.leaving import views as leaving
from regulars.portal.offers import views as offers
from regulars.portal.shelf import views as shelf

urlpatterns = [
    path("<slug:store>/", shelf.show, name="shop"),
    path("<slug:store>/products/<uuid:product_id>/", shelf.show_product, name="shop_product"),
    path("<slug:store>/basket/", checkout.show_basket, name="shop_basket"),
    path("<slug:store>/basket/add/", checkout.add, name="shop_add"),
    path("<slug:store>/checkout/", checkout.check_out, name="shop_checkout"),
    path("<slug:store>/orders/<uuid:order_id>/", checkout.show_order, name="shop_order"),
    path("<slug:store>/newsletter/<str:token>/", checkout.agree, name="shop_newsletter"),
    path("<slug:store>/unsubscribe/<str:token>/", leaving.leave, name="shop_unsubscribe"),
    path("<slug:store>/offers/<str:token>/", offers.show, name="shop_offer"),
    path("<slug:store>/offers/<str:token>/picture/", offers.picture, name="shop_offer_picture"),
    path("<slug:store>/account/", include("regulars.portal.account.urls")),
    path("<slug:store>/<path:rest>", shelf.nothing),
]
