"""Runs in reader's own environment: takes a line of JSON, does it, answers with a line of JSON.

`{"add": [URL, …]}` begins with these feeds; `{"update": WORKERS}` updates all of them once.
Arguments: the database, and the file of certificates to trust.
"""

import json
import logging
import sys
import time
from typing import Any

import certifi

# reader goes round requests' REQUESTS_CA_BUNDLE, and trusts certifi's file alone.
certifi.where = lambda: sys.argv[2]

from reader import make_reader  # type: ignore[import-not-found,unused-ignore]  # noqa: E402


def main() -> None:
    """Answer until the input ends."""
    logging.disable(logging.CRITICAL)
    reader = make_reader(sys.argv[1])
    for line in sys.stdin:
        asked = json.loads(line)
        for url in asked.get("add", ()):
            reader.add_feed(url)
        answer = update(reader, asked["update"]) if "update" in asked else {}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def update(reader: Any, workers: int) -> dict[str, float]:
    """CPU seconds of one update of all feeds, and what became of them."""
    began = time.process_time()
    results = list(reader.update_feeds_iter(scheduled=False, workers=workers))
    spent = time.process_time() - began
    values = [result.value for result in results]
    failed = [value for value in values if isinstance(value, Exception)]
    changed = [v for v in values if v is not None and not isinstance(v, Exception)]
    return {
        "cpu": spent,
        "polled": len(values),
        "failed": len(failed),
        "new": sum(v.new for v in changed),
        "unchanged": sum(v is None for v in values),
    }


if __name__ == "__main__":
    main()
