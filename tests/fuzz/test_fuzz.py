"""The same few hundred random texts each time, and every text that once broke a reader; `make fuzz` searches on."""

from random import Random

import pytest

from liji.plan import load
from tests.fuzz.harnesses import HARNESSES
from tests.fuzz.harnesses import document
from tests.fuzz.mutation import mutated

_PLAN = """plan: p
currency: CNY
measures: {sales: {names: NAMES, of: order_closed, sum: 'convert(amount, currency, credit_date)'}}
components: {pay: {formula: sales * 1%}}
"""
_STEPS = ", ".join(f"{{from: {2000 + n // 12}-{n % 12 + 1:02}-01, rate: 7}}" for n in range(5000))
# What broke the reading once, and what is said of it now.
BROKE = {
    "half a surrogate pair": (_PLAN.replace("NAMES", '"\\uD800"'), "unwritable"),
    "a zero character": (_PLAN.replace("NAMES", '"\\0"'), "unwritable"),
    "a character beyond all": ('plan: "\\U00110000"', "yaml"),
    "a character beyond all integers": ('plan: "\\UFFFFFFFF"', "yaml"),
    "an unknown version": ("%YAML 1.99999\n---\nplan: p", "yaml"),
    "a version of five thousand digits": (f"%YAML {'9' * 5000}.1\n---\nplan: p", "yaml"),
    "five thousand rates": (f"{_PLAN.replace('NAMES', 's')}exchange: {{USD: [{_STEPS}]}}\n", "too_many"),
    "nothing longer than a year": (
        f"{_PLAN}period: year\nbalances: {{d: {{resets: year, closing: opening(d)}}}}\n", "resets_never",
    ),
    "twenty thousand strange keys": ("\n".join(f"k{n}: 1" for n in range(20_000)), "errors_many"),
    "five thousand strange managers": (
        f"{_PLAN.replace('convert(amount, currency, credit_date)', 'amount')}"
        f"examples:\n  - payees: {{{', '.join(f'a{n}: {{manager: b{n}}}' for n in range(5000))}}}\n", "errors_many",
    ),
}  # fmt: skip
# What would exhaust the stack or the memory of a careless reader.
HUGE = {
    "lists in lists": "[" * 100_000,
    "maps in maps": "{a: " * 40_000,
    "dashes": "- " * 60_000,
    "question marks": "? " * 60_000,
    "an alias bomb": "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]",
    "a long number": f"plan: p\ncurrency: CNY\ncomponents: {{pay: {{formula: {'9' * 150_000}}}}}",
    "a huge exponent": "plan: p\ncurrency: CNY\nyear_starts: 1e999999",
    "minus signs": f"plan: p\ncurrency: CNY\ncomponents: {{pay: {{formula: {'-' * 3000}1}}}}",
    "a python object": "plan: !!python/object/apply:os.system [ls]",
    "merge keys": "plan: p\n<<: {currency: CNY}",
}


@pytest.mark.parametrize("name", BROKE)
def test_what_broke_the_reading_once_is_told(name: str) -> None:
    text, code = BROKE[name]
    document(text)
    assert code in {found.code for found in load(text).problems}


@pytest.mark.parametrize("name", HUGE)
def test_what_would_exhaust_a_reader_is_told(name: str) -> None:
    document(HUGE[name])
    assert load(HUGE[name]).plan is None


@pytest.mark.parametrize(
    ("name", "count"), [("formula", 400), ("document", 60), ("layout", 15), ("fact", 100), ("cell", 400)]
)
def test_any_text_is_answered(name: str, count: int) -> None:
    harness, random = HARNESSES[name], Random(name)
    for _ in range(count):
        text = mutated(random.choice(harness.seeds()), random)
        try:
            harness.holds(text)
        except Exception as error:
            raise AssertionError(f"{name} breaks on {text!r}") from error
