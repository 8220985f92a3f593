import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { openSls } from "../../../actors/logs/sls/open-sls.ts";
import { slsAccess } from "../../../actors/logs/sls/sls-access.ts";
import type { LogSourceSettings } from "../../../protocols/log-settings.ts";
import { SlsClient } from "../../../runtime/sls/sls-client.ts";
import { SlsLogstore } from "../../../runtime/sls/sls-logstore.ts";
import { LOGSTORE, PROJECT, SlsWorld } from "../../support/sls-world.ts";

const HOUR_MS = 3_600_000;
const OLD = { id: "STS.old", secret: "old-secret", token: "old-token", expiresAtMs: Date.now() + HOUR_MS };
const NEW = {
  id: "STS.new",
  secret: "new-secret",
  token: "new-token",
  expiresAtMs: Date.now() + 2 * HOUR_MS,
};

function written({ id, secret, token, expiresAtMs }: typeof OLD): string {
  const Expiration = new Date(expiresAtMs).toISOString();
  return JSON.stringify({ AccessKeyId: id, AccessKeySecret: secret, SecurityToken: token, Expiration });
}

describe("the key of a source", async () => {
  const world = await SlsWorld.open(1, { keys: [OLD, NEW] });
  const folder = mkdtempSync(join(tmpdir(), "banyan-keys-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const sls = { name: "shop", kind: "sls", endpoint: world.server.url, project: PROJECT } as const;

  /** A client with the key that the settings mean; time passes when the test says so. */
  function clientOf(change: Partial<LogSourceSettings>) {
    let nowMs = Date.now();
    const access = slsAccess({ ...sls, logstore: LOGSTORE, ...change }, () => nowMs);
    assert.ok(access !== undefined);
    const client = new SlsClient({ ...access, ca: access.ca() });
    after(() => client.close());
    const logstore = new SlsLogstore(client, LOGSTORE);
    const pass = (ms: number): void => void (nowMs += ms);
    return { logstore, pass, keyId: async () => (await access.credentials.current()).accessKeyId };
  }

  it("comes from a file, which is read again before its key ends", async () => {
    const keyFile = join(folder, "key.json");
    writeFileSync(keyFile, written(OLD));
    const { logstore, pass, keyId } = clientOf({ keyFile });
    assert.equal((await logstore.listShards()).length, 1);
    writeFileSync(keyFile, written(NEW));
    assert.equal(await keyId(), OLD.id);
    pass(HOUR_MS - 4 * 60_000);
    assert.equal(await keyId(), NEW.id);
  });

  it("is read again when it is refused, and a file without one is told in words without secrets", async () => {
    const keyFile = join(folder, "other.json");
    writeFileSync(keyFile, written({ ...OLD, token: "withdrawn" }));
    const { logstore, pass } = clientOf({ keyFile });
    await assert.rejects(logstore.listShards(), { code: "Unauthorized" });
    pass(11_000);
    writeFileSync(keyFile, written(NEW));
    assert.equal((await logstore.listShards()).length, 1);
    writeFileSync(keyFile, "not the key but my-secret");
    const { logstore: other } = clientOf({ keyFile });
    await assert.rejects(other.listShards(), (error: Error) => {
      assert.match(
        error.message,
        /^noCredentials: there is no key to sign with: the file .*other.json gives no key/,
      );
      assert.doesNotMatch(error.message, /my-secret/);
      return true;
    });
  });

  it("is told when it is refused, and so is a logstore that is not there, with those that are", async () => {
    const key = { keyId: OLD.id, keySecret: OLD.secret };
    const opening = { wallMs: Date.now, placeOf: () => assert.fail("nothing is shared") };
    const refused = openSls({ ...sls, logstore: LOGSTORE, ...key }, opening);
    await assert.rejects(refused?.partitions(AbortSignal.timeout(5_000)) ?? assert.fail(), {
      code: "Unauthorized",
      remedy: "escalate",
      message: /security token/,
    });
    const keyFile = join(folder, "good.json");
    writeFileSync(keyFile, written(NEW));
    const unknown = openSls({ ...sls, logstore: "ngnix", keyFile }, opening);
    await assert.rejects(unknown?.partitions(AbortSignal.timeout(5_000)) ?? assert.fail(), {
      code: "LogStoreNotExist",
      remedy: "wait",
      message: `LogStoreNotExist: logstore ngnix does not exist; the project has ${LOGSTORE}`,
    });
    for (const source of [refused, unknown]) source?.close();
  });

  it("comes from the role of the machine, asked for with a token where the machine has one, and signed by v4", async () => {
    for (const hasToken of [true, false]) {
      const metadata = await startMetadata(hasToken);
      const metadataUrl = `http://127.0.0.1:${(metadata.address() as AddressInfo).port}`;
      const role = { keyRole: "reader", metadataUrl, signature: "v4", region: "cn-hangzhou" } as const;
      assert.equal((await clientOf(role).logstore.listShards()).length, 1);
      const stranger = clientOf({ ...role, keyRole: "stranger" });
      await assert.rejects(stranger.logstore.listShards(), {
        code: "noCredentials",
        remedy: "renewCredentials",
        message: /gives no key of the role stranger: it answered 404/,
      });
    }
  });
});

/** A machine's metadata service; with tokens, nothing is said without one. */
async function startMetadata(hasToken: boolean): Promise<Server> {
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const isKnown = !hasToken || headers["x-aliyun-ecs-metadata-token"] === "a-token";
    if (method === "PUT" && url === "/latest/api/token" && hasToken) {
      const seconds = headers["x-aliyun-ecs-metadata-token-ttl-seconds"];
      response.writeHead(seconds === undefined ? 400 : 200).end("a-token");
    } else if (!isKnown) response.writeHead(403).end();
    else if (url === "/latest/meta-data/ram/security-credentials/reader") response.end(written(NEW));
    else response.writeHead(404).end();
  });
  after(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
