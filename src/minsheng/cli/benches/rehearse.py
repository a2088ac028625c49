"""Bench: the whole journal replayed twice, under the rules in force and under stricter ones, in a process of its own on one core."""

import json
import os
import resource
import subprocess
import sys
import time

from minsheng.cli import local


def measure() -> dict[str, float]:
    """seconds, cases, events and the greatest memory of a process that does nothing else."""
    done = subprocess.run([sys.executable, "-m", "minsheng.cli.benches.rehearse"], check=True, capture_output=True, text=True, env=os.environ)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Rehearse everything there is; one line of JSON."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    local.set_django_up()
    from datetime import date

    from minsheng.policy.load import of
    from minsheng.policy.schema import Profile
    from minsheng.queries import rehearsing
    from minsheng.queries import rules as rulebook

    rules = rulebook.today()
    tree = rules.profile.model_dump(mode="json")
    for rule in tree["deadlines"]["answer"]:
        if rule["within"] != "none":
            rule["within"] = "3 hours"
    new = of(Profile.model_validate(tree), rules.days)
    began = time.monotonic()
    found = rehearsing.compare(new, since=date(2000, 1, 1))
    seconds = time.monotonic() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "cases": found.cases, "events": found.events, "peak_mb": peak}) + "\n")


if __name__ == "__main__":
    main()
