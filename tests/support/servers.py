"""A server in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading


class RunningServer:
    """`moto-trainingplans server` on a free port of 127.0.0.1, until it is stopped.

    With `module="moto.server"` it is moto's own, without training plans.
    """

    def __init__(self, *arguments: str, module: str = "moto_trainingplans") -> None:
        command = ["server"] if module == "moto_trainingplans" else []
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *command, "-p", "0", *arguments],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.url = self._read_url()
        # Its log must be read on, or it would wait for somebody to.
        self._reader = threading.Thread(target=self._drain, daemon=True)
        self._reader.start()

    def _read_url(self) -> str:
        log = []
        assert self._process.stderr is not None
        for line in self._process.stderr:
            log.append(line)
            if found := re.search(r"Running on (http://127\.0\.0\.1:\d+)", line):
                return found[1]
        self._process.stderr.close()
        self._process.wait()
        raise RuntimeError(f"the server did not start: {''.join(log)}")

    def _drain(self) -> None:
        assert self._process.stderr is not None
        for _ in self._process.stderr:
            pass

    def stop(self) -> None:
        """End it."""
        self.signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it in the midst of whatever it does."""
        self.signal(signal.SIGKILL)

    def signal(self, number: int) -> int:
        """Send it a signal, and wait for its end: its exit code."""
        assert self._process.stderr is not None
        if not self._process.stderr.closed:
            self._process.send_signal(number)
            self._process.wait(timeout=20)
            self._reader.join()
            self._process.stderr.close()
        return self._process.returncode
