"""ISO 4217: the currencies in use, and until when those that ended were.

Source: ISO 4217:2015, list one (current currency and funds codes) and list three (historic codes), as the maintenance
agency SIX publishes them; without precious metals, bond units, XXX and XTS, in which nobody is paid.
"""

from datetime import date

from liji.base.gate.wrong import Wrong
from liji.base.gate.wrong import wrong

_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
ACTIVE = frozenset(_CODES.split())
_EURO_2002 = "ATS BEF DEM ESP FIM FRF GRD IEP ITL LUF NLG PTE"
# code → the day from which it is no longer legal tender
ENDED = {
    "BGN": date(2026, 1, 1),
    "ANG": date(2025, 7, 1),
    "ZWL": date(2024, 9, 1),
    "SLL": date(2024, 4, 1),
    "HRK": date(2023, 1, 1),
    "CUC": date(2021, 1, 1),
    "VEF": date(2018, 8, 20),
    "MRO": date(2018, 1, 1),
    "STD": date(2018, 1, 1),
    "BYR": date(2017, 1, 1),
    "LTL": date(2015, 1, 1),
    "LVL": date(2014, 1, 1),
    "EEK": date(2011, 1, 1),
    "SKK": date(2009, 1, 1),
    "CYP": date(2008, 1, 1),
    "MTL": date(2008, 1, 1),
    "SIT": date(2007, 1, 1),
    **dict.fromkeys(_EURO_2002.split(), date(2002, 3, 1)),
}
# What people write instead of the code.
_GUESSES = {
    "RMB": "CNY", "CNH": "CNY", "RMBY": "CNY", "YUAN": "CNY", "CHY": "CNY", "人民币": "CNY", "元": "CNY",
    "¥": "CNY", "￥": "CNY", "CN¥": "CNY", "NTD": "TWD", "NT$": "TWD", "台币": "TWD", "新台币": "TWD", "港币": "HKD",
    "港元": "HKD", "HK$": "HKD", "HKG": "HKD", "澳门元": "MOP", "US$": "USD", "$": "USD", "美元": "USD", "美金": "USD",
    "USDT": "USD", "DOLLAR": "USD", "EURO": "EUR", "€": "EUR", "欧元": "EUR", "STG": "GBP", "UKP": "GBP", "£": "GBP",
    "英镑": "GBP", "POUND": "GBP", "YEN": "JPY", "JPN": "JPY", "日元": "JPY", "SIN": "SGD", "S$": "SGD", "新元": "SGD",
    "新加坡元": "SGD", "韩元": "KRW", "WON": "KRW", "CHFR": "CHF", "RUR": "RUB", "TRL": "TRY", "MYM": "MYR",
}  # fmt: skip
_SUCCESSORS = {"BGN": "EUR", "ANG": "XCG", "ZWL": "ZWG", "SLL": "SLE", "CUC": "CUP", "VEF": "VES", "MRO": "MRU",
               "STD": "STN", "BYR": "BYN"}  # fmt: skip


def currency(value: object, on: date | None = None) -> str | Wrong:
    """The ISO 4217 code that `value` is, in use on the day `on` (or in use at all).

    Codes: not_iso_currency with a guess ("RMB": CNY), wrong_currency without one.
    """
    if type(value) is str:
        if value in ACTIVE:
            return value
        if value in ENDED and on is not None and on < ENDED[value]:
            return value
    guess = _guess(str(value).strip())
    return wrong("not_iso_currency", value=value, guess=guess) if guess else wrong("wrong_currency", value=value)


def _guess(text: str) -> str:
    upper = text.upper()
    if upper in ACTIVE:
        return upper
    return _GUESSES.get(upper) or _SUCCESSORS.get(upper) or ("EUR" if upper in ENDED else "")
