"""`make fuzz`: searches with coverage guidance (atheris) for texts that break a harness; stops at the first found.

What breaks is written to var/fuzz; mended, it goes into tests/fuzz/cases.
"""

import argparse
import sys
from pathlib import Path
from random import Random

import atheris

_HOME = Path(__file__).parents[2] / "var" / "fuzz"


def main() -> None:
    """One harness for some seconds; libFuzzer's own options follow behind."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("harness")
    asked.add_argument("--seconds", type=int, default=60)
    given, rest = asked.parse_known_args()
    with atheris.instrument_imports(include=["liji.plan", "liji.desk", "liji.connectors.files"]):
        from tests.fuzz.harnesses import HARNESSES
        from tests.fuzz.mutation import mutated
    harness = HARNESSES[given.harness]
    corpus = _HOME / given.harness
    corpus.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(harness.seeds()):
        (corpus / f"seed-{number:04}").write_text(text, encoding="utf-8", errors="surrogatepass")

    def once(data: bytes) -> None:
        harness.holds(_text(data))

    def change(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.2:
            return atheris.Mutate(data, most)
        return mutated(_text(data), random).encode("utf-8", "surrogatepass")[:most]

    options = [
        f"-max_total_time={given.seconds}", "-timeout=5", "-rss_limit_mb=1024", "-max_len=20000",
        "-print_final_stats=1", f"-artifact_prefix={_HOME}/{given.harness}-",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, *rest, str(corpus)], once, custom_mutator=change)
    atheris.Fuzz()


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


main()
