import assert from "node:assert/strict";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { WebSocket } from "ws";
import type { HostAnswer } from "../../protocols/host.ts";
import { askHost } from "../../deploy/host/control/control-client.ts";
import { eventually } from "../support/eventually.ts";
import { eventsIn, startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";
import { ProgramCopy } from "../support/program-copy.ts";
import { untilGone, zombiesOf } from "../support/processes.ts";

/** A start takes a few seconds on a busy machine. */
const READY_WITHIN_MS = 60_000;
/** What is never ready must not take for ever. */
const NEVER_READY_WITHIN_MS = 30_000;
/** The tests of one host; without it they would run at the same time as others do. */
const IN_TURN = { concurrency: 1 };

/** A host whose code a test changes. */
class ChangingHost {
  readonly copy = new ProgramCopy();
  readonly place: Workplace = workplace();
  #node: NodeProcess | undefined = undefined;

  async start(settings: Readonly<Record<string, number>> = {}): Promise<void> {
    const all = { readyWithinMs: READY_WITHIN_MS, ...settings };
    const words = Object.entries(all).flatMap(([name, value]) => ["--set", `host.${name}=${value}`]);
    this.#node = await startNode(this.place.folder, words, {}, this.copy.cli);
  }

  async stop(): Promise<void> {
    await this.#node?.stop();
    this.place.remove();
    this.copy.remove();
  }

  get node(): NodeProcess {
    assert.ok(this.#node);
    return this.#node;
  }

  get web(): string {
    return this.node.listeners["web"] ?? "";
  }

  seen(event: string): Record<string, unknown>[] {
    return eventsIn(this.node.process.stdout, event);
  }

  /** Waits until an event has come as often. */
  until(event: string, times: number): Promise<true> {
    return this.node.process.until(() => (this.seen(event).length >= times ? true : undefined));
  }

  reload(): Promise<HostAnswer> {
    return askHost(this.node.dataDir, { kind: "reload" });
  }

  async reloadDone(): Promise<void> {
    const answer = await this.reload();
    assert.equal(answer.kind, "done", JSON.stringify(answer));
  }

  /** Reloads and says why that was refused. */
  async reloadRefused(): Promise<string> {
    return refusal(await this.reload());
  }

  /** A client that says what happens to it. */
  async client(): Promise<WebSocket> {
    const socket = new WebSocket(`${this.web.replace("http", "ws")}/chatroom`);
    await once(socket, "open");
    return socket;
  }
}

function refusal(answer: HostAnswer): string {
  assert.equal(answer.kind, "refused", JSON.stringify(answer));
  return answer.kind === "refused" ? `${answer.code}: ${answer.text}` : "";
}

function heard(socket: WebSocket, kind: string): Promise<void> {
  return new Promise((resolve) => {
    socket.on("message", (data: Buffer) => {
      if ((JSON.parse(data.toString()) as { kind: string }).kind === kind) resolve();
    });
  });
}

/** Reloads code that is broken in some way; afterwards it is as it was. */
async function reloadBroken(
  host: ChangingHost,
  [file, breakIt, why]: readonly [string, (text: string) => string, RegExp],
): Promise<void> {
  const old = host.node.workerPid();
  const refusals = host.seen("reload.refused").length;
  const socket = await host.client();
  let closed = false;
  socket.once("close", () => (closed = true));
  const restore = host.copy.change(file, breakIt);
  const text = await host.reloadRefused();
  restore();
  assert.match(text, /^unfit: /);
  assert.match(text, why);
  assert.match(text, new RegExp(`process ${old} serves on as before`));
  assert.equal(host.node.workerPid(), old);
  await eventually(() => host.seen("reload.refused").length, refusals + 1);
  assert.equal((await host.node.get("/readyz")).status, 200);
  assert.equal(closed, false);
  socket.close();
}

/** Reloads code that was repaired. */
async function reloadRepaired(host: ChangingHost): Promise<void> {
  const old = host.node.workerPid();
  await host.reloadDone();
  await untilGone(old);
}

// At the same time: most of it is waiting for what never comes.
describe("a host whose code and settings change", { concurrency: 3 }, () => {
  describe("at a reload", IN_TURN, () => {
    const host = new ChangingHost();
    before(() => host.start());
    after(() => host.stop());

    it("runs the code and the settings that lie on the disk now, on the same ports", async () => {
      const settings = join(host.place.folder, "banyan.yaml");
      writeFileSync(settings, "log: { level: debug }\nlimits: { burst: 201 }\n");
      const old = host.node.workerPid();
      const edit = (text: string) => text.replace(/return /, 'return "9.9.9" || ');
      const restore = host.copy.change("deploy/version.js", edit);
      await host.reloadDone();
      restore();
      rmSync(settings);
      assert.notEqual(host.node.workerPid(), old);
      await untilGone(old);
      const versions = () => host.seen("worker.serving").map(({ version }) => version === "9.9.9");
      await eventually(versions, [false, true]);
      await eventually(() => host.seen("worker.rehearsed").length, 1);
      assert.equal((await host.node.get("/readyz")).status, 200);
      await eventually(() => zombiesOf(host.node.process.child.pid ?? 0), []);
    });

    it("comes by signal too", async () => {
      for (const signal of ["SIGUSR2", "SIGHUP", "SIGUSR1"] as const) {
        const done = host.seen("reload.done").length;
        host.node.process.child.kill(signal);
        await host.until("reload.done", done + 1);
      }
      assert.equal((await host.node.get("/readyz")).status, 200);
    });

    it("refuses another one meanwhile", async () => {
      const begun = host.seen("reload.begun").length;
      const [first, second] = await Promise.all([host.reload(), host.reload()]);
      assert.equal(first.kind, "done", JSON.stringify(first));
      assert.match(refusal(second), /^alreadyReloading: /);
      await eventually(() => host.seen("reload.begun").length, begun + 1);
    });

    const broken: readonly (readonly [string, string, (text: string) => string, RegExp])[] = [
      ["a syntax error", "actors/rooms/room.js", (text) => `${text}\nconst = ;`, /SyntaxError|syntax/],
      [
        "a throw at its start",
        "actors/rooms/feature.js",
        (text) => `${text}\nthrow new Error("no room for rooms");`,
        /no room for rooms/,
      ],
      ["a file that is missing", "actors/rooms/room.js", () => 'import "./nowhere.js";', /nowhere\.js/],
    ];
    for (const [name, ...way] of broken) {
      it(`with ${name} keeps the old worker, its clients, and says why`, () => reloadBroken(host, way));
    }

    it("takes what was repaired", () => reloadRepaired(host));

    it("with refused settings says which, in words", async () => {
      const file = join(host.place.folder, "banyan.yaml");
      writeFileSync(file, "limits: { burst: many }\n");
      assert.match(await host.reloadRefused(), /^unfit: .*\n.*banyan\.yaml:1:18: limits\.burst is "many"/);
      writeFileSync(file, "dataDir: elsewhere\n");
      assert.match(await host.reloadRefused(), /dataDir is now .*elsewhere, and the host runs in /);
      writeFileSync(file, "");
      await host.reloadDone();
    });

    it("whose new worker dies is off: the old one serves on, and its clients notice nothing", async () => {
      const old = host.node.workerPid();
      const socket = await host.client();
      let closed = false;
      socket.once("close", () => (closed = true));
      const die = 'async #adopt() { process.kill(process.pid, "SIGKILL");';
      const edit = (text: string) => text.replace("async #adopt() {", die);
      const restore = host.copy.change("deploy/worker-life.js", edit);
      assert.match(
        await host.reloadRefused(),
        /^notHandedOver: .*was killed by SIGKILL.*serves on as before$/,
      );
      restore();
      assert.equal(host.node.workerPid(), old);
      const subscribed = heard(socket, "subscribed");
      socket.send(JSON.stringify({ kind: "subscribe", id: 1, room: "chat/lobby" }));
      await subscribed;
      assert.equal(closed, false);
      assert.equal((await fetch(`${host.web}/`)).status, 200);
      socket.close();
    });

    it("whose old worker dies on the way leaves the new one to serve", async () => {
      const die = 'async #handOver() { process.kill(process.pid, "SIGKILL");';
      const edit = (text: string) => text.replace("async #handOver() {", die);
      const restore = host.copy.change("deploy/worker-life.js", edit);
      await host.reloadDone();
      restore();
      const old = host.node.workerPid();
      await host.reloadDone();
      await eventually(() => host.seen("worker.died").at(-1)?.["pid"], old);
      await untilGone(old);
      assert.notEqual(host.node.workerPid(), old);
      assert.equal((await fetch(`${host.web}/`)).status, 200);
    });
  });

  describe("to code that never becomes ready", IN_TURN, () => {
    const host = new ChangingHost();
    before(() => host.start({ readyWithinMs: NEVER_READY_WITHIN_MS }));
    after(() => host.stop());

    it("keeps the old worker, its clients, and says why; what was repaired is taken", async () => {
      await reloadBroken(host, [
        "deploy/worker-life.js",
        (text) =>
          text.replace("await this.#assembled.node.prepare();", "await new Promise(() => undefined);"),
        /was not prepared within 30000 ms/,
      ]);
      await reloadRepaired(host);
    });
  });

  describe("to code that cannot start, after a worker has died", IN_TURN, () => {
    const host = new ChangingHost();
    before(() => host.start({ restarts: 3, restartAfterMaxMs: 200, retryEveryMs: 600_000 }));
    after(() => host.stop());

    it("is tried a few times and then only now and then, until an operator has repaired it", async () => {
      const edit = (text: string) => `${text}\nthrow new Error("broken");`;
      const restore = host.copy.change("actors/rooms/feature.js", edit);
      process.kill(host.node.workerPid(), "SIGKILL");
      await host.node.process.until(() =>
        host.seen("worker.restarting").some(({ isSlow }) => isSlow) ? true : undefined,
      );
      assert.equal(host.seen("worker.restarting").length, 4);
      assert.equal(host.seen("worker.started").length, 1 + 3);
      // Nobody serves, and no port refuses: who comes now waits.
      const waiting = fetch(`${host.web}/`);
      assert.match(await host.reloadRefused(), /^unfit: [^]*broken[^]*nobody serves/);
      restore();
      // The slow try would come in ten minutes; nobody has to wait for it who has repaired something.
      await host.until("worker.restarting", 5);
      await host.reloadDone();
      assert.equal((await waiting).status, 200);
    });
  });
});
