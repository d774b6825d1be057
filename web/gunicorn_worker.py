"""The worker of gunicorn that answers with threads, and leaves nobody at the door when it is told to stop.

gunicorn's own takes nothing new after SIGTERM, but keeps the door open until the last answer is sent: whoever connects
meanwhile waits for nothing, for up to `graceful_timeout` seconds, and is cut off.
"""

from __future__ import annotations

from contextlib import suppress

from web.patience import PatientWorker


class LeavingWorker(PatientWorker):
    """When it stops, who has come is let in and answered; then the door is shut: others go elsewhere at once."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """Called with False where there are too many connections, and once when the worker stops."""
        super().set_accept_enabled(enabled)
        if not self.alive and not enabled:
            for listener in self.sockets:
                self._let_in(listener)
                listener.close()

    def _let_in(self, listener: object) -> None:
        waiting = True
        while waiting and self.nr_conns < self.worker_connections:
            before = self.nr_conns
            with suppress(OSError):
                self.accept(listener)
            waiting = self.nr_conns > before
