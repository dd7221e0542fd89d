"""Addresses to which providers report what became of messages, under /hooks/."""

from django.urls import path

from regulars.api.hooks import views

urlpatterns = [
    path("mail/<slug:provider>/", views.mail_report, name="mail_report"),
    path("sms/twilio/", views.sms_report, name="sms_report"),
]
