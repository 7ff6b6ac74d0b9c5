"""The sign-in form: by employee number or e-mail."""

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

# Django checks the length of a password with this sentence, which its own Chinese catalogue lacks; ours has it.
_TOO_SHORT = ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
)


class SignIn(LoginForm):
    """The library's form in our words."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = _("Employee number or e-mail")
        login.widget.attrs = {"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
