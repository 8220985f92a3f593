import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { openDataDirectory } from "../../../deploy/data-directory.ts";
import { takeLock } from "../../../deploy/host/place/host-lock.ts";
import { readingJournal } from "../../../deploy/journal/open-for-reading.ts";
import { announceNode } from "../../../deploy/running-node.ts";
import { loadSettings } from "../../../deploy/settings.ts";

let folder: string;
before(() => void (folder = mkdtempSync(join(tmpdir(), "banyan-place-"))));
after(() => rmSync(folder, { recursive: true }));

it("a journal is read, and removed, nowhere but in the data directory, whatever answers in the node's place", async () => {
  const elsewhere = join(folder, "elsewhere");
  mkdirSync(elsewhere);
  const copies = [{ path: elsewhere, bytes: 1 }];
  const answering = createServer((_request, response) => response.end(JSON.stringify({ copies })));
  answering.listen(0, "127.0.0.1");
  await once(answering, "listening");
  const { port } = answering.address() as AddressInfo;
  const settings = loadSettings({ folder, environment: { BANYAN_OPS_TOKEN: "x".repeat(32) }, flags: [] });
  const directory = openDataDirectory(settings.dataDir);
  const lock = takeLock(settings.dataDir, "node");
  const opsUrl = `http://127.0.0.1:${port}`;
  announceNode(directory, { pid: process.pid, workers: [], opsUrl, listeners: {} });
  const read = readingJournal(settings, () => Promise.resolve());
  await assert.rejects(read, /elsewhere was named as its copy, which is not in the data directory/);
  assert.ok(existsSync(elsewhere));
  lock.release();
  answering.closeAllConnections();
  answering.close();
});
