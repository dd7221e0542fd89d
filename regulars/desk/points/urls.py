"""Addresses of what is special to entries of points, under /desk/<store>/points/."""

from django.urls import path

from regulars.desk.points import views

urlpatterns = [path("<uuid:record_id>/", views.show, name="points_entry")]
