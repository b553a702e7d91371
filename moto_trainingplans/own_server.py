"""A server of this process's own: `moto-trainingplans server` on a free port, ended with it.

Run as a module it is that server, which ends when nobody holds its input open any more.
"""

from __future__ import annotations

import os
import re
import runpy
import signal
import subprocess
import sys
import threading
from queue import Empty, Queue

START_TIMEOUT = 60.0
STOP_TIMEOUT = 20.0


class OwnServer:
    """A server on 127.0.0.1, at `url`, until `stop` or the end of this process, however it ends.

    Raises RuntimeError, with what the server said, if it does not start within a minute.
    """

    def __init__(self) -> None:
        # Its input is a pipe into which nothing is written: the system closes it with us.
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._said: Queue[str | None] = Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.url = self._wait_for_url()

    def _read(self) -> None:
        # To the end: a full pipe would hold the server up.
        assert self._process.stdout is not None
        starting = True
        for line in self._process.stdout:
            if starting:
                self._said.put(line)
                starting = "http://" not in line
        self._said.put(None)

    def _wait_for_url(self) -> str:
        said: list[str] = []
        try:
            while (line := self._said.get(timeout=START_TIMEOUT)) is not None:
                said.append(line)
                if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                    return found[0]
        except Empty:
            said.append(f"nothing more for {START_TIMEOUT:.0f} seconds")
        self.stop()
        raise RuntimeError(f"the server of these tests did not start: {''.join(said).strip()}")

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()


def _end_with_the_input() -> None:
    # Not through sys.stdin, whose lock the interpreter wants at its end.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_input, daemon=True).start()
    sys.argv = ["moto-trainingplans", "server", "-p", "0"]
    runpy.run_module("moto_trainingplans", run_name="__main__")
