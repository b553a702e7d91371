// A server of moto-trainingplans for the tests of a file, and its control API.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

async function freePort() {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address();
  taken.close();
  await once(taken, "close");
  return port;
}

/** Starts a server whose clock stands still at a time. */
export async function startServer(now) {
  const port = await freePort();
  const server = new Server(`http://127.0.0.1:${port}`);
  const options = ["--port", String(port), "--now", now, "--speed", "0"];
  server.process = spawn("moto-trainingplans", ["server", ...options], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  server.process.stderr.on("data", (text) => {
    log += text;
  });
  await new Promise((resolve, reject) => {
    server.process.once("error", reject);
    server.process.once("exit", () => reject(new Error(`the server has ended: ${log}`)));
    server.answers().then(resolve, reject);
  });
  return server;
}

export class Server {
  constructor(url) {
    this.url = url;
  }

  async answers() {
    for (let tries = 0; tries < 1200 && this.process.exitCode === null; tries += 1) {
      try {
        return await fetch(`${this.url}/moto-api/training-plans/clock`);
      } catch {
        await sleep(50);
      }
    }
    throw new Error(`no server has come up at ${this.url}`);
  }

  /** A call of the control object: `control("clock/tick", { delta: 3600 })`. */
  async control(call, members = {}) {
    const answer = await fetch(`${this.url}/moto-api/training-plans/${call}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(members),
    });
    const result = await answer.json();
    if (!answer.ok) {
      throw new Error(result.message);
    }
    return result;
  }

  async stop() {
    const ended = once(this.process, "exit");
    this.process.kill();
    await ended;
  }
}
