"""The clock of a command that fetches."""

from __future__ import annotations

import signal
import threading
from datetime import UTC
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapers.fetch import Clock


def system_clock() -> Clock:
    """The system's clock; a signal to stop ends every wait."""
    from scrapers.fetch import Clock

    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    return Clock(lambda: datetime.now(UTC), asked.wait, asked.is_set)
