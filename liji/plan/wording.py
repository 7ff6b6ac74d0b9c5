"""The sentences of all problems: code → (message zh, message en, mend zh, mend en)."""

_FORMULA = {
    "character": (
        "公式里不能有字符「{found}」",
        "the character “{found}” has no meaning in a formula",
        "请删去它, 或把文字放进引号里",
        "remove it, or put text between quotes",
    ),
    "text_open": (
        "文字没有结束的引号",
        "this text has no closing quote",
        "在文字末尾加上引号",
        "add a quote at its end",
    ),
    "formula_long": (
        "公式超过 {limit} 个字符",
        "the formula has more than {limit} characters",
        "把一部分写成 values 里的命名值",
        "move parts of it into named values under `values`",
    ),
    "formula_deep": (
        "公式嵌套超过 {limit} 层",
        "the formula is nested more than {limit} levels deep",
        "把一部分写成 values 里的命名值; 长的加法用 SUM(a, b, …)",
        "move parts of it into named values under `values`; write long sums as SUM(a, b, …)",
    ),
    "formula_empty": (
        "公式是空的",
        "the formula is empty",
        "写一个公式, 例如 sales * 1.5%",
        "write one, for example sales * 1.5%",
    ),
    "expected": (
        "这里应为{wanted}, 却是「{found}」",
        "{wanted} should stand here, not “{found}”",
        "检查括号和逗号; 公式里的数字不写千位分隔符 (100000)",
        "check brackets and commas; numbers in formulas have no thousands separator (100000)",
    ),
    "chained_comparison": (
        "比较不能连着写",
        "comparisons cannot be chained",
        "写成 AND(a < b, b < c)",
        "write AND(a < b, b < c)",
    ),
    "unknown_name": (
        "没有「{name}」这个名称{hint}",
        "there is no “{name}” here{hint}",
        "在方案里声明它, 或改用已有的名称",
        "declare it in the plan, or use a name that exists",
    ),
    "unknown_function": (
        "没有「{name}」这个函数{hint}",
        "there is no function “{name}”{hint}",
        "可用的函数: {known}",
        "the functions are: {known}",
    ),
    "arguments": (
        "{name} 需要 {wanted} 个参数, 这里有 {found} 个",
        "{name} takes {wanted} arguments, not {found}",
        "写法: {usage}",
        "it is written {usage}",
    ),
    "types": (
        "{left}不能{operation}{right}",
        "{left} cannot be {operation} {right}",
        "{mend}",
        "{mend}",
    ),
    "argument_type": (
        "{name} 的这个参数应为{wanted}, 却是{found}",
        "{name} wants {wanted} here, not {found}",
        "写法: {usage}",
        "it is written {usage}",
    ),
    "result_type": (
        "这个公式应得到{wanted}, 却得到{found}",
        "this formula must give {wanted}, but gives {found}",
        "{mend}",
        "{mend}",
    ),
    "no_target_of": (
        "指标「{name}」没有目标",
        "the measure “{name}” has no target",
        "在 targets 里写上它",
        "name it under `targets`",
    ),
    "marginal_edges": (
        "超额累进从 0 起算, 但费率表「{name}」有不大于 0 的边界",
        "a marginal reading starts at 0, but the table “{name}” has an edge at or below 0",
        "删去这个边界, 或用 whole 读表",
        "remove that edge, or read the table as whole",
    ),
    "round_digits": (
        "ROUND 的小数位数应为 0 到 12 的整数",
        "ROUND takes a whole number of places from 0 to 12",
        "写法: ROUND(sales, 2)",
        "it is written ROUND(sales, 2)",
    ),
    "not_a_date": (
        "没有这一天",
        "there is no such day",
        "写法: DATE(2026, 1, 31)",
        "it is written DATE(2026, 1, 31)",
    ),
    "cycle": (
        "名称互相引用成环: {cycle}",
        "names refer to each other in a circle: {cycle}",
        "让其中一个不再依赖另一个",
        "make one of them independent of the others",
    ),
}

