"""Addresses of what is special to offers, under /desk/<store>/offers/."""

from django.urls import path

from regulars.desk.offers import views

urlpatterns = [
    path("settings/", views.edit_settings, name="offer_settings"),
    path("<uuid:record_id>/", views.show, name="offer"),
    path("<uuid:record_id>/picture/", views.picture, name="offer_picture"),
    path("<uuid:record_id>/codes.csv", views.codes_file, name="offer_codes"),
]
