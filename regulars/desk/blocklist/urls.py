"""Addresses of what is special to the block list, under /desk/<store>/blocks/."""

from django.urls import path

from regulars.desk.blocklist import views

urlpatterns = [
    path("new/", views.new, name="new_block"),
    path("rehearsal/", views.rehearsal, name="block_rehearsal"),
    path("<uuid:record_id>/", views.show, name="block"),
]
