import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { isGenuine } from "../../../runtime/webhooks/webhook-signature.ts";
import { eventually } from "../../support/eventually.ts";
import { HttpReceiver } from "../../support/http-receiver.ts";
import { banyan, startNode, workplace } from "../../support/node-process.ts";
import type { NodeProcess, Workplace } from "../../support/node-process.ts";

const SECRET = "a secret of a test";

interface Told {
  readonly type: string;
  readonly data: {
    readonly node: string;
    readonly alarm: { readonly key: string; readonly summary: string };
  };
}

describe("the alarms of a node in processes of its own", () => {
  let place: Workplace;
  let receiver: HttpReceiver;
  let node: NodeProcess;

  before(async () => {
    receiver = await new HttpReceiver().open();
    place = workplace();
    const yaml = `alarms:
  quietMs: 3600000
  channels:
    - { name: hook, kind: webhook, url: "${receiver.url}/alarms?key=key-of-a-test", secret: "${SECRET}" }
    - { name: chat, kind: wecom, url: "${receiver.url}/wecom" }
  routes:
    critical: [log, hook]
    warning: [log, chat]
`;
    writeFileSync(join(place.folder, "banyan.yaml"), yaml);
    node = await startNode(place.folder);
  });
  after(async () => {
    await node.stop();
    await receiver.close();
    place.remove();
  });

  // A busy machine raises warnings of its own, which go to the other channel.
  const hooked = () => receiver.received.filter(({ target }) => target.startsWith("/alarms"));
  const told = () => hooked().map(({ body }) => JSON.parse(body) as Told);
  const toldOf = (key: string) => told().flatMap(({ type, data }) => (data.alarm.key === key ? [type] : []));

  it("tell that a worker was killed, although the one who is killed cannot", async () => {
    const pid = node.workerPid();
    process.kill(pid, "SIGKILL");
    await eventually(() => toldOf("worker.died:1"), ["alarm.raised"]);
    const [got] = hooked();
    assert.ok(got !== undefined && isGenuine(SECRET, got, Date.now()));
    const [first] = told();
    assert.equal(first?.data.node, "banyan");
    assert.match(first?.data.alarm.summary ?? "", /has died/);
  });

  it("are listed, acknowledged and closed by operators, who are written down", async () => {
    const listed = await banyan(place.folder, ["alarms"]);
    assert.equal(listed.code, 0, listed.stderr);
    assert.match(listed.stdout, /^critical {2}worker\.died:1$/m);
    assert.match(listed.stdout, /hook +webhook +1 delivered, 0 waiting, 0 lost, last: HTTP 204/);
    const acknowledged = await banyan(place.folder, ["alarms", "ack", "worker.died:1"]);
    assert.equal(acknowledged.stdout, "worker.died:1: acknowledged\n", acknowledged.stderr);
    const closed = await banyan(place.folder, ["alarms", "close", "worker.died:1"]);
    assert.equal(closed.code, 0, closed.stderr);
    await eventually(() => toldOf("worker.died:1"), ["alarm.raised", "alarm.recovered"]);
    const unknown = await banyan(place.folder, ["alarms", "ack", "worker.died:1"]);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /no alarm with the key worker\.died:1 is active/);
    const audit = readFileSync(join(node.dataDir, "audit.jsonl"), "utf8");
    assert.match(audit, /"act":"acknowledge","target":"worker\.died:1"/);
  });

  it("can be tested through every channel, and each says what it answered", async () => {
    receiver.answer = ({ target }) =>
      target === "/wecom"
        ? { status: 200, body: { errcode: 93_000, errmsg: "invalid webhook url" } }
        : { status: 202 };
    const tested = await banyan(place.folder, ["alarms", "test"]);
    assert.match(tested.stdout, /^hook +webhook +delivered +HTTP 202$/m);
    assert.match(tested.stdout, /^chat +wecom +rejected +code 93000: invalid webhook url$/m);
    assert.equal(tested.code, 1);
    const one = await banyan(place.folder, ["alarms", "test", "--channel", "hook"]);
    assert.equal(one.code, 0, one.stderr);
  });

  it("never show a secret: not in the log, and not to operators", async () => {
    const { body } = await node.get("/v1/alarms");
    const seen = [node.process.stdout, node.process.stderr, JSON.stringify(body)].join("\n");
    assert.doesNotMatch(seen, /key-of-a-test|a secret of a test/);
  });

  it("are numbers too", async () => {
    const delivered = async () => {
      const { body } = await node.get("/metrics");
      const line = /^banyan_alarm_messages_total\{channel="hook",outcome="delivered"\} (\d+)$/m;
      return Number(line.exec(String(body))?.[1]);
    };
    await eventually(delivered, 2);
  });
});
