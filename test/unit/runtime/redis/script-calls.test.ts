import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../../../runtime/fault.ts";
import { defineScript } from "../../../../runtime/redis/redis-script.ts";
import { ScriptCalls } from "../../../../runtime/redis/script-calls.ts";

const SCRIPT = defineScript("echo", "return ARGV[1]");

/** A server that answers when it is told to, in order, and may not know the script. */
class SlowServer {
  readonly carriedOut: unknown[] = [];
  readonly texts: unknown[] = [];
  isKnown = true;
  readonly #waiting: (() => void)[] = [];

  send = (name: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      this.#waiting.push(() => {
        if (name === "eval") this.isKnown = true;
        if (!this.isKnown) return reject(new Fault("redisRefused", { reply: "NOSCRIPT" }));
        const said = args.at(-1);
        this.texts.push(args[0]);
        this.carriedOut.push(said);
        if (said === "bad") reject(new Fault("redisRefused", { reply: "ERR" }));
        else resolve(said);
      });
    });

  async answer(count = this.#waiting.length): Promise<void> {
    for (const each of this.#waiting.splice(0, count)) each();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  }
}

function calls(server: SlowServer): (said: string) => Promise<unknown> {
  const scripts = new ScriptCalls(server.send);
  return (said) => scripts.run({ script: SCRIPT, keys: ["k"], args: [said], wantsBytes: false });
}

describe("calls of scripts", () => {
  it("send the digest alone while the server knows the script", async () => {
    const server = new SlowServer();
    const run = calls(server);
    const answers = Promise.all([run("1"), run("2")]);
    await server.answer();
    assert.deepEqual(await answers, ["1", "2"]);
    assert.deepEqual(server.texts, [SCRIPT.sha, SCRIPT.sha]);
  });

  it("send the text when the server does not know it, and keep the order of the calls", async () => {
    const server = new SlowServer();
    const run = calls(server);
    server.isKnown = false;
    const answers = [run("1"), run("2"), run("3")];
    await server.answer(1);
    // Comes while the first is known to be turned away, and others are still on their way.
    answers.push(run("4"));
    while (server.carriedOut.length < 4) await server.answer(1);
    assert.deepEqual(await Promise.all(answers), ["1", "2", "3", "4"]);
    assert.deepEqual(server.carriedOut, ["1", "2", "3", "4"]);
    assert.deepEqual(server.texts, [SCRIPT.lua, SCRIPT.lua, SCRIPT.lua, SCRIPT.sha]);
  });

  it("that fail otherwise fail alone", async () => {
    const server = new SlowServer();
    const run = calls(server);
    const bad = assert.rejects(run("bad"), { code: "redisRefused" });
    const good = run("good");
    await server.answer();
    await bad;
    assert.equal(await good, "good");
  });
});
