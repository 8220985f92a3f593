import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EndReason } from "../../../../runtime/actor/define-actor.ts";
import type { Heirloom } from "../../../../runtime/kernel/heirloom.ts";
import { endOf } from "../../../support/ask-end.ts";
import { answer, crash, gate, newNotes, note, question, script, work } from "../../../support/script.ts";
import type { ScriptContext, ScriptParts, ScriptState } from "../../../support/script.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

/** Hands its notes over, and begins with them there. */
const keeping: ScriptParts = {
  handOver: { version: 1, dump: ({ notes }) => notes, load: (data) => ({ notes: data as string[] }) },
};

/** A supervisor whose children are known by name only; they are started again when it is loaded. */
function family(child: ScriptParts): ScriptParts {
  const begin = (names: readonly string[], context: ScriptContext): ScriptState => {
    for (const name of names) context.spawn(script(child), name);
    return { notes: [...names] };
  };
  return {
    initialState: (_args, context) => begin([], context),
    handOver: {
      version: 1,
      dump: ({ notes }) => notes,
      load: (data, _args, context) => begin(data as string[], context),
    },
  };
}

const adopt = (name: string) =>
  work((context, state) => {
    context.spawn(script(keeping), name);
    state.notes.push(name);
  });

async function dumped(virtual: VirtualSystem, withinMs = 100): Promise<Heirloom[]> {
  let heirlooms: Heirloom[] | undefined;
  void virtual.system.dump({ withinMs }).then((given) => (heirlooms = given));
  await virtual.advance(withinMs + 10);
  assert.ok(heirlooms !== undefined, "a dump ends in its time");
  return heirlooms;
}

/** Two systems; in the first `/family` has the children a and b, with a note each. */
async function twoWorlds(): Promise<{ old: VirtualSystem; next: VirtualSystem }> {
  const old = new VirtualSystem();
  const parent = old.spawn("family", family(keeping));
  for (const name of ["a", "b"]) old.tell(parent, adopt(name));
  await old.settle();
  for (const name of ["a", "b"]) old.tell(old.at(`/family/${name}`), note(`of ${name}`));
  await old.settle();
  return { old, next: new VirtualSystem() };
}

describe("a dump", () => {
  it("has the state of all who opted in, parents first, and of nobody else", async () => {
    const { old } = await twoWorlds();
    old.spawn("aloof");
    assert.deepEqual(await dumped(old), [
      { path: "/family", type: "script", version: 1, data: ["a", "b"] },
      { path: "/family/a", type: "script", version: 1, data: ["of a"] },
      { path: "/family/b", type: "script", version: 1, data: ["of b"] },
    ]);
  });

  it("leaves out whom it is told to", async () => {
    const { old } = await twoWorlds();
    const heirlooms = await old.system.dump({ withinMs: 0, only: ({ path }) => path !== "/family/a" });
    assert.deepEqual(
      heirlooms.map(({ path }) => path),
      ["/family", "/family/b"],
    );
    assert.equal(old.node("/family/a").state, "running");
  });

  it("waits for open turns and for mail, and nothing happens to a state after it was taken", async () => {
    const old = new VirtualSystem();
    const actor = old.spawn("a", keeping);
    const { opened, open } = gate();
    old.tell(
      actor,
      work(async (_context, { notes }) => {
        await opened;
        notes.push("open turn");
      }),
    );
    old.tell(actor, note("mail"));
    await old.settle();
    const dump = old.system.dump({ withinMs: 1_000 });
    await old.advance(100);
    open();
    await old.advance(100);
    const heirlooms = await dump;
    assert.deepEqual(heirlooms[0]?.data, ["open turn", "mail"]);
    assert.equal(old.tell(actor, note("too late")), "accepted");
    await old.advance(1_000);
    assert.deepEqual(heirlooms[0]?.data, ["open turn", "mail"]);
    assert.equal(old.node("/a").state, "suspended");
    assert.equal(old.node("/a").mailbox.depth, 1);
  });

  it("waits for mail that has only just come", async () => {
    const old = new VirtualSystem();
    old.tell(old.spawn("a", keeping), note("mail"));
    assert.deepEqual((await dumped(old))[0]?.data, ["mail"]);
  });

  it("takes a state whose mail never ends when its time is up, but none amid a turn", async () => {
    const old = new VirtualSystem();
    old.spawn("hung", keeping);
    const flooded = old.spawn("flooded", keeping);
    old.tell(
      old.at("/hung"),
      work(() => new Promise(() => {})),
    );
    const again = work((_context, { notes }) => {
      notes.push("x");
      old.clock.after(1, () => old.tell(flooded, again));
      old.clock.after(1, () => old.tell(flooded, again));
    });
    old.tell(flooded, again);
    await old.settle();
    const heirlooms = await dumped(old, 7);
    assert.deepEqual(
      heirlooms.map(({ path }) => path),
      ["/flooded"],
    );
    assert.deepEqual(
      old.log.lines
        .filter(({ event }) => event === "actor.notHandedOver")
        .map(({ fields }) => fields?.["path"]),
      ["/hung"],
    );
  });

  it("that cannot be made costs that actor only", async () => {
    const old = new VirtualSystem();
    const bad = (dump: () => unknown): ScriptParts => ({ handOver: { version: 1, dump, load: newNotes } });
    old.spawn(
      "throws",
      bad(() => {
        throw new Error("cannot say");
      }),
    );
    old.spawn(
      "uncloneable",
      bad(() => ({ call: () => {} })),
    );
    old.spawn("sound", keeping);
    assert.deepEqual(
      (await dumped(old)).map(({ path }) => path),
      ["/sound"],
    );
    assert.equal(old.events.filter((event) => event === "actor.notHandedOver").length, 2);
  });

  it("of one actor is made at once, unless it is at work", async () => {
    const { old } = await twoWorlds();
    old.spawn("aloof");
    old.tell(old.at("/family/b"), note("waits"));
    assert.deepEqual(old.system.dumpOne("/family/a")?.data, ["of a"]);
    assert.equal(old.system.dumpOne("/family/b"), undefined, "it has mail");
    assert.equal(old.system.dumpOne("/aloof"), undefined);
    assert.equal(old.system.dumpOne("/nobody"), undefined);
    await old.settle();
    assert.equal(old.node("/family/a").state, "suspended");
    assert.equal(old.node("/family/b").state, "running");
    assert.ok(old.system.dumpOne("/family/b") !== undefined);
    old.system.thaw("/family/a");
    assert.equal(old.node("/family/a").state, "running");
    assert.equal(old.node("/family/b").state, "suspended");
  });
});

