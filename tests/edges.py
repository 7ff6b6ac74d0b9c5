"""`make test-clock`: what depends on the day or the hour, at the edges of days, months and years, in two time zones.

    python -m tests.edges                        everything
    python -m tests.edges "2026-12-01 00:30"     one moment (in both zones), or several
"""

import os
import subprocess
import sys

ZONES = ("Asia/Shanghai", "America/New_York")
EDGES = (
    "2026-12-01 00:30",  # a month has just begun
    "2026-12-01 09:00",  # its first morning
    "2026-10-31 23:50",  # a month is nearly over
    "2028-02-29 10:00",
    "2026-12-31 23:59",
    "2027-01-01 00:01",
    "2026-10-08 09:00",  # the first workday after a long holiday in China
)
MORE = {
    "Asia/Shanghai": ("2026-04-01 00:10", "2026-11-15 12:00", "2026-11-16 00:05", "2026-10-10 10:00"),
    "America/New_York": ("2026-03-08 03:30", "2026-11-01 01:30"),  # summer time begins; an hour that comes twice
}
# Every test whose outcome could depend on when it runs and that needs no browser.
DATED = (
    "tests/unit/test_clock.py",
    "tests/unit/test_demo_company.py",
    "tests/unit/test_schedule.py",
    "tests/unit/web/test_figures.py",
    "tests/integration/test_balances.py",
    "tests/integration/test_bulk.py",
    "tests/integration/test_contests.py",
    "tests/integration/test_contest_guide.py",
    "tests/integration/test_credits.py",
    "tests/integration/test_dashboards.py",
    "tests/integration/test_edges.py",
    "tests/integration/test_plan_work.py",
    "tests/integration/test_quarter_targets.py",
    "tests/integration/test_rules.py",
    "tests/integration/test_stars.py",
    "tests/integration/test_surveys.py",
    "tests/integration/test_tracks.py",
)


def run(moment: str, zone: str) -> bool:
    """Runs what is dated at a moment of a zone; true when all of it passes."""
    print(f"== {moment} {zone}", flush=True)
    shown = os.environ | {"LIJI_TEST_MOMENT": moment, "LIJI_TEST_ZONE": zone}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--no-loadscope-reorder", *DATED]
    return subprocess.run(command, env=shown, check=False).returncode == 0


def main(asked: list[str]) -> int:
    """Runs every edge, or those asked for; 1 when one of them failed."""
    wanted = [(moment, zone) for zone in ZONES for moment in asked or (*EDGES, *MORE[zone])]
    failed = [edge for edge in wanted if not run(*edge)]
    for moment, zone in failed:
        print(f'failed: LIJI_TEST_MOMENT="{moment}" LIJI_TEST_ZONE={zone}')
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
