"""The address of one agreement, under /desk/<store>/consents/."""

from django.urls import path

from regulars.desk.messages import views

urlpatterns = [path("<uuid:record_id>/", views.show_agreement, name="agreement")]