_DOCUMENT = {
    "yaml": (
        "不是有效的 YAML: {reason}",
        "this is not valid YAML: {reason}",
        "检查缩进、引号和冒号",
        "check indentation, quotes and colons",
    ),
    "yaml_alias": (
        "方案里不能用 YAML 的引用 (& 和 *) 或标签 (!)",
        "anchors, aliases and tags of YAML are not used in plans",
        "把内容写出来",
        "write the content out",
    ),
    "document_long": (
        "方案超过 {limit} 个字符",
        "the plan has more than {limit} characters",
        "拆成几个方案",
        "split it into several plans",
    ),
    "document_deep": (
        "方案嵌套超过 {limit} 层",
        "the plan is nested more than {limit} levels deep",
        "减少嵌套",
        "nest less",
    ),
    "duplicate_key": ("「{key}」写了两次", "“{key}” is written twice", "删去一个", "remove one of them"),
    "unknown_key": (
        "这里没有「{key}」这一项{hint}",
        "“{key}” is not known here{hint}",
        "这里可写: {known}",
        "known here: {known}",
    ),
    "missing_key": (
        "缺少「{key}」",
        "“{key}” is missing",
        "写上它, 例如 {example}",
        "add it, for example {example}",
    ),
    "not_mapping": (
        "这里应是「名称: 内容」的列表",
        "this must be a list of `name: content`",
        "例如 {example}",
        "for example {example}",
    ),
    "not_list": ("这里应是一个列表", "this must be a list", "例如 {example}", "for example {example}"),
    "not_text": ("这里应是一段文字", "this must be a text", "例如 {example}", "for example {example}"),
    "not_decimal": (
        "「{found}」不是一个数",
        "“{found}” is not a number",
        "写成 100000、1.5% 或 10万",
        "write 100000 or 1.5%",
    ),
    "not_day": ("「{found}」不是一个日期", "“{found}” is not a date", "写成 2026-01-31", "write 2026-01-31"),
    "not_one_of": (
        "「{found}」不在可选范围内{hint}",
        "“{found}” is not among the choices{hint}",
        "可选: {known}",
        "choose from: {known}",
    ),
    "not_id": (
        "「{found}」不能作为标识",
        "“{found}” cannot be an id",
        "用小写字母开头, 只含小写字母、数字、_ 和 -; 中文名写在 names 里",
        "start with a small letter; small letters, digits, _ and - only; other names go under `names`",
    ),
    "name_taken": (
        "「{name}」已是{other}的名称",
        "“{name}” is already the name of {other}",
        "换一个名称",
        "choose another name",
    ),
    "currency": (
        "没有「{found}」这种货币",
        "there is no currency “{found}”",
        "写 ISO 代码, 例如 CNY",
        "write its ISO code, for example CNY",
    ),
    "valid_order": (
        "有效期的结束早于开始",
        "the plan ends before it starts",
        "改正 from 或 to",
        "correct `from` or `to`",
    ),
    "no_components": (
        "方案没有奖金项",
        "the plan has no component",
        "在 components 里写一项",
        "write one under `components`",
    ),
    "measure_how": (
        "指标要有且只有一种算法",
        "a measure needs exactly one way to be worked out",
        "写 sum、count、count distinct、min、max 之一",
        "write one of sum, count, count distinct, min, max",
    ),
    "target_of_unknown": (
        "没有指标「{name}」{hint}",
        "there is no measure “{name}”{hint}",
        "目标写在已有的指标上",
        "set targets on measures that exist",
    ),
    "bands_missing": ("费率表没有档", "the table has no band", "写上 bands", "write `bands`"),
    "band_edge": (
        "每一档要有且只有一个上界",
        "each band has exactly one edge",
        "写 below (不含)、through (含) 或最后一档的 beyond",
        "write below (excluded), through (included) or, on the last band, beyond",
    ),
    "band_gap": (
        "费率表没有最后的 beyond 档: {edge} 以上没有费率",
        "the table has no last band `beyond`: above {edge} there is no rate",
        "加上 {{beyond, rate: …}}",
        "add {{beyond, rate: …}}",
    ),
    "band_after_beyond": (
        "beyond 之后还有档",
        "there are bands after `beyond`",
        "把 beyond 放在最后",
        "put `beyond` last",
    ),
    "band_order": (
        "边界 {edge} 没有高于前一档的 {before}: 档要由低到高, 不重叠",
        "the edge {edge} is not above {before} of the band before: bands ascend and do not overlap",
        "改正边界或顺序",
        "correct the edge or the order",
    ),
    "band_unit": (
        "同一张表的{what}不是同一种",
        "the {what} of one table are not of one kind",
        "全部写成百分数, 或全部写成数",
        "write all of them as percent, or none",
    ),
    "cap_below_floor": (
        "上限 {cap} 低于下限 {floor}",
        "the cap {cap} is below the floor {floor}",
        "改正 cap 或 floor",
        "correct `cap` or `floor`",
    ),
    "fact_line": (
        "看不懂事实「{found}」",
        "the fact “{found}” cannot be read",
        "写成 order_closed 100000 2026-05-03 cost=60000",
        "write order_closed 100000 2026-05-03 cost=60000",
    ),
    "unknown_expected": (
        "方案里没有「{name}」这个值{hint}",
        "the plan has no value “{name}”{hint}",
        "可写: {known}",
        "known: {known}",
    ),
}

_WARNINGS = {
    "cliff": (
        "断崖: 「{name}」读作全额累进, 在 {edge} 处跨档时从 {before} 变为 {after} ({change})",
        "cliff: “{name}” is read as whole; crossing {edge} it goes from {before} to {after} ({change})",
        "若不想要断崖, 把 reads 改为 marginal",
        "if that is not wanted, set `reads: marginal`",
    ),
    "may_be_negative": (
        "「{name}」可能为负, 却没有下限",
        "“{name}” can become negative and has no floor",
        "写 floor: 0; 若本意如此, 写 floor: none",
        "write floor: 0, or floor: none when that is meant",
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
    "unused": ("「{name}」没有用到", "“{name}” is not used", "删去它, 或用上它", "remove it, or use it"),
}

WORDING: dict[str, tuple[str, str, str, str]] = {**_FORMULA, **_DOCUMENT, **_WARNINGS}
