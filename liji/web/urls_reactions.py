"""The addresses of the rules by which the product reacts."""

from django.urls import path

from liji.web.pages import rules

urlpatterns = [
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.edit, name="rule_new"),
    path("rules/manners/", rules.manners, name="rule_manners"),
    path("rules/failures/<int:firing>/retry/", rules.retry, name="rule_retry"),
    path("rules/<slug:rule_code>/", rules.rule, name="rule"),
    path("rules/<slug:rule_code>/edit/", rules.edit, name="rule_edit"),
    path("me/notices/", rules.my_manners, name="my_manners"),
]
