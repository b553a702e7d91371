"""What an editor asks of a language server: completions at a place in a file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any


class LanguageServer:
    """A language server over its standard streams, with one file open in it."""

    def __init__(self, command: list[str], file: Path) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=file.parent
        )
        self._file = file
        self._asked = 0
        folder = {"uri": file.parent.as_uri(), "name": "project"}
        self._ask(
            "initialize",
            {
                "processId": None,
                "rootUri": folder["uri"],
                "workspaceFolders": [folder],
                "capabilities": {"workspace": {"configuration": False}},
            },
        )
        self._tell("initialized", {})
        self._tell(
            "textDocument/didOpen",
            {
                "textDocument": {
                    "uri": file.as_uri(),
                    "languageId": "python",
                    "version": 1,
                    "text": file.read_text(encoding="utf-8"),
                }
            },
        )

    def completions(self, line: int, column: int) -> set[str]:
        """What may be typed there, line and column counted from 0."""
        answer = self._ask(
            "textDocument/completion",
            {
                "textDocument": {"uri": self._file.as_uri()},
                "position": {"line": line, "character": column},
            },
        )
        items = answer["items"] if isinstance(answer, dict) else answer or []
        return {item["label"] for item in items}

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        while True:
            message = self._receive()
            if "method" in message and "id" in message:
                # It asks in its turn, for settings mostly; there are none.
                items = message.get("params", {}).get("items", [])
                self._send({"id": message["id"], "result": [None] * len(items)})
            elif message.get("id") == self._asked:
                return message["result"]

    def _tell(self, method: str, params: dict[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while (header := self._process.stdout.readline().strip()) != b"":
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
        if not length:
            raise EOFError("the language server has ended")
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message
