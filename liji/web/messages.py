"""`python -m liji.web.messages`: compiles the catalogues, `.po` to `.mo`, without gettext on the machine."""

from pathlib import Path

import polib

PACKAGE = Path(__file__).parents[1]


def sources() -> list[Path]:
    """Every catalogue, those of the rooms and the common one."""
    return sorted(PACKAGE.rglob("locale/*/LC_MESSAGES/*.po"))


def compile_all() -> int:
    """Compiles every catalogue that is newer than its compiled file; returns how many."""
    done = 0
    for source in sources():
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            done += 1
    return done


if __name__ == "__main__":
    print(f"✓ {compile_all()} catalogues compiled")
