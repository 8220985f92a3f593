import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { Refusal } from "../refusal.ts";
import { OwnProcess } from "./child-process.ts";

/** How it is set up: as a cluster needs it. */
const SETTINGS = [
  ["bind", "127.0.0.1"],
  ["save", ""],
  ["appendonly", "yes"],
  ["appendfsync", "always"],
  ["maxmemory-policy", "noeviction"],
] as const;
const READY = /Ready to accept connections/;
const LAST_LINES = 5;

/** A redis-server for the time of one run: on loopback, on a free port, in a folder of its own. */
export class OwnRedis {
  readonly url: string;

  private constructor(port: number) {
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** Starts it and tells its process at once; it takes commands when this resolves. @throws Refusal when there is no redis-server, or it does not start */
  static async start(folder: string, onProcess: (server: OwnProcess) => void): Promise<OwnRedis> {
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const said: string[] = [];
    let ready = (): void => undefined;
    const isReady = new Promise<void>((resolve) => (ready = resolve));
    const server = new OwnProcess({
      command: "redis-server",
      words: ["--port", String(port), ...SETTINGS.flatMap(([name, value]) => [`--${name}`, value])],
      folder,
      onLine: (line) => {
        said.push(line);
        said.splice(0, said.length - LAST_LINES);
        if (READY.test(line)) ready();
      },
    });
    onProcess(server);
    const end = await Promise.race([isReady, server.ended]);
    if (end === undefined) return new OwnRedis(port);
    if (/ENOENT/.test(end)) {
      throw new Refusal("unavailable", "redis-server is missing: sudo apt-get install redis-server");
    }
    throw new Refusal("failed", `redis-server does not start (${end}):\n${said.join("\n")}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
