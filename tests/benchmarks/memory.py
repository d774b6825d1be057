"""Whether a web process grows: `python -m tests.benchmarks.memory [requests]`.

gunicorn with one worker and a full cache of feeds answers 500 different questions again and again; what the worker has
in memory is read before and after. DATABASE_URL names a store that `tests.benchmarks.stores` made.
"""

from __future__ import annotations

import os
import sys
import tempfile
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from tests.benchmarks.made import Made
from tests.benchmarks.made import topic_rules
from tests.benchmarks.serving import gunicorn
from tests.benchmarks.serving import serving

REQUESTS, QUESTIONS, TOPICS = 20_000, 500, 200
#: Bytes; so small that it is full before the first reading.
CACHE = 4 << 20


def main() -> None:
    """Print megabytes before and after, and what was asked."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder, "topics.toml")
        rules.write_text(topic_rules(TOPICS), "utf-8")
        environment = os.environ | {"TOPICS": str(rules), "CACHE_BYTES": str(CACHE), "WEB_CONCURRENCY": "1"}
        with serving(gunicorn("web:create_app()"), environment) as (port, process):
            asked = questions(Made(TOPICS))
            _ask(port, asked)
            before = _megabytes(process)
            for start in range(0, requests, len(asked)):
                _ask(port, asked[: requests - start])
            after = _megabytes(process)
    grown = f"{before:.1f} MB before, {after:.1f} MB after, {after - before:+.1f}"
    print(f"{requests:,} requests for {len(asked)} questions: {grown}")


def questions(made: Made) -> list[str]:
    """Feeds, pages, API answers and searches, each different."""
    kinds = (
        "/api/v1/entries?limit=5&q={word}",
        "/search.rss?q={word}+-{other}",
        "/topics/{topic}.json",
        "/api/v1/entries?limit=3&q={word}+OR+{other}&include=count",
        "/api/v1/entries?limit=2&topic={topic}&lang=en",
    )
    words = [quote(word) for word in made.words[1_000:3_000]]
    return [
        kinds[number % len(kinds)].format(
            word=words[number], other=words[-number], topic=made.topic_slugs[number % len(made.topic_slugs)]
        )
        for number in range(QUESTIONS)
    ]


def _ask(port: int, paths: list[str]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    for path in paths:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answers {answer.status}")
    connection.close()


def _megabytes(process: int) -> float:
    """What the worker of a gunicorn has in memory of its own (https://docs.kernel.org/filesystems/proc.html)."""
    worker = Path(f"/proc/{process}/task/{process}/children").read_text().split()[0]
    status = Path(f"/proc/{worker}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("RssAnon:")) / 1024


if __name__ == "__main__":
    main()
