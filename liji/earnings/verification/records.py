"""Records that contradict themselves, whatever is paid for them."""

from django.db import connection

from liji.earnings.verification.findings import Difference

_CHECKS = {
    "credit": (
        """
        SELECT f.external_id, s.code, c.amount, f.amount FROM facts_credit c
        JOIN facts_fact f ON f.id = c.fact_id JOIN facts_source s ON s.id = f.source_id
        WHERE c.current AND (NOT f.current OR f.withdrawn OR c.credit_date <> f.credit_date
            OR abs(c.amount) <> f.amount)
        ORDER BY c.id
        """,
        "计入的业绩与记录不符: 计入 {2}, 记录 {3}",
        "its credit is not what the record says: credited {2}, recorded {3}",
    ),
    "versions": (
        """
        SELECT f.external_id, s.code, count(*) FROM facts_fact f JOIN facts_source s ON s.id = f.source_id
        WHERE f.current GROUP BY f.external_id, s.code HAVING count(*) > 1 ORDER BY 1, 2
        """,
        "有 {2} 个当前版本",
        "has {2} current versions",
    ),
    "reversal": (
        """
        SELECT f.external_id, s.code, f.reversed_id FROM facts_fact f JOIN facts_source s ON s.id = f.source_id
        WHERE f.current AND f.reversed_id <> '' AND NOT EXISTS (
            SELECT 1 FROM facts_fact o
            WHERE o.source_id = f.source_id AND o.external_id = f.reversed_id AND o.current
        ) ORDER BY f.id
        """,
        "冲减的原记录 {2} 不存在",
        "takes back {2}, which is not there",
    ),
    "shares": (
        """
        SELECT f.external_id, s.code, c.role, sum(c.share) FROM facts_credit c
        JOIN facts_fact f ON f.id = c.fact_id JOIN facts_source s ON s.id = f.source_id
        WHERE c.current AND c.role = 'owner'
        GROUP BY f.id, f.external_id, s.code, c.role HAVING sum(c.share) > 1 ORDER BY f.id
        """,
        "角色 {2} 的份额合计 {3}, 超过 100 %",
        "the shares of role {2} come to {3}, more than 100 %",
    ),
}


def broken_records() -> list[Difference]:
    """Records whose credits, versions, originals or shares do not fit together."""
    found = []
    with connection.cursor() as cursor:
        for name, (query, zh, en) in _CHECKS.items():
            cursor.execute(query)
            for row in cursor.fetchall():
                where = f"{row[1]} {row[0]}"
                found.append(
                    Difference("record", f"{where}: {zh.format(*row)}", f"{where}: {en.format(*row)}", cause=(name,))
                )
    return found
