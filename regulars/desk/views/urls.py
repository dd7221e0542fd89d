"""Addresses of a list's saved views, under /desk/<store>/<resource>/views/."""

from django.urls import path

from regulars.desk.views import pages

urlpatterns = [
    path("", pages.manage, name="views"),
    path("new/", pages.new, name="new_view"),
    path("<uuid:view_id>/save/", pages.save, name="save_view"),
    path("<uuid:view_id>/edit/", pages.edit, name="edit_view"),
    path("<uuid:view_id>/copy/", pages.copy, name="copy_view"),
    path("<uuid:view_id>/remove/", pages.remove, name="remove_view"),
    path("<uuid:view_id>/pin/", pages.pin, name="pin_view"),
    path("<uuid:view_id>/first/", pages.first, name="first_view"),
]
