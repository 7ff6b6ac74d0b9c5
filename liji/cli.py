"""The command line: `liji COMMAND`. `liji --help` lists what there is."""

import argparse
import getpass
import sys
from decimal import Decimal
from pathlib import Path

from liji import __version__
from liji.access import command as users
from liji.desk import command as desk

PORT = 8460


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    given = _parser().parse_args(arguments)
    return given.run(given) or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="liji", description="立激 Liji: from the order to the incentive paid."
    )
    parser.add_argument("--version", action="version", version=f"liji {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (
        ("serve", _serve, "run everything: database, web, worker, scheduler"),
        ("web", _web, "run the web server alone"),
        ("doctor", _doctor, "say what is wrong and how to mend it"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--host", default="127.0.0.1")
        command.add_argument("--port", type=int, default=PORT)
        command.set_defaults(run=run)
    commands.add_parser("worker", help="run the worker and scheduler alone").set_defaults(run=_worker)
    commands.add_parser("migrate", help="bring the database up to date").set_defaults(run=_migrate)
    commands.add_parser("retry-failed", help="queue failed jobs again").set_defaults(run=_retry_failed)
    _operating(commands)
    _data(commands)
    _verification(commands)
    users.add(commands).set_defaults(run=_user)
    desk.add(commands)
    return parser


def _operating(commands: argparse._SubParsersAction) -> None:
    init = commands.add_parser("init", help="set up an empty installation: company and first admin")
    init.add_argument("--company")
    init.add_argument("--admin")
    init.add_argument("--email", default="")
    init.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    init.set_defaults(run=_init)
    backup = commands.add_parser("backup", help="write everything into one file")
    backup.add_argument("file", type=Path)
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="read a backup")
    restore.add_argument("file", type=Path)
    restore.add_argument("--replace", action="store_true", help="replace the data that is there")
    restore.set_defaults(run=_restore)


def _verification(commands: argparse._SubParsersAction) -> None:
    verify = commands.add_parser("verify", help="work stored results out again and say where they differ")
    verify.add_argument("--period", help="only periods that meet these days: 2026, 2026-Q3, 2026-07 or 2026-07-15")
    verify.add_argument("--payee", help="only this employee number")
    verify.add_argument("--plan", help="only this plan, by its code")
    verify.add_argument("--sample", type=int, metavar="N", help="only N results, drawn at random")
    verify.add_argument("--records", action="store_true", help="look for broken records too")
    verify.add_argument("--json", action="store_true", help="one JSON object a line")
    verify.add_argument("--lang", choices=["zh", "en"], default=desk.language())
    verify.add_argument("--nightly", action="store_true", help=argparse.SUPPRESS)  # what the worker runs every night
    verify.set_defaults(run=_verify)


def _data(commands: argparse._SubParsersAction) -> None:
    key = commands.add_parser("api-key", help="make an API key; prints key and secret once")
    key.add_argument("name")
    key.add_argument(
        "--source", action="append", default=[], help="a source that it may write (default: one of its name)"
    )
    key.set_defaults(run=_api_key)
    read = commands.add_parser("import", help="import a file by a mapping document")
    read.add_argument("mapping", type=Path)
    read.add_argument("files", type=Path, nargs="*", help="the files, in the mapping's order")
    read.add_argument("--create-units", action="store_true", help="of people: make units that are not there yet")
    read.add_argument("--create-positions", action="store_true", help="of people: make positions that are not there")
    read.add_argument(
        "--other-records", action="store_true", help="of facts: import rows that look like records of another source"
    )
    read.set_defaults(run=_import)
    back = commands.add_parser("take-back", help="take an import of facts or people back")
    back.add_argument("number", type=int, help="the number of the import")
    back.add_argument("--reversals", action="store_true", help="also what other records took back of its facts")
    back.set_defaults(run=_take_back)
    demo = commands.add_parser("demo", help="fill an empty installation with the demo company")
    demo.add_argument("--seed", type=int, default=20260101)
    demo.set_defaults(run=_demo)
    play = commands.add_parser("play", help="play a day: post orders to the demo company at a human pace")
    play.add_argument("--orders", type=int, default=60)
    play.add_argument("--every", type=float, default=6.0, help="mean seconds between two orders")
    play.add_argument("--employee", help="all orders are those of this employee number")
    play.add_argument("--amount", type=Decimal, help="all orders are of this amount")
    play.set_defaults(run=_play)


def _serve(given: argparse.Namespace) -> int:
    from liji.operate import serve

    return serve.serve(given.host, given.port)


def _web(given: argparse.Namespace) -> int:
    from liji.operate import serve

    return serve.web(given.host, given.port)


def _worker(_given: argparse.Namespace) -> int:
    from liji.operate import serve

    return serve.worker()


def _doctor(given: argparse.Namespace) -> int:
    from liji.operate import doctor

    return doctor.report(doctor.examine(given.host, given.port))


def _migrate(_given: argparse.Namespace) -> int:
    from liji.operate.django import prepare

    prepare()
    print("✓ database and static files are up to date")
    return 0


def _retry_failed(_given: argparse.Namespace) -> int:
    from liji.operate.django import ready

    ready()
    from liji.web.jobs import retry_failed

    print(f"{retry_failed()} jobs queued again")
    return 0


def _init(given: argparse.Namespace) -> int:
    from liji.operate.django import prepare

    prepare()
    from liji.access.first import AlreadySetUp
    from liji.access.first import set_up

    company = given.company or input("公司名称 / Company name: ")
    admin = given.admin or input("管理员账号 / Admin's user name: ")
    password = (
        sys.stdin.readline().rstrip("\n") if given.password_stdin else getpass.getpass("密码 / Password: ")
    )
    try:
        set_up(company, admin, given.email, password)
    except (AlreadySetUp, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"✓ {company}: {admin}. Next: liji serve, sign in, and go on with the set-up.")
    return 0


def _backup(given: argparse.Namespace) -> int:
    from liji.operate import backup

    try:
        print(f"✓ {backup.backup(given.file)}")
    except (backup.BackupError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _restore(given: argparse.Namespace) -> int:
    from liji.operate import backup

    try:
        backup.restore(given.file, replace=given.replace)
    except backup.BackupError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"✓ restored from {given.file}. Next: liji migrate, if the backup is of an older version.")
    return 0


def _api_key(given: argparse.Namespace) -> int:
    from liji.operate.django import ready

    ready()
    from liji.access.services import acting_as
    from liji.access.services import make_api_key

    with acting_as("liji api-key"):
        key, secret = make_api_key(given.name, by=None, sources=given.source)
    print(f"key:    {key.key}\nsecret: {secret}\nThe secret is shown this once.")
    return 0


def _user(given: argparse.Namespace) -> int:
    from liji.operate.django import ready

    ready()
    return users.run(given)


def _import(given: argparse.Namespace) -> int:
    from liji.operate.django import prepare

    prepare()
    from liji.access.services import acting_as
    from liji.connectors.files.command import run

    with acting_as("liji import"):
        wanted = {"units": given.create_units, "positions": given.create_positions}
        create = [kind for kind, asked in wanted.items() if asked]
        return run(given.mapping, given.files, create=create, twice=given.other_records)


def _verify(given: argparse.Namespace) -> int:
    from liji.operate.django import ready

    ready()
    from django.db import Error

    from liji.access.services import acting_as
    from liji.earnings.verification import command

    with acting_as("liji verify"):
        try:
            return command.run(
                period=given.period,
                payee=given.payee,
                plan=given.plan,
                sample=given.sample,
                records=given.records,
                as_json=given.json,
                lang=given.lang,
                nightly=given.nightly,
            )
        except Error as error:
            print(error, file=sys.stderr)
            return 2


def _take_back(given: argparse.Namespace) -> int:
    from liji.operate.django import ready

    ready()
    from liji.access.services import acting_as
    from liji.connectors.files.command import take_back

    with acting_as("liji take-back"):
        return take_back(given.number, reversals=given.reversals)


def _demo(given: argparse.Namespace) -> int:
    from liji.operate.django import prepare

    prepare()
    from liji.demo.company import fill

    return fill(given.seed)


def _play(given: argparse.Namespace) -> int:
    from liji.operate.django import ready

    ready()
    from liji.demo.play import play

    return play(given.orders, given.every, given.employee, given.amount)


if __name__ == "__main__":
    sys.exit(main())
