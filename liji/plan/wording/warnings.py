"""Warnings: what is legal but hurts: code → (message zh, message en, mend zh, mend en)."""

WORDING: dict[str, tuple[str, str, str, str]] = {
    "cliff": (
        "断崖: 「{name}」读作全额累进, 在 {edge} 处跨档时从 {before} 变为 {after} ({change})",
        "cliff: “{name}” is read as whole; crossing {edge} it goes from {before} to {after} ({change})",
        "若不想要断崖, {mend}",
        "if that is not wanted, {mend}",
    ),
    "may_be_negative": (
        "「{name}」可能为负, 却没有下限",
        "“{name}” can become negative and has no floor",
        "写 floor: 0; 若本意如此, 写 floor: none",
        "write floor: 0, or floor: none when that is meant",
    ),
    "never_holds": (
        "「{name}」永远不会发放: 条件不可能成立",
        "“{name}” can never pay: its condition cannot hold",
        "改正条件: 几个要求互相矛盾, 或超出了可能的取值",
        "correct the condition: its parts contradict each other or ask for what cannot be",
    ),
    "never_pays": (
        "「{name}」永远不会发放: 金额最多为 0",
        "“{name}” can never pay: its amount is at most 0",
        "改正公式、费率表或 cap; 若是扣款, 写 floor: none",
        "correct the formula, the table or the cap; if it takes money, write floor: none",
    ),
    "nobody": (
        "没有人能参加: 条件不可能成立",
        "nobody can take part: the condition cannot hold",
        "改正 eligible",
        "correct `eligible`",
    ),
    "component_unpaid": (
        "没有例子让「{name}」发放",
        "no example makes “{name}” pay",
        "加一个让它发放的例子",
        "add an example that does",
    ),
    "no_examples": (
        "方案没有例子",
        "the plan has no examples",
        "在 examples 里写几个",
        "write some under `examples`",
    ),
    "band_unvisited": (
        "没有例子到达「{name}」的第 {band} 档",
        "no example reaches band {band} of “{name}”",
        "加一个到达这一档的例子",
        "add an example that does",
    ),
    "floor_money": (
        "FLOOR 和 CEILING 在这里把金额取整到整数, 不是数有几个",
        "FLOOR and CEILING round money to a whole amount here; they do not count",
        "要数有几个 {amount}, 写 {written}",
        "to count how many {amount} there are, write {written}",
    ),
    "fact_type": (
        "没有指标或奖金项用到类型「{found}」{hint}",
        "no measure or component counts facts of type “{found}”{hint}",
        "改正类型, 或不管它: 这笔不计入",
        "correct the type, or leave it: the fact does not count",
    ),
    "unused": ("「{name}」没有用到", "“{name}” is not used", "删去它, 或用上它", "remove it, or use it"),
}
