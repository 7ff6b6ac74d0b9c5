"""What may be said in public: nothing about pay, and amounts only where the company shows them."""

import re

_AMOUNT = re.compile(
    r"[¥$€£￥]\s*[\d,.]*\d(?:\s*[万亿])?|\d[\d,.]*\s*(?:万|亿|元|块|[kKmM]\b|yuan|CNY|RMB)|\d{5,}(?:\.\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?",
    re.IGNORECASE,
)
_PAY = re.compile(r"佣金|提成|奖金|工资|薪|底薪|commission|bonus|salary|\bpay\b(?! attention)|\bpaid\b", re.IGNORECASE)


def untold(text: str, *, amounts: bool) -> str:
    """Why a text may not stand in public: "tells_pay", "tells_amount", or "" when it may."""
    if _PAY.search(text):
        return "tells_pay"
    return "tells_amount" if not amounts and _AMOUNT.search(text) else ""


def public(text: str, *, amounts: bool) -> str:
    """The text of a rule's template, or from before the company chose, as everybody may read it: amounts are taken
    out, and nothing is left of what tells of pay.
    """
    if _PAY.search(text):
        return ""
    return text if amounts else _AMOUNT.sub("…", text)
