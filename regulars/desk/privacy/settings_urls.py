"""Addresses of the settings of privacy, under /desk/<store>/settings/privacy/."""

from django.urls import path

from regulars.desk.privacy import retention, views

urlpatterns = [
    path("", views.edit_settings, name="privacy_settings"),
    path("keeping/", retention.list_rules, name="retention"),
    path("keeping/new/", retention.new_rule, name="new_retention_rule"),
    path("keeping/<uuid:rule_id>/", retention.show_rule, name="retention_rule"),
    path("keeping/<uuid:rule_id>/edit/", retention.edit_rule, name="edit_retention_rule"),
    path("keeping/<uuid:rule_id>/on/", retention.switch_on, name="switch_retention_on"),
    path("keeping/<uuid:rule_id>/off/", retention.switch_off, name="switch_retention_off"),
    path("keeping/<uuid:rule_id>/remove/", retention.remove_rule, name="remove_retention_rule"),
]
