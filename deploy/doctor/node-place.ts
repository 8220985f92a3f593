import { accessSync, constants, existsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import type { NodeSettings } from "../../protocols/settings.ts";
import { DATA_VERSION, DataDirectory, dataVersion } from "../data-directory.ts";
import { Refusal } from "../refusal.ts";
import { findNode } from "../running-node.ts";
import { fail, ok, warn } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Whether a node could keep its data there. Looks only: nothing is made. */
export function checkDataDirectory(path: string): Finding {
  const subject = "data directory";
  try {
    const version = existsSync(path) ? dataVersion(path) : undefined;
    if (version !== undefined && version > DATA_VERSION) {
      const text = `${path} has version ${version}, and this banyan knows up to ${DATA_VERSION}`;
      return fail(subject, text, "start the newer banyan that wrote it, or choose another with --data-dir");
    }
    accessSync(nearestFolder(path), constants.W_OK | constants.X_OK);
    return ok(
      subject,
      existsSync(path) ? `${path}, version ${version ?? "none yet"}` : `${path} will be made`,
    );
  } catch (error) {
    const text =
      error instanceof Refusal ? error.message : `${path} cannot be written: ${(error as Error).message}`;
    return fail(subject, text, "make it writable for this user, or choose another with --data-dir");
  }
}

function nearestFolder(path: string): string {
  return existsSync(path) ? path : nearestFolder(dirname(path));
}

/** Whether each port is free. Ports of the node that runs on this data directory are its own. */
export async function checkPorts(settings: NodeSettings): Promise<Finding[]> {
  const { listeners, ops } = settings;
  const running = findNode(new DataDirectory(settings.dataDir));
  if (running !== undefined) {
    return [ok("ports", `in use by the node that is running (process ${running.pid})`)];
  }
  const wanted = [...listeners, { name: "ops", host: ops.host, port: ops.port }];
  return Promise.all(
    wanted.map(async ({ name, host, port }) =>
      describePort(name, `${host}:${port}`, await tryPort(host, port)),
    ),
  );
}

function describePort(name: string, address: string, error: NodeJS.ErrnoException | undefined): Finding {
  const subject = `port of ${name}`;
  if (error === undefined) return ok(subject, `${address} is free`);
  if (error.code === "EADDRINUSE") {
    const setting = name === "ops" ? "ops.port" : `listeners.${name}.port`;
    return fail(
      subject,
      `${address} is in use`,
      `stop what uses it (ss -ltnp), or choose another: --set ${setting}=0`,
    );
  }
  if (error.code === "EACCES") {
    return fail(subject, `${address} is not allowed for this user`, "choose a port from 1024 on");
  }
  return warn(subject, `${address}: ${error.message}`, "check the host of the listener");
}

function tryPort(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