describe("a thawed actor", () => {
  it("goes on with the mail that came meanwhile, unless an operator has suspended it", async () => {
    const { old } = await twoWorlds();
    await dumped(old);
    old.system.steering.steer("suspend", { path: "/family/b" });
    for (const name of ["a", "b"]) old.tell(old.at(`/family/${name}`), note("meanwhile"));
    old.system.thaw();
    await old.settle();
    assert.deepEqual(old.notes("/family/a"), ["of a", "meanwhile"]);
    assert.deepEqual(old.notes("/family/b"), ["of b"]);
  });

  it("answers the questions that waited", async () => {
    const old = new VirtualSystem();
    const actor = old.spawn("a", keeping);
    await dumped(old);
    const asked = old.ask(
      actor,
      question((context) => context.reply(answer("after all"))),
    );
    await old.settle();
    old.system.thaw();
    await old.settle();
    assert.deepEqual(await asked, answer("after all"));
  });
});

describe("an actor whose state has moved", () => {
  it("refuses the questions that wait with a fault that may be tried again, when its system stops", async () => {
    const old = new VirtualSystem();
    const actor = old.spawn("a", keeping);
    await dumped(old);
    const end = endOf(
      old.ask(
        actor,
        question((context) => context.reply(answer())),
      ),
      old,
    );
    await old.system.stop();
    await old.settle();
    assert.equal(end.code, "actorMoved");
  });

  it("says no goodbyes: its afterStop knows that it goes on elsewhere", async () => {
    const old = new VirtualSystem();
    const reasons: EndReason[] = [];
    const telling: ScriptParts = { afterStop: (_state, _context, reason) => void reasons.push(reason) };
    old.spawn("moved", { ...keeping, ...telling });
    old.spawn("stopped", telling);
    await dumped(old);
    await old.system.stop();
    assert.deepEqual(reasons.toSorted(), ["handedOver", "stopping"]);
  });
});

