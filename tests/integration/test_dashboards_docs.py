"""The guide of dashboards names the widgets that there are, and its example is what the product works out."""

import re
from decimal import ROUND_HALF_UP
from decimal import Decimal
from pathlib import Path

from liji.dashboards.registry import WIDGETS

GUIDE = (Path(__file__).parents[2] / "docs" / "dashboards.md").read_text(encoding="utf-8")


def test_the_guide_names_every_widget_and_no_other():
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)*)` (\S+)", GUIDE))
    assert {code for code, _ in named} == set(WIDGETS)
    for code, name in named:
        assert WIDGETS[code].zh.startswith(name.rstrip(",。")), code


def test_the_example_of_a_forecast_adds_up():
    whole, past, sold, a_day, left, expected, rate, pay = re.search(
        r"例: (\d+) 个工作日已过 (\d+) 个, 完成 ([\d,]+), 每天 ([\d,.]+);\n"
        r"余下 (\d+) 天, 期末 ([\d,.]+), ([\d.]+)% 为 ([\d,.]+)。",
        GUIDE,
    ).groups()
    number = {name: Decimal(text.replace(",", "")) for name, text in
              {"sold": sold, "a_day": a_day, "expected": expected, "rate": rate, "pay": pay}.items()}
    cent = Decimal("0.01")
    assert int(left) == int(whole) - int(past)
    assert (number["sold"] / int(past)).quantize(cent, ROUND_HALF_UP) == number["a_day"]
    assert number["sold"] + number["a_day"] * int(left) == number["expected"]
    assert (number["expected"] * number["rate"] / 100).quantize(cent, ROUND_HALF_UP) == number["pay"]
