"""The addresses of the wall of fame, badges, praise and contests."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
