"""`liji verify`: works out stored payee-periods again, from the records, and says where they differ."""

from liji.earnings.verification.findings import Difference
from liji.earnings.verification.findings import Findings
from liji.earnings.verification.records import broken_records
from liji.earnings.verification.scope import Scope
from liji.earnings.verification.verifying import Unknown
from liji.earnings.verification.verifying import differences
from liji.earnings.verification.verifying import verify

__all__ = ["Difference", "Findings", "Scope", "Unknown", "broken_records", "differences", "verify"]
