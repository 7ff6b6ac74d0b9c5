"""The addresses of dashboards and the wall display."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
