"""The first visit of an empty installation: the company and its first admin."""

from django import forms
from django.contrib.auth import login
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from liji.access.first import AlreadySetUp
from liji.access.first import set_up
from liji.web.middleware import SetUpFirst


class First(forms.Form):
    """The company and the one who sets it up."""

    company = forms.CharField(label=_("Company"), max_length=200)
    username = forms.CharField(
        label=_("Your user name"), max_length=150, initial="admin", help_text=_("With this you sign in.")
    )
    email = forms.EmailField(
        label=_("Your e-mail"), required=False, help_text=_("Needed to set a new password if you forget it.")
    )
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters."),
    )


def setup(request: HttpRequest) -> HttpResponse:
    """The first step; once there is a user, only that user goes on."""
    form = First(request.POST or None)
    if SetUpFirst.there_is_a_user:
        return redirect("home")
    if form.is_valid():
        try:
            given = form.cleaned_data
            user = set_up(given["company"], given["username"], given["email"], given["password"])
        except AlreadySetUp:
            return redirect("account_login")
        except ValueError as error:
            form.add_error("password", str(error))
        else:
            login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
            return redirect("home")
    return render(request, "web/setup.html", {"form": form})
