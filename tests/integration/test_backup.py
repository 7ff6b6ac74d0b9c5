"""Backup and restore, as a pair: what was there is there again, to the cent, with its secrets."""

import stat
import tarfile
from decimal import Decimal

import pytest

from liji.access.models import ApiKey
from liji.access.services import make_api_key
from liji.access.services import unseal
from liji.earnings.services import recalculate_all
from liji.facts import services as facts
from liji.facts.models import Fact
from liji.people.models import Employee
from tests import scenes
from tests.server import Installation
from tests.server import fresh_database


def test_a_backup_restored_elsewhere_holds_everything(blank, tmp_path):
    one = blank()
    (tmp_path / "elsewhere").mkdir()
    other = Installation(tmp_path / "elsewhere", url=fresh_database())
    file = tmp_path / "company.liji"
    with one.entered():
        rep = scenes.team("王晓阳", plan="accelerator", target="666666.67")["王晓阳"]
        facts.record(scenes.order(rep, "123456.78"))
        recalculate_all()
        paid = scenes.total(rep)
        key, secret = make_api_key("CRM", by=None)
    (one.folder / "files").mkdir(exist_ok=True)
    (one.folder / "files" / "销售.csv").write_text("工号,金额\n")

    assert one.liji("backup", str(file)).returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("*.part"))
    done = other.liji("restore", str(file))
    assert done.returncode == 0, done.stderr

    assert (other.folder / "files" / "销售.csv").read_text() == "工号,金额\n"
    with other.entered():
        again = Employee.objects.get(number=rep.number)
        assert scenes.total(again) == paid == Decimal("1851.85")
        assert unseal(ApiKey.objects.get(key=key.key).secret) == secret
        # the numbers go on where they stopped
        assert facts.record(scenes.order(again, "1")).status == "created"
        assert Fact.objects.count() == 2


def test_what_is_there_is_replaced_only_when_asked(blank, tmp_path):
    one, other = blank(), blank()
    file = tmp_path / "company.liji"
    for installation, name in ((one, "甲"), (other, "乙")):
        with installation.entered():
            scenes.team(name)
    assert one.liji("backup", str(file)).returncode == 0

    refused = other.liji("restore", str(file))
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
    with other.entered():
        assert Employee.objects.filter(name="乙").exists()

    assert other.liji("restore", "--replace", str(file)).returncode == 0
    with other.entered():
        assert Employee.objects.filter(name="甲").exists()
        assert not Employee.objects.filter(name="乙").exists()


@pytest.mark.parametrize("broken", ["empty", "text", "half", "foreign", "damaged", "missing"])
def test_what_is_no_backup_is_refused_and_nothing_is_touched(blank, tmp_path, broken):
    one = blank()
    with one.entered():
        scenes.team("甲")
    file = tmp_path / "file"
    if broken == "text":
        file.write_text("hello")
    elif broken == "half":
        whole = tmp_path / "whole"
        assert one.liji("backup", str(whole)).returncode == 0
        file.write_bytes(whole.read_bytes()[:-2000])
    elif broken == "foreign":
        with tarfile.open(file, "w:gz"):
            pass
    elif broken == "damaged":
        (tmp_path / "manifest.json").write_text('{"product": "liji", "version": "0"}')
        (tmp_path / "database.dump").write_bytes(b"PGDMP but not a whole one")
        with tarfile.open(file, "w:gz") as archive:
            for name in ("manifest.json", "database.dump"):
                archive.add(tmp_path / name, name)
    elif broken == "empty":
        file.touch()
    done = one.liji("restore", "--replace", str(file))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    with one.entered():
        assert Employee.objects.filter(name="甲").exists()


def test_a_backup_of_what_was_restored_can_be_restored(blank, tmp_path):
    one, other = blank(), blank()
    with one.entered():
        scenes.team("甲")
    for source, target in ((one, other), (other, one), (one, other)):
        file = tmp_path / "again"
        assert source.liji("backup", str(file)).returncode == 0
        done = target.liji("restore", "--replace", str(file))
        assert done.returncode == 0, done.stderr
    with other.entered():
        assert Employee.objects.filter(name="甲").exists()
