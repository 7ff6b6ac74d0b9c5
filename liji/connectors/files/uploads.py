"""The files of an import, kept under the home folder until it is done."""

import hashlib
import shutil
from collections.abc import Iterable
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from liji.connectors.files.tables import Unreadable

_BLOCK = 1 << 20
Given = tuple[str, BinaryIO]  # the name and the content of a file


def folder(run: int) -> Path:
    return Path(settings.HOME, "files", "imports", str(run))


def keep(run: int, wanted: Sequence[str], given: Iterable[Given]) -> list[dict[str, object]]:
    """Stores the files of a run in the order of the wanted names.

    Raises Unreadable when one is missing or too large.
    """
    target = folder(run)
    target.mkdir(parents=True, exist_ok=True)
    try:
        return [
            _keep_one(target / str(place), name, content)
            for place, (name, content) in enumerate(in_order(wanted, list(given)))
        ]
    except BaseException:
        forget(run)
        raise


def in_order(wanted: Sequence[str], given: list[Given]) -> list[Given]:
    """The given files in the wanted order: by name where a name fits, the others in the order given."""
    must_match(wanted, [name for name, _ in given])
    left = list(given)
    by_name = {Path(name).name.casefold(): (name, content) for name, content in reversed(given)}
    found: list[Given | None] = []
    for name in wanted:
        match = by_name.pop(name.casefold(), None) if name else None
        if match:
            left.remove(match)
        found.append(match)
    return [match or left.pop(0) for match in found]


def must_match(wanted: Sequence[str], given: Sequence[str]) -> None:
    """Raises Unreadable when there are not as many files as a mapping wants."""
    if len(given) != len(wanted):
        names = ", ".join(name or "…" for name in wanted)
        raise Unreadable(
            f"这个映射需要 {len(wanted)} 个文件（{names}），收到 {len(given)} 个。",
            f"This mapping needs {len(wanted)} files ({names}); {len(given)} were given.",
        )


def _keep_one(path: Path, name: str, content: BinaryIO) -> dict[str, object]:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        while block := content.read(_BLOCK):
            size += len(block)
            if size > settings.UPLOAD_LIMIT:
                limit = settings.UPLOAD_LIMIT // (1 << 20)
                raise Unreadable(
                    f"文件“{name}”超过 {limit} MB，请分成几个文件。",
                    f"“{name}” is larger than {limit} MB; split it into several files.",
                )
            digest.update(block)
            file.write(block)
    relative = str(path.relative_to(settings.HOME))
    return {"name": Path(name).name[:200], "path": relative, "digest": digest.hexdigest(), "size": size}


def paths(files: list[dict[str, object]]) -> list[Path]:
    """Where the stored files are. Raises Unreadable when one is gone."""
    found = [Path(settings.HOME, str(each["path"])) for each in files]
    for path, each in zip(found, files, strict=True):
        if not path.exists():
            raise Unreadable(
                f"文件“{each['name']}”已不在，请重新上传。", f"The file “{each['name']}” is gone; upload it again."
            )
    return found


def move(run: int, to: int) -> None:
    """The files of one run become those of another, which has the same."""
    forget(to)
    folder(run).rename(folder(to))


def forget(run: int) -> None:
    """Removes the files of a run."""
    shutil.rmtree(folder(run), ignore_errors=True)


def line_count(path: Path) -> int:
    """About how many rows a text file has, for the progress bar; the true number is known at the end."""
    count, last = 0, b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            count += block.count(b"\n")
            last = block
    return count + (bool(last) and not last.endswith(b"\n"))
