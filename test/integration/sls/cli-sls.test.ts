import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { decodeLogGroups } from "../../../runtime/sls/decode-log-groups.ts";
import { ServerClock } from "../../../runtime/sls/server-clock.ts";
import { SlsClient } from "../../../runtime/sls/sls-client.ts";
import { parseEndpoint } from "../../../runtime/sls/sls-endpoint.ts";
import { SlsLogstore } from "../../../runtime/sls/sls-logstore.ts";
import { Banyan, banyan, workplace } from "../../support/node-process.ts";
import { keeperOf } from "../../support/sls-world.ts";

const LINES = 1500;

describe("banyan dev sls and banyan logs put", () => {
  const place = workplace();
  let server: Banyan;
  let url = "";
  let key = { id: "", secret: "" };

  before(async () => {
    server = new Banyan(place.folder, ["dev", "sls", "--port", "0", "--shards", "1"]);
    const find = (pattern: RegExp) => server.until((stdout) => pattern.exec(stdout)?.[1]);
    url = await find(/listens on (http:\/\/127\.0\.0\.1:\d+)/);
    key = { id: await find(/KEY_ID=(\S+)/), secret: await find(/KEY_SECRET=(\S+)/) };
  });
  after(async () => {
    server.child.kill("SIGKILL");
    await server.ended;
    place.remove();
  });

  const put = (words: readonly string[], { id, secret } = key) =>
    banyan(place.folder, ["logs", "put", "--endpoint", url, "--project", "demo", ...words], {
      ALIBABA_CLOUD_ACCESS_KEY_ID: id,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret,
    });

  it("write the lines of a file into the logstore, each once and in order", async () => {
    const lines = Array.from({ length: LINES }, (_, index) => JSON.stringify({ id: index }));
    const old = '10.0.0.1 - - [22/Nov/2016:21:45:22 +0000] "GET /a HTTP/1.1" 200 7 "-" "curl/8"';
    writeFileSync(join(place.folder, "app.log"), `${old}\n${lines.join("\n")}\nplain\n`);
    const { code, stdout, stderr } = await put(["--logstore", "nginx", "--topic", "app", "app.log"]);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      new RegExp(`^put ${LINES + 1} logs in 2 groups; left out 1 whose time .* 7 days old`),
    );
    const groups = decodeLogGroups(await everything());
    assert.deepEqual(
      groups.map(({ topic }) => topic),
      ["app", "app"],
    );
    const fields = groups.flatMap(({ logs }) => logs.map((log) => log.fields[0]));
    assert.deepEqual(fields, [...lines.map((_, index) => ["id", String(index)]), ["content", "plain"]]);
  });

  it("write into a source of the settings, and put again what was refused for now", async () => {
    writeFileSync(
      join(place.folder, "trial.yaml"),
      `logs:\n  sources:\n    - { name: trial, kind: sls, endpoint: "${url}", project: demo, logstore: nginx, keyId: ${key.id}, keySecret: ${key.secret} }\n`,
    );
    writeFileSync(join(place.folder, "one.log"), "one more");
    const fault = { kind: "error", status: 403, code: "WriteQuotaExceed", call: "put", times: 2 };
    const ordered = await fetch(`${url}/_dev/faults`, {
      method: "POST",
      headers: { authorization: `Bearer ${key.secret}` },
      body: JSON.stringify(fault),
    });
    assert.equal(ordered.status, 200);
    const { code, stderr } = await banyan(place.folder, [
      "logs",
      "put",
      "--source",
      "trial",
      "-c",
      "trial.yaml",
      "one.log",
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(decodeLogGroups(await everything()).at(-1)?.logs[0]?.fields, [["content", "one more"]]);
    const other = await banyan(place.folder, [
      "logs",
      "put",
      "--source",
      "shop",
      "-c",
      "trial.yaml",
      "one.log",
    ]);
    assert.deepEqual(
      [other.code, other.stderr],
      [2, "banyan: no source of kind sls is called shop; there is trial\n"],
    );
  });

  it("say in words why nothing was put", async () => {
    const missing = await put(["--logstore", "other", "app.log"]);
    assert.equal(missing.code, 1);
    assert.match(
      missing.stderr,
      /^banyan: LogStoreNotExist: logstore other does not exist \(0 logs were put\)\n$/,
    );
    const forged = await put(["--logstore", "nginx", "app.log"], { id: key.id, secret: "wrong" });
    assert.match(forged.stderr, /SignatureNotMatch/);
    const keyless = await banyan(place.folder, [
      "logs",
      "put",
      "--endpoint",
      url,
      "--project",
      "demo",
      "--logstore",
      "nginx",
    ]);
    assert.deepEqual([keyless.code, /there is no key: set ALIBABA_CLOUD/.test(keyless.stderr)], [78, true]);
    const unread = await put(["--logstore", "nginx", "nowhere.log"]);
    assert.match(unread.stderr, /^banyan: nowhere\.log cannot be read/);
  });

  it("end in order, and refuse a port that is taken", async () => {
    const taken = await banyan(place.folder, ["dev", "sls", "--port", new URL(url).port]);
    assert.equal(taken.code, 69);
    assert.match(taken.stderr, /cannot be had; name another with --port/);
    server.child.kill("SIGTERM");
    assert.equal((await server.ended).code, 0);
  });

  async function everything(): Promise<Uint8Array> {
    const endpoint = parseEndpoint(url);
    assert.ok(endpoint);
    const clock = new ServerClock({ wallMs: Date.now });
    const client = new SlsClient({ endpoint, project: "demo", credentials: keeperOf(key), clock });
    const logstore = new SlsLogstore(client, "nginx");
    const { body } = await logstore.pull(0, { cursor: await logstore.cursor(0, "begin"), count: 1000 });
    client.close();
    return body;
  }
});
