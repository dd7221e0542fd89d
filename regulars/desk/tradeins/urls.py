"""Addresses of what is special to trade-ins, under /desk/<store>/tradeins/."""

from django.urls import path

from regulars.desk.tradeins import payouts, views

urlpatterns = [
    path("new/", views.new, name="new_tradein"),
    path("<uuid:record_id>/", views.show, name="tradein"),
    path("<uuid:record_id>/edit/", views.edit, name="edit_tradein"),
    path("<uuid:record_id>/payout/", payouts.of_tradein, name="tradein_payout"),
    path("<uuid:record_id>/payout/reveal/", payouts.reveal_tradein, name="reveal_tradein_payout"),
]
