import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Type from "typebox";
import { defineProtocol } from "../../../protocols/protocol.ts";
import type { Reference } from "../../../protocols/reference.ts";
import { defineActor } from "../../../runtime/actor/define-actor.ts";
import { Fault } from "../../../runtime/fault.ts";
import { behaviourKit } from "../../support/behaviour-kit.ts";
import { effectsOf } from "../../support/effect.ts";
import { Probe } from "../../support/probe.ts";

const LampProtocol = defineProtocol({
  name: "lamp",
  version: 1,
  tell: { light: { watts: Type.Integer() } },
  ask: { measure: { request: {}, reply: { measured: { lux: Type.Number() }, broken: {} } } },
});

const ClerkProtocol = defineProtocol({
  name: "clerk",
  version: 1,
  tell: {
    note: { text: Type.String() },
    remind: { inMs: Type.Number() },
    forget: {},
    hire: {},
    fire: {},
    fail: {},
    close: {},
    hold: {},
    release: {},
  },
  ask: {
    count: { request: {}, reply: { counted: { notes: Type.Integer() } } },
    lux: { request: {}, reply: { read: { lux: Type.Number() }, unreadable: { why: Type.String() } } },
    silence: { request: {}, reply: { said: {} } },
    later: { request: {}, reply: { done: {} } },
  },
  self: { reminded: {}, lampGone: {}, read: { lux: Type.Number() } },
});

interface ClerkState {
  readonly notes: string[];
  readonly lamp: Reference<typeof LampProtocol>;
  isHolding: boolean;
  answerLater?: () => void;
}

const Lamp = defineActor({
  protocol: LampProtocol,
  initialState: () => undefined,
  handlers: { light: () => {}, measure: () => {} },
});

const Clerk = defineActor({
  protocol: ClerkProtocol,
  initialState: ({ lamp }: { lamp: Reference<typeof LampProtocol> }, context): ClerkState => {
    context.watch(lamp, { kind: "lampGone" });
    return { notes: [], lamp, isHolding: false };
  },
  handOver: {
    version: 1,
    dump: ({ notes }: ClerkState) => notes,
    load: (data, { lamp }) => ({ notes: data as string[], lamp, isHolding: false }),
  },
  handlers: {
    note(state, { text }, context) {
      if (state.isHolding) return context.stash();
      state.notes.push(text);
    },
    remind(_state, { inMs }, context) {
      context.startTimer("reminder", inMs, { kind: "reminded" });
    },
    reminded(state, _message, context) {
      state.notes.push(`reminded at ${context.nowMs()}`);
      context.tell(state.lamp, { kind: "light", watts: 40 });
    },
    forget(_state, _message, context) {
      context.stopTimer("reminder");
    },
    hire(_state, _message, context) {
      context.tell(context.spawn(Lamp, "desk"), { kind: "light", watts: 5 });
    },
    fire(_state, _message, context) {
      for (const child of context.children().values()) context.stopChild(child);
    },
    fail() {
      throw new Error("spilt coffee");
    },
    close(_state, _message, context) {
      context.stopSelf();
    },
    hold: (state) => ({ ...state, isHolding: true }),
    release(state, _message, context) {
      state.isHolding = false;
      context.unstashAll();
    },
    lampGone: (state) => void state.notes.push("dark"),
    read: (state, { lux }) => void state.notes.push(`${lux} lux`),
    count: (state, _message, context) => context.reply({ kind: "counted", notes: state.notes.length }),
    async lux(state, _message, context) {
      const reply = await context
        .ask(state.lamp, { kind: "measure" }, { deadlineMs: 100 })
        .catch((fault: unknown) => fault as Fault);
      if (reply instanceof Fault) return context.reply({ kind: "unreadable", why: reply.code });
      if (reply.kind === "broken") return context.reply({ kind: "unreadable", why: "broken" });
      context.reply({ kind: "read", lux: reply.lux });
    },
    silence: () => {},
    later(state, _message, context) {
      const later = context.replyLater();
      state.answerLater = () => later.reply({ kind: "done" });
    },
  },
  describe: (state) => ({ notes: state.notes.length }),
});

