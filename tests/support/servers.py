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

    With `module="moto.server"` it is moto's own, without training plans; with another `python`
    what is installed there.
    """

    def __init__(
        self, *arguments: str, module: str = "moto_trainingplans", python: str = sys.executable
    ) -> None:
        command = ["server"] if module == "moto_trainingplans" else []
        self._process = subprocess.Popen(
            [python, "-m", module, *command, "-p", "0", *arguments],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._log: list[str] = []
        self.url = self._read_url()
        self.pid = self._process.pid
        # Its log must be read on, or it would wait for somebody to.
        self._reader = threading.Thread(target=self._read_on, daemon=True)
        self._reader.start()

    def log(self) -> str:
        """What it has written to standard error so far."""
        return "".join(self._log)

    def _read_url(self) -> str:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._log.append(line)
            if found := re.search(r"Running on (https?://[\d.]+:\d+)", line):
                # Whichever addresses it listens on, it is here.
                return found[1].replace("0.0.0.0", "127.0.0.1")
        self._process.stderr.close()
        self._process.wait()
        raise RuntimeError(f"the server did not start: {self.log()}")

    def _read_on(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._log.append(line)

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def wait(self) -> int:
        """Wait until it has ended; gives its exit code."""
        code = self._process.wait(timeout=20)
        self._reader.join()
        assert self._process.stderr is not None
        self._process.stderr.close()
        return code

    def stop(self) -> None:
        """End it."""
        self.signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it in the midst of whatever it does."""
        self.signal(signal.SIGKILL)

    def signal(self, number: int) -> int:
        """Send it a signal, and wait for its end: its exit code."""
        assert self._process.stderr is not None
        if self._process.stderr.closed:
            return self._process.returncode
        self.send_signal(number)
        return self.wait()