describe("an heir", () => {
  it("that already runs begins a new life with it, and its children find theirs", async () => {
    const { old, next } = await twoWorlds();
    next.spawn("family", family(keeping));
    await next.system.inherit(await dumped(old));
    assert.deepEqual(next.notes("/family"), ["a", "b"]);
    assert.deepEqual(next.notes("/family/a"), ["of a"]);
    assert.deepEqual(next.notes("/family/b"), ["of b"]);
    const { state, restarts, failed } = next.node("/family");
    assert.deepEqual({ state, restarts, failed }, { state: "running", restarts: 0, failed: 0 });
    assert.equal(next.system.endInheritance(), 0);
    next.tell(next.at("/family/a"), note("here"));
    await next.settle();
    assert.deepEqual(next.notes("/family/a"), ["of a", "here"]);
  });

  it("that is spawned later begins with it, once", async () => {
    const { old, next } = await twoWorlds();
    await next.system.inherit(await dumped(old));
    const heir = next.spawn("family", family(keeping));
    assert.deepEqual(next.notes("/family/b"), ["of b"]);
    next.tell(heir, crash);
    await next.advance(1_000);
    assert.deepEqual(next.notes("/family"), [], "a crash makes it begin anew");
  });

  it("is awaited while the life before it ends", async () => {
    const next = new VirtualSystem();
    const { opened, open } = gate();
    next.spawn("a", { ...keeping, afterStop: () => opened });
    let isOver = false;
    void next.system
      .inherit([{ path: "/a", type: "script", version: 1, data: ["left"] }])
      .then(() => (isOver = true));
    await next.settle();
    assert.equal(isOver, false);
    open();
    await next.settle();
    assert.equal(isOver, true);
    assert.deepEqual(next.notes("/a"), ["left"]);
  });

  it("keeps the mail that came before", async () => {
    const next = new VirtualSystem();
    next.tell(next.spawn("a", keeping), note("early"));
    await next.system.inherit([{ path: "/a", type: "script", version: 1, data: ["left"] }]);
    await next.settle();
    assert.deepEqual(next.notes("/a"), ["left", "early"]);
  });

  it("of another type or version begins anew, and the log says so", async () => {
    const next = new VirtualSystem();
    await next.system.inherit([
      { path: "/older", type: "script", version: 0, data: ["old shape"] },
      { path: "/other", type: "desk", version: 1, data: ["other type"] },
      { path: "/aloof", type: "script", version: 1, data: ["not wanted"] },
    ]);
    next.spawn("older", keeping);
    next.spawn("other", keeping);
    next.spawn("aloof");
    for (const path of ["/older", "/other", "/aloof"]) assert.deepEqual(next.notes(path), []);
    assert.equal(next.events.filter((event) => event === "actor.heirloomUnfit").length, 3);
  });

  it("whose load throws begins anew, without the children that it had started, and no budget is charged", async () => {
    const next = new VirtualSystem();
    let begun = 0;
    const heir: ScriptParts = {
      initialState: (_args, context) => {
        begun++;
        context.spawn(script(), "child");
        return newNotes();
      },
      handOver: {
        version: 1,
        dump: () => undefined,
        load: (_data, _args, context) => {
          context.spawn(script(), "child");
          throw new Error("cannot read");
        },
      },
    };
    await next.system.inherit([{ path: "/a", type: "script", version: 1, data: null }]);
    next.spawn("a", heir);
    await next.settle();
    const { state, restarts, budgets, childCount, lastFailure } = next.node("/a");
    assert.deepEqual({ state, restarts, childCount }, { state: "running", restarts: 0, childCount: 1 });
    assert.equal(begun, 1);
    assert.equal(budgets.crash.left, budgets.crash.max);
    assert.equal(lastFailure?.message, "cannot read");
    assert.ok(next.events.includes("actor.loadFailed"));
  });

  it("that never comes leaves its heirloom to be dropped, and the log says how many", async () => {
    const { old, next } = await twoWorlds();
    await next.system.inherit(await dumped(old));
    assert.equal(next.system.endInheritance(), 3);
    assert.ok(next.events.includes("node.heirloomsDropped"));
    next.spawn("family", family(keeping));
    assert.deepEqual(next.notes("/family"), []);
  });

  it("is suspended again when all have come, also one that leaves no data", async () => {
    const { old, next } = await twoWorlds();
    old.spawn("aloof");
    old.spawn("gone");
    for (const path of ["/family/b", "/aloof", "/gone"]) old.system.steering.steer("suspend", { path });
    for (const name of ["aloof", "family"]) next.spawn(name, name === "family" ? family(keeping) : {});
    await next.system.inherit(structuredClone(await dumped(old)));
    await next.settle();
    assert.equal(next.node("/aloof").incarnation, 2, "it is not begun anew for that");
    const states = (): string[] => ["/family/a", "/family/b", "/aloof"].map((path) => next.node(path).state);
    assert.deepEqual(states(), ["running", "running", "running"]);
    assert.equal(next.system.endInheritance(), 0);
    assert.deepEqual(states(), ["running", "suspended", "suspended"]);
    assert.deepEqual(next.notes("/family/b"), ["of b"]);
    const lifted = next.log.lines.filter(({ event }) => event === "actor.suspensionLifted");
    assert.deepEqual(
      lifted.map(({ fields }) => fields["path"]),
      ["/gone"],
    );
    assert.equal(next.system.steering.steer("resume", { path: "/aloof" }).done, 1);
  });

  it("that stops instead keeps nobody waiting", async () => {
    const next = new VirtualSystem();
    next.spawn("a", { ...keeping, afterStop: () => new Promise(() => {}) });
    const inherited = next.system.inherit([{ path: "/a", type: "script", version: 1, data: [] }]);
    next.system.steering.steer("stop", { path: "/a" });
    await next.advance(60_000);
    await inherited;
    assert.equal(next.system.describe({ path: "/a" }), undefined);
  });
});
