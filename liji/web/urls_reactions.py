"""The addresses of the rules by which the product reacts."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
