"""Addresses of what is special to products, under /desk/<store>/products/."""

from django.urls import path

from regulars.desk.orders import views

urlpatterns = [path("<uuid:record_id>/", views.product, name="product")]
