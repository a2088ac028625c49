"""The bench of scores: a month of 300 units, whose tallies stand for 100,000 cases and more, scored and ranked."""

import json
import time
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minsheng.cli.benches.runs import Ground, Result

UNITS = 300
#: Of each metric, on each day, at each unit, in each of two districts.
_FILL = """
INSERT INTO ms_tally (day, unit, district, category, origin, metric, n)
SELECT d::date, u, 'bench-' || k, '01', 'citizen', m, 1 + abs(hashtext(u || m || d::text)) %% 9
FROM unnest(%(units)s::text[]) u, unnest(%(metrics)s::text[]) m, generate_series(0, 1) k,
     generate_series(%(first)s::date, %(last)s::date, interval '1 day') d
ON CONFLICT DO NOTHING
"""


def score(ground: "Ground") -> "Result":
    """Seconds to score the month, beside how many tallies it reads and how many cases they stand for."""
    from django.db import connection

    from minsheng import clock
    from minsheng.cli.benches.runs import Result
    from minsheng.domain import scoring as pure
    from minsheng.queries import directory as directories
    from minsheng.queries import scoring

    today: date = clock.local(clock.now()).date()
    first, last = scoring.bounds(today, "month")
    known = sorted(directories.current().units)
    units = (known + [f"bench-unit-{n}" for n in range(UNITS)])[: max(UNITS, len(known))]
    with connection.cursor() as cursor:
        cursor.execute(_FILL, {"units": units, "metrics": list(pure.METRICS), "first": first, "last": last})
        rows = cursor.rowcount
        cursor.execute("VACUUM ANALYZE ms_tally")
        cursor.execute("SELECT sum(n) FROM ms_tally WHERE metric = 'answer' AND day BETWEEN %s AND %s", [first, last])
        cases = int(cursor.fetchone()[0])
        began = time.monotonic()
        found = scoring.table(today)
        weights = found.rules.weights
        cursor.execute(
            "SELECT unit, jsonb_object_agg(metric, n) FROM (SELECT unit, metric, sum(n) AS n FROM ms_tally WHERE day BETWEEN %s AND %s"
            " AND origin = 'citizen' GROUP BY unit, metric) t GROUP BY unit", [first, last],
        )  # fmt: skip
        every = {
            unit: pure.score(json.loads(said) if isinstance(said, str) else said, weights, minimum=found.rules.minimum) for unit, said in cursor.fetchall()
        }
        pure.places(every)
        seconds = time.monotonic() - began
    return Result("score", more={"seconds": seconds, "cases": cases, "units": len(every), "tallies": rows})
