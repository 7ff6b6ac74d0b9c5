"""`make example`: loads AdventureWorks into an installation of its own and reconciles it to the cent."""

import os
import secrets
import sys
import time
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from examples.adventureworks import files


def main() -> int:
    """Returns 0 when everything is the same to the cent, or when the data is not there; 1 when it is not."""
    data = files.folder()
    if data is None:
        print(
            "The AdventureWorks files are not here: nothing was done.\n"
            f"Put them into {files.DEFAULT}, or name their folder in LIJI_EXAMPLE_DATA."
        )
        return 0
    home = Path(os.environ.get("LIJI_HOME", "var")) / "example"
    os.environ["LIJI_HOME"] = str(home)
    from liji.operate.django import prepare

    prepare()
    return _run(data, home)


def _run(data: Path, home: Path) -> int:
    from examples.adventureworks import load

    load.company()
    for name, run in load.load(data).items():
        seconds = (run.ended_at - run.made_at).total_seconds()
        print(
            f"{name:8} {run.rows_read:7,} rows in {seconds:5.1f} s: {run.created:,} new, "
            f"{run.duplicate:,} known already, {run.refused:,} refused"
        )
        if run.state != "done" or run.refused:
            print(f"✗ {name} was not taken over whole: {run.state} {run.message.get('en', '')}", file=sys.stderr)
            return 1
    good = _reconcile(files.account(data))
    started = time.monotonic()
    plan = load.pay()
    good &= _pay(files.account(data), load.results(plan), time.monotonic() - started)
    _sign_in(home)
    return 0 if good else 1


def _reconcile(account: files.Account) -> bool:
    from examples.adventureworks import load

    credits, quotas = load.credits(), load.quotas()
    total = sum(credits.values(), Decimal(0))
    print(f"\nThe files: {len(account.orders):,} orders in {account.lines:,} lines, {account.total:,.2f} USD")
    print(f"Credited:  {total:,.2f} USD to {len({who for who, _ in credits})} people")
    same = credits == dict(account.sales)
    print(f"{_sign(same)} per person and month ({len(credits)} sums): {_word(same)}")
    targets = quotas == account.targets
    print(f"{_sign(targets)} monthly targets ({len(quotas)}): {_word(targets)}")
    return same and targets


def _pay(account: files.Account, rows: dict, seconds: float) -> bool:
    from examples.adventureworks.expected import expected

    by_person: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    wrong = []
    for key, row in sorted(rows.items()):
        commission, bonus = expected(account, key)
        if row.total != commission + bonus:
            wrong.append((key, row.total, commission + bonus))
        sums = by_person[key[0]]
        by_person[key[0]] = [sums[0] + account.sales.get(key, Decimal(0)), sums[1] + bonus, sums[2] + row.total]
    print(f"\nPlan attainment-margin: {len(rows)} person-months in {seconds:.1f} s")
    print(f"{'':8} {'sales':>16} {'margin bonus':>14} {'pay':>14}")
    for number, (sales, bonus, pay) in sorted(by_person.items()):
        print(f"{number:8} {sales:16,.2f} {bonus:14,.2f} {pay:14,.2f}")
    total = sum((pay for _, _, pay in by_person.values()), Decimal(0))
    print(f"{'all':8} {account.total:16,.2f} {'':14} {total:14,.2f}")
    print(f"{_sign(not wrong)} worked out by hand from the files: {_word(not wrong)}")
    for key, got, hand in wrong[:10]:
        print(f"  {key[0]} {key[1]}: {got} instead of {hand}")
    return not wrong and bool(rows)


def _sign(good: bool) -> str:
    return "✓" if good else "✗"


def _word(good: bool) -> str:
    return "the same to the cent" if good else "different"


def _sign_in(home: Path) -> None:
    """A sign-in for whoever wants to look around; its password is said once."""
    from liji.access.models import User
    from liji.access.services import make_user

    if not User.objects.exists():
        password = secrets.token_urlsafe(9)
        make_user("hr", ["hr", "finance", "admin"], password=password, language="en")
        print(f"\nTo look around: LIJI_HOME={home} liji serve, and sign in as hr / {password}")


if __name__ == "__main__":
    sys.exit(main())
