"""Addresses of what is special to customers, under /desk/<store>/customers/."""

from django.urls import path

from regulars.desk.customers import addresses, notes, picking, related, views
from regulars.desk.privacy import views as privacy
from regulars.desk.tradeins import payouts

urlpatterns = [
    path("likely/", views.likely, name="likely_customers"),
    path("pick/", picking.options, name="pick_customer"),
    path("palette/", views.palette, name="palette"),
    path("<uuid:record_id>/", views.record, name="customer"),
    path("<uuid:record_id>/of/<slug:name>/", related.show, name="customer_related"),
    path("<uuid:record_id>/notes/", notes.add_note, name="add_note"),
    path("<uuid:record_id>/notes/<uuid:note_id>/", notes.edit_note, name="edit_note"),
    path("<uuid:record_id>/notes/<uuid:note_id>/pin/", notes.pin_note, name="pin_note"),
    path("<uuid:record_id>/notes/<uuid:note_id>/remove/", notes.remove_note, name="remove_note"),
    path("<uuid:record_id>/data/", privacy.show_data, name="customer_data"),
    path("<uuid:record_id>/data/copy/", privacy.make_copy, name="make_data_copy"),
    path("<uuid:record_id>/data/<uuid:copy_id>/", privacy.download, name="data_copy"),
    path("<uuid:record_id>/payout/", payouts.of_customer, name="customer_payout"),
    path("<uuid:record_id>/payout/reveal/", payouts.reveal_customer, name="reveal_customer_payout"),
    path("<uuid:record_id>/tags/<slug:verb>/", notes.change_tags, name="change_tags"),
    path("<uuid:record_id>/addresses/new/", addresses.address, name="new_address"),
    path("<uuid:record_id>/addresses/<uuid:address_id>/", addresses.address, name="edit_address"),
    path(
        "<uuid:record_id>/addresses/<uuid:address_id>/main/",
        addresses.make_address_main,
        name="make_address_main",
    ),
    path(
        "<uuid:record_id>/addresses/<uuid:address_id>/remove/",
        addresses.remove_address,
        name="remove_address",
    ),
]
