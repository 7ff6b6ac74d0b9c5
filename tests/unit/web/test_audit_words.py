"""Everything that is audited has a name for readers."""

import re
from pathlib import Path

import liji
from liji.web.pages.audit_words import ACTIONS

CALL = re.compile(r"(?:audit\(\s*[^,()]+,\s*|look_at_pay\(\s*[^,()]+,\s*[^,()]+,\s*)\"([a-z_]+)\"")


def test_every_action_that_the_code_records_has_a_name():
    recorded = {
        action
        for path in Path(liji.__file__).parent.rglob("*.py")
        for action in CALL.findall(path.read_text(encoding="utf-8"))
    }
    assert len(recorded) > 20
    assert recorded <= ACTIONS.keys()
