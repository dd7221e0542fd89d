"""Addresses of segments under /desk/<store>/segments/."""

from django.urls import path

from regulars.desk.segments import changing, members, views

urlpatterns = [
    path("", views.show_all, name="segments"),
    path("new/", changing.new, name="new_segment"),
    path("check/", changing.check, name="check_segment"),
    path("<uuid:segment_id>/", views.show, name="segment"),
    path("<uuid:segment_id>/why/<uuid:customer_id>/", views.why, name="segment_why"),
    path("<uuid:segment_id>/refresh/", members.refresh, name="refresh_segment"),
    path("<uuid:segment_id>/members/", members.fill, name="fill_segment"),
    path("<uuid:segment_id>/edit/", changing.edit, name="edit_segment"),
    path("<uuid:segment_id>/delete/", changing.delete, name="delete_segment"),
]
