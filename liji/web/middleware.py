"""What wraps every page: the content security policy, the user's language, and the way to the set-up.

All of them run as they are around plain and around async views.
"""

from django.conf import settings
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin

from liji.people import queries as people
from liji.people.kept import memory

# Nothing inline, nothing from elsewhere. `data:` is for the small pictures inside the style sheet.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class ContentSecurityPolicy(MiddlewareMixin):
    """Sends the policy with every answer."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class UserLanguage(MiddlewareMixin):
    """A signed-in user's own language wins over browser and cookie; the clock is the company's."""

    def process_request(self, request: HttpRequest) -> None:
        if not _is_page(request):
            return
        timezone.activate(people.zone())
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()


class SetUpFirst(MiddlewareMixin):
    """An installation without a user sends every page to the set-up."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if not _is_page(request) or request.path.startswith("/setup/") or there_is_a_user():
            return None
        return redirect("setup")


_users: dict[str, bool] = memory()


def there_is_a_user() -> bool:
    """Whether anybody can sign in; asked until somebody can."""
    if not _users.get("there"):
        from liji.access.models import User

        _users["there"] = User.objects.exists()
    return _users["there"]


def _is_page(request: HttpRequest) -> bool:
    """Whether a person looks at it: the API, health and static files need no language and no set-up."""
    return not request.path.startswith(("/api/", settings.STATIC_URL, "/health", "/language/"))