function desk() {
  const lamp = new Probe(LampProtocol, "/lamp");
  return { lamp, kit: behaviourKit(Clerk, { args: { lamp } }) };
}

const notesOf = (kit: { state: unknown }): string[] => (kit.state as ClerkState).notes;

describe("the behaviour kit", () => {
  it("handles a message at once and shows the state", async () => {
    const { kit } = desk();
    kit.tell({ kind: "note", text: "milk" });
    assert.deepEqual(notesOf(kit), ["milk"]);
    assert.deepEqual(kit.description, { notes: 1 });
    assert.deepEqual(await kit.ask({ kind: "count" }), { kind: "counted", notes: 1 });
  });

  it("returns the effects in their order and forgets them", () => {
    const { kit, lamp } = desk();
    kit.tell({ kind: "remind", inMs: 50 });
    kit.tell({ kind: "forget" });
    kit.tell({ kind: "hire" });
    kit.tell({ kind: "fire" });
    const child = effectsOf(
      kit.takeEffects(),
      "watched",
      "timerStarted",
      "timerStopped",
      "spawned",
      "told",
      "childStopped",
    ).map((effect) => ("to" in effect ? { ...effect, to: effect.to.address } : effect));
    assert.deepEqual(child, [
      { kind: "watched", target: lamp, message: { kind: "lampGone" } },
      { kind: "timerStarted", name: "reminder", delayMs: 50, message: { kind: "reminded" } },
      { kind: "timerStopped", name: "reminder" },
      { kind: "spawned", name: "desk", type: "lamp", args: undefined },
      { kind: "told", to: "/clerk/desk", message: { kind: "light", watts: 5 } },
      { kind: "childStopped", name: "desk" },
    ]);
    assert.deepEqual(kit.takeEffects(), []);
  });

  it("fires timers when their time has come, not before", () => {
    const { kit, lamp } = desk();
    kit.tell({ kind: "remind", inMs: 50 });
    kit.advance(49);
    assert.deepEqual(notesOf(kit), []);
    kit.advance(1);
    assert.deepEqual(notesOf(kit), ["reminded at 50"]);
    assert.deepEqual(lamp.takeTold(), [{ kind: "light", watts: 40 }]);
    assert.deepEqual(kit.timers, []);
  });

  it("lets the test answer what the actor asks", async () => {
    const { kit, lamp } = desk();
    const reply = kit.ask({ kind: "lux" });
    lamp.question("measure").answer({ kind: "measured", lux: 300 });
    assert.deepEqual(await reply, { kind: "read", lux: 300 });
    assert.throws(() => lamp.question("measure"), /was not asked/);
  });

  it("keeps later mail waiting while a handler awaits", async () => {
    const { kit, lamp } = desk();
    const reply = kit.ask({ kind: "lux" });
    kit.tell({ kind: "note", text: "after" });
    assert.deepEqual(notesOf(kit), []);
    lamp.question("measure").answer({ kind: "broken" });
    await kit.idle();
    assert.deepEqual(notesOf(kit), ["after"]);
    assert.deepEqual(await reply, { kind: "unreadable", why: "broken" });
  });

  it("ends a question by its deadline, and at once when the receiver is gone or busy", async () => {
    const { kit, lamp } = desk();
    const late = kit.ask({ kind: "lux" });
    kit.advance(100);
    assert.deepEqual(await late, { kind: "unreadable", why: "askTimeout" });
    lamp.verdict = "busy";
    assert.deepEqual(await kit.ask({ kind: "lux" }), { kind: "unreadable", why: "mailboxFull" });
    lamp.verdict = "gone";
    assert.deepEqual(await kit.ask({ kind: "lux" }), { kind: "unreadable", why: "actorGone" });
  });

  it("tells a watcher once that a probe has stopped", () => {
    const { kit, lamp } = desk();
    kit.stopProbe(lamp);
    kit.stopProbe(lamp);
    assert.deepEqual(notesOf(kit), ["dark"]);
  });

  it("puts stashed mail back in front", () => {
    const { kit } = desk();
    kit.tell({ kind: "hold" });
    kit.tell({ kind: "note", text: "one" });
    kit.tell({ kind: "note", text: "two" });
    assert.deepEqual(notesOf(kit), []);
    kit.tell({ kind: "release" });
    assert.deepEqual(notesOf(kit), ["one", "two"]);
  });

  it("refuses a question that nobody answers, and lets a later turn answer", async () => {
    const { kit } = desk();
    await assert.rejects(kit.ask({ kind: "silence" }), { code: "noReply" });
    const later = kit.ask({ kind: "later" });
    (kit.state as ClerkState).answerLater?.();
    assert.deepEqual(await later, { kind: "done" });
    assert.throws(() => (kit.state as ClerkState).answerLater?.(), /twice/);
  });

  it("shows the test what a handler threw, and stands still until the restart", async () => {
    const { kit } = desk();
    kit.tell({ kind: "note", text: "lost with its life" });
    assert.throws(() => kit.tell({ kind: "fail" }), /spilt coffee/);
    assert.throws(() => kit.tell({ kind: "note", text: "kept" }), /spilt coffee/);
    await kit.restart();
    assert.deepEqual(notesOf(kit), ["kept"]);
  });

  it("ends the life of an actor that stops itself: timers are gone, senders hear it, its context is void", async () => {
    const { kit } = desk();
    kit.tell({ kind: "remind", inMs: 50 });
    kit.tell({ kind: "close" });
    await kit.idle();
    assert.ok(kit.isStopped);
    assert.deepEqual(kit.timers, []);
    assert.equal(kit.tell({ kind: "note", text: "late" }), "gone");
    await assert.rejects(kit.ask({ kind: "count" }), { code: "actorGone" });
  });

  it("lets an actor go on with what it has handed over, until it is restarted", async () => {
    const { kit } = desk();
    kit.tell({ kind: "note", text: "kept" });
    const heirloom = kit.dump();
    kit.tell({ kind: "note", text: "too late" });
    const lamp = new Probe(LampProtocol, "/lamp");
    const successor = behaviourKit(Clerk, { args: { lamp }, heirloom });
    assert.deepEqual(notesOf(successor), ["kept"]);
    await successor.restart();
    assert.deepEqual(notesOf(successor), []);
  });

  it("keeps all mail until a state has come that has to be fetched, and fails when it does not come", async () => {
    const Reader = defineActor({
      protocol: LampProtocol,
      initialState: async (
        { lamp }: { readonly lamp: Reference<typeof LampProtocol> },
        context,
      ): Promise<{ lux: number }> => {
        const measured = await context.ask(lamp, { kind: "measure" });
        if (measured.kind === "broken") throw new Error("too dark to begin");
        return { lux: measured.lux };
      },
      handlers: {
        light: (state, { watts }) => void (state.lux += watts),
        measure: ({ lux }, _message, context) => context.reply({ kind: "measured", lux }),
      },
    });
    const lamp = new Probe(LampProtocol, "/lamp");
    const kit = behaviourKit(Reader, { args: { lamp } });
    kit.tell({ kind: "light", watts: 10 });
    const measuring = kit.ask({ kind: "measure" });
    lamp.question("measure").answer({ kind: "measured", lux: 400 });
    assert.deepEqual(await measuring, { kind: "measured", lux: 410 });
    const dark = behaviourKit(Reader, { args: { lamp } });
    lamp.question("measure").answer({ kind: "broken" });
    await assert.rejects(dark.idle(), /too dark/);
  });

  it("refuses what a probe's protocol does not know", () => {
    const probe = new Probe(LampProtocol, "/lamp");
    assert.throws(() => probe.deliver({ kind: "measure" }, undefined), /has no "measure" to be told/);
  });
});
