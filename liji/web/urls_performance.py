"""The addresses of performance files, indicators and layers."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
