"""Addresses of what is special to messages, under /desk/<store>/messages/."""

from django.urls import path

from regulars.desk.messages import views

urlpatterns = [path("<uuid:record_id>/", views.show, name="message")]
