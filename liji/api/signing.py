"""Signed requests: who holds the key's secret, and that nothing was changed or sent again later.

Signature: hex HMAC-SHA256 with the key's secret over `timestamp NEWLINE METHOD NEWLINE path?query NEWLINE body`.
Headers: `X-Liji-Key`, `X-Liji-Timestamp` (seconds since 1970), `X-Liji-Signature`.
"""

import hashlib
import hmac
import re

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security.base import AuthBase

from liji.access import services
from liji.access.models import ApiKey
from liji.base import clock

WINDOW = 300  # seconds that a signature stays good, either side


def sign(secret: str, timestamp: str, method: str, path: str, body: bytes) -> str:
    """The signature of a request; what a client sends in `X-Liji-Signature`."""
    message = b"\n".join((timestamp.encode(), method.encode(), path.encode(), body))
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


class SignedKey(AuthBase):
    """Lets a request in that is signed with a key that has not ended; `request.auth` is the key."""

    openapi_type = "apiKey"
    openapi_name = "X-Liji-Key"
    openapi_in = "header"
    openapi_description = __doc__

    def __call__(self, request: HttpRequest) -> ApiKey | None:
        name = request.headers.get("X-Liji-Key")
        if not name:
            return None
        key = ApiKey.objects.filter(key=name, ended_at=None).first()
        if key is None or not self._holds(key, request):
            raise HttpError(401, "unknown key or wrong signature")
        self._note_use(key)
        return key

    def _holds(self, key: ApiKey, request: HttpRequest) -> bool:
        timestamp = request.headers.get("X-Liji-Timestamp", "")
        if not re.fullmatch(r"[0-9]{1,12}", timestamp) or abs(clock.now().timestamp() - int(timestamp)) > WINDOW:
            raise HttpError(401, f"X-Liji-Timestamp must be within {WINDOW} seconds of now")
        try:
            body = request.body
        except RequestDataTooBig as error:
            raise HttpError(413, "the request is too large; send fewer records at once") from error
        secret = services.unseal(key.secret)
        expected = sign(secret, timestamp, request.method, request.get_full_path(), body)
        return hmac.compare_digest(expected.encode(), request.headers.get("X-Liji-Signature", "").encode())

    def _note_use(self, key: ApiKey) -> None:
        now = clock.now()
        if key.last_used_at is None or (now - key.last_used_at).total_seconds() > 60:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


class SignedIn(AuthBase):
    """Lets a signed-in user in; `request.auth` is the user."""

    openapi_type = "apiKey"
    openapi_name = "sessionid"
    openapi_in = "cookie"

    def __call__(self, request: HttpRequest):
        return request.user if request.user.is_authenticated else None
