import time, random, cProfile, pstats, os
import pytest
from django.db import transaction
from hypothesis import strategies as st, given, settings, HealthCheck, Phase
from tests.properties.histories.test_histories import *


@pytest.mark.django_db
def test_time(scene, clock):
    stats = []
    times = {"play": 0, "verify": 0, "anew": 0, "n": 0, "acts": 0, "ref": 0}
    kinds = {}
    pr = cProfile.Profile()

    @settings(
        max_examples=int(os.environ.get("N", "20")),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        phases=[Phase.generate],
    )
    @given(st.lists(st.sampled_from(range(12)), min_size=2, max_size=4, unique=True), histories())
    def plays(numbers, actions):
        with transaction.atomic():
            t = time.process_time()
            pr.enable()
            w = World(scene, numbers)
            for a in [*actions, Action("work")]:
                w.play(a)
            t2 = time.process_time()
            f = wrong()
            pr.disable()
            t3 = time.process_time()
            g = wrong_anew()
            t4 = time.process_time()
            times["play"] += t2 - t
            times["verify"] += t3 - t2
            times["anew"] += t4 - t3
            times["n"] += 1
            times["acts"] += len(actions)
            times["ref"] += w.refused
            for l in f:
                kinds.setdefault(l.split(": ", 1)[-1][:40], 0)
                kinds[l.split(": ", 1)[-1][:40]] += 1
            if f or g:
                stats.append((len(f), len(g), len(actions)))
            transaction.set_rollback(True)

    plays()
    print(times)
    print(stats)
    for k, v in sorted(kinds.items(), key=lambda x: -x[1])[:15]:
        print(v, k)
    pstats.Stats(pr).sort_stats("cumtime").print_stats(45)
