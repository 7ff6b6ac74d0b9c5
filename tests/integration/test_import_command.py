"""`liji import`: files from the command line, with an exit code that a script can use."""

from datetime import date
from pathlib import Path

import pytest

from tests.integration.test_import_facts import HEAD
from tests.integration.test_import_facts import MAPPING

GOOD = HEAD + "A1,1001,2026/01/05,100,甲\nA2,1001,2026/01/05,200,乙\n"


@pytest.fixture
def company(blank):
    installation = blank()
    with installation.entered():
        from liji.facts.types import ensure_built_in
        from liji.people import services as people

        ensure_built_in()
        people.save_company(name="试验公司", currency="CNY")
        people.enter("1001", "王芳", on=date(2024, 1, 1))
    return installation


def write(folder: Path, mapping: str = MAPPING, orders: str = GOOD) -> tuple[str, str]:
    (folder / "orders.yaml").write_text(mapping, encoding="utf-8")
    (folder / "orders.csv").write_text(orders, encoding="utf-8")
    return str(folder / "orders.yaml"), str(folder / "orders.csv")


def test_a_file_is_imported_and_again_is_known_already(company, tmp_path):
    mapping, orders = write(tmp_path)
    first = company.liji("import", mapping, orders)
    assert (first.returncode, first.stderr) == (0, "")
    assert "2 new" in first.stdout
    again = company.liji("import", mapping)  # the mapping names the file beside it
    assert again.returncode == 0
    assert "2 known already" in again.stdout


@pytest.mark.parametrize(
    ("mapping", "orders", "code", "words"),
    [
        (MAPPING, GOOD + "A3,9999,2026/01/05,1,丙\n", 1, "row 4"),
        (MAPPING.replace("what: facts", "what: orders"), GOOD, 2, "orders.yaml:3:"),
        (MAPPING.replace("column: Day", "column: Date"), GOOD, 2, "Date"),
        (MAPPING, "", 2, "empty"),
    ],
)
def test_what_is_wrong_is_said_and_told_by_the_exit_code(company, tmp_path, mapping, orders, code, words):
    done = company.liji("import", *write(tmp_path, mapping, orders))
    assert done.returncode == code
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there(company, tmp_path):
    mapping, _orders = write(tmp_path)
    done = company.liji("import", mapping, str(tmp_path / "nowhere.csv"))
    assert done.returncode == 2
    assert "nowhere.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_import_that_was_broken_off_goes_on_where_it_stopped(company, tmp_path):
    mapping, orders = write(tmp_path, orders=HEAD + "".join(f"A{n},1001,2026/01/05,1,甲\n" for n in range(500)))
    with company.entered():
        from liji.connectors import services
        from liji.connectors.models import ImportRun

        class Broken(BaseException):  # what ends the process; an error in it becomes a failed run
            pass

        def breaks(row: ImportRun) -> None:
            if row.rows_read >= 200:
                raise Broken

        with Path(orders).open("rb") as file:
            run = services.start(MAPPING, [("orders.csv", file)], by=None, job=False)
        with pytest.raises(Broken):
            services.carry_out(run.pk, chunk=100, progress=breaks)
    done = company.liji("import", mapping, orders)
    assert done.returncode == 0
    assert f"import {run.pk}: goes on after row 201" in done.stdout
    assert "500 new, 0 corrected, 0 known already" in done.stdout
