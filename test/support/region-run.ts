import assert from "node:assert/strict";
import { Fault } from "../../runtime/fault.ts";
import { RegionWorld } from "./region-world.ts";
import type { RegionNode } from "./region-world.ts";
import { SeededChance } from "./seeded-chance.ts";

/** What may happen to the nodes of a run, and how often. */
export interface RunRules {
  readonly steps: number;
  readonly entities: number;
  readonly nodes: number;
  /** Chances of a step, from 0 to 1; what is left sends messages. */
  readonly kill: number;
  readonly pause: number;
  readonly join: number;
  readonly leave: number;
  readonly cut: number;
  /** A machine is suspended: its monotonic clock stands still, so its lease looks as good as before. */
  readonly suspend: number;
  /** Somebody sets a wall clock by an hour. */
  readonly setClock: number;
}

/** Nothing goes wrong, and everything moves: nodes come and go in order. */
export const MOVES: RunRules = {
  steps: 60,
  entities: 12,
  nodes: 3,
  kill: 0,
  pause: 0,
  join: 0.06,
  leave: 0.04,
  cut: 0,
  suspend: 0,
  setClock: 0,
};

/** Nodes are killed, paused and cut off while others come and go. */
export const TROUBLE: RunRules = {
  steps: 80,
  entities: 8,
  nodes: 3,
  kill: 0.03,
  pause: 0.05,
  join: 0.06,
  leave: 0.03,
  cut: 0.03,
  suspend: 0,
  setClock: 0,
};

/** Machines are suspended, and their clocks are set. */
export const CLOCKS: RunRules = { ...TROUBLE, kill: 0.01, pause: 0.01, suspend: 0.06, setClock: 0.05 };

const STEP_MS_MAX = 400;
const NODES_MAX = 6;
const PAUSES_MS = [300, 3_000, 5_000, 12_000];
const HOUR_MS = 3_600_000;

interface Sender {
  readonly name: string;
  readonly node: RegionNode;
  readonly seqs: Map<string, number>;
}

interface Expected {
  readonly id: string;
  readonly note: string;
}

/** Registers to which many write from many nodes, while anything happens to these, and what must hold all the same. */
export class RegionRun {
  readonly world: RegionWorld;
  readonly #rules: RunRules;
  readonly #chance: SeededChance;
  #senders: Sender[] = [];
  #nextName = 0;
  /** Told, and accepted. */
  readonly told: Expected[] = [];
  /** Answered, or acknowledged. */
  readonly acknowledged: Expected[] = [];
  /** How many questions ended with which fault. */
  readonly faults = new Map<string, number>();
  open = 0;
  /** What was in the memory of processes that were killed. */
  #buried = 0;
  readonly #deliveries: {
    readonly id: string;
    readonly sender: string;
    next: number;
    acknowledged: number;
  }[] = [];

  constructor(seed: number, rules: RunRules, { isShuffling = false, storeMsMax = 0 } = {}) {
    this.#rules = rules;
    this.#chance = new SeededChance(seed);
    const random = (): number => this.#chance.next();
    this.world = new RegionWorld({ random, isShuffling, storeMsMax, delayMs: { min: 0, max: 8 } });
  }

  /** Runs it to its end, and lets everything come to rest. */
  async run(): Promise<void> {
    const { nodes, steps } = this.#rules;
    const names = Array.from({ length: nodes }, () => this.#name());
    await this.world.start(...names);
    for (let step = 0; step < steps; step++) await this.#step();
    await this.#rest();
  }

  async #step(): Promise<void> {
    const { kill, pause, join, leave, cut, suspend, setClock } = this.#rules;
    const acts: readonly (readonly [number, () => Promise<void> | void])[] = [
      [kill, () => this.#kill()],
      [pause, () => this.#pause()],
      [join, () => this.#join()],
      [leave, () => this.#leave()],
      [cut, () => this.#cut()],
      [suspend, () => this.#suspend()],
      [setClock, () => this.#setClock()],
    ];
    let lot = this.#chance.next();
    for (const [share, act] of acts) {
      if (lot < share) {
        await act();
        break;
      }
      lot -= share;
    }
    this.#say();
    await this.world.advance(this.#chance.between(0, STEP_MS_MAX));
  }

  #say(): void {
    // Whoever leaves asks nothing any more: it would not hear the answers.
    const free = this.world.living.filter(({ isPaused, isLeaving }) => !isPaused && !isLeaving);
    for (let messages = this.#chance.between(1, 12); messages > 0; messages--) {
      const node = free[this.#chance.between(0, free.length - 1)];
      if (node === undefined) return;
      const sender = this.#senderAt(node);
      const id = `r${this.#chance.between(0, this.#rules.entities - 1)}`;
      const lot = this.#chance.next();
      if (lot < 0.45) this.#tell(sender, id);
      else if (lot < 0.8) this.#ask(sender, id);
      else if (lot < 0.95) this.#deliver(sender, id);
      else node.system.tell(node.register(id), { kind: "stay", ms: this.#chance.between(10, 3_000) });
    }
  }

  #tell({ name, node, seqs }: Sender, id: string): void {
    const seq = next(seqs, id);
    const verdict = node.system.tell(node.register(id), { kind: "note", from: name, seq });
    if (verdict === "accepted") this.told.push({ id, note: `${name}:${seq}` });
  }

  #ask({ name, node, seqs }: Sender, id: string): void {
    const seq = next(seqs, id);
    this.open++;
    node.system.ask(node.register(id), { kind: "enter", from: name, seq }).then(
      () => {
        this.open--;
        this.acknowledged.push({ id, note: `${name}:${seq}` });
      },
      (error: unknown) => {
        this.open--;
        const code = error instanceof Fault ? error.code : "no fault";
        this.faults.set(code, (this.faults.get(code) ?? 0) + 1);
      },
    );
  }

  /** The first message that has no receipt yet is sent again, before another one is sent. */
  #deliver({ node }: Sender, id: string): void {
    const sender = `d-${node.incarnation}-${id}`;
    let delivery = this.#deliveries.find((known) => known.sender === sender);
    if (delivery === undefined) this.#deliveries.push((delivery = { id, sender, next: 1, acknowledged: 0 }));
    const seq = delivery.acknowledged + 1;
    const to = delivery;
    const message = { kind: "note", from: sender, seq } as const;
    node.registers.deliver(id, message, { sender, seq }, () => {
      if (to.acknowledged >= seq) return;
      to.acknowledged = seq;
      this.acknowledged.push({ id, note: `${sender}:${seq}` });
    });
  }

  #senderAt(node: RegionNode): Sender {
    const own = this.#senders.filter((sender) => sender.node === node);
    const chosen = own[this.#chance.between(0, 2)];
    if (chosen !== undefined) return chosen;
    const sender = { name: `s${this.#senders.length}`, node, seqs: new Map<string, number>() };
    this.#senders.push(sender);
    return sender;
  }

  #some(): RegionNode | undefined {
    const { living } = this.world;
    const free = living.filter(({ isPaused, isLeaving }) => !isPaused && !isLeaving);
    return free.length < 2 ? undefined : free[this.#chance.between(0, free.length - 1)];
  }

  #kill(): void {
    const node = this.#some();
    if (node === undefined) return;
    this.#buried += node.unhandled;
    node.kill();
  }

  #pause(): void {
    const node = this.#some();
    if (node === undefined) return;
    node.pause();
    const pauseMs = PAUSES_MS[this.#chance.between(0, PAUSES_MS.length - 1)] ?? 0;
    this.world.clock.after(pauseMs, () => void node.resume());
  }

  #suspend(): void {
    const node = this.#some();
    if (node === undefined) return;
    node.pause();
    const suspendedMs = this.#chance.between(1_000, 20_000);
    this.world.clock.after(suspendedMs, () => void node.resume({ stoodStillMs: suspendedMs }));
  }

  #setClock(): void {
    const node = this.#some();
    if (node !== undefined) node.clock.wallStepMs += (this.#chance.next() < 0.5 ? -1 : 1) * HOUR_MS;
  }

  async #join(): Promise<void> {
    if (this.world.living.length < NODES_MAX) await this.world.join(this.#name());
  }

  #leave(): void {
    const node = this.#some();
    // One that cannot reach the store goes on trying, as its process would.
    node?.leave().catch(() => {});
  }

  #cut(): void {
    const node = this.#some();
    if (node === undefined) return;
    node.table.isCut = true;
    this.world.clock.after(this.#chance.between(500, 9_000), () => (node.table.isCut = false));
  }

  async #rest(): Promise<void> {
    await this.world.advance(14_000);
    for (const node of this.world.living) {
      node.table.isCut = false;
      if (node.isPaused) await node.resume();
    }
    await this.world.advance(14_000);
  }

  #name(): string {
    return `n${this.#nextName++}`;
  }

  // What must hold.

  /** I1: no two owners of one entity store by turns; versions have no gaps. */
  checkOwners(): void {
    for (const [key, appends] of this.world.journal.history) checkHistory(key, appends);
  }

  /** I2: what was answered or acknowledged is stored, once; nothing at all is stored twice. */
  checkAcknowledged(): void {
    for (const { id, note } of this.acknowledged) {
      assert.equal(count(this.world.notes(id), note), 1, `${id} ${note} was acknowledged`);
    }
    for (const { id, note } of this.told) {
      assert.ok(count(this.world.notes(id), note) <= 1, `${id} ${note} was stored twice`);
    }
  }

  /** I3: what one sender has told and asked one entity is stored in its order. */
  checkOrder(): void {
    for (let index = 0; index < this.#rules.entities; index++) {
      const latest = new Map<string, number>();
      for (const note of this.world.notes(`r${index}`)) {
        const at = note.lastIndexOf(":");
        const from = note.slice(0, at);
        const seq = Number(note.slice(at + 1));
        assert.ok(seq > (latest.get(from) ?? 0), `r${index}: ${note} came after ${from}:${latest.get(from)}`);
        latest.set(from, seq);
      }
    }
  }

  /** Where nodes only come and leave in order nothing is lost, and no question fails. */
  checkAllArrived(): void {
    assert.deepEqual([...this.faults], []);
    for (const { id, note } of this.told) {
      assert.equal(count(this.world.notes(id), note), 1, `${id} ${note} is missing`);
    }
  }

  /** I4: what was told and is not stored is a dead letter somewhere, or was in the memory of a process that was killed or is no member any more; and every question has ended. */
  checkCounted(): void {
    const missing = this.told.filter(({ id, note }) => count(this.world.notes(id), note) === 0).length;
    const dead = [...this.world.nodes.values()].flatMap(({ system }) => [
      ...system.deadLetters.counts.values(),
    ]);
    const removed = this.world.living.filter(({ isRemoved }) => isRemoved);
    const buried = removed.reduce((sum, { unhandled }) => sum + unhandled, this.#buried);
    const counted = dead.reduce((sum, one) => sum + one, 0) + buried + this.uncommittedAtFence;
    assert.ok(missing <= counted, `${missing} are missing, ${counted} are counted`);
  }

  /** Decisions that were given up because nobody knew whether they were stored: said in the log, entity by entity. */
  get uncommittedAtFence(): number {
    return [...this.world.nodes.values()]
      .flatMap(({ log }) => log.lines)
      .filter(({ event }) => event === "entity.fenced" || event === "entity.notStored")
      .reduce((sum, { fields }) => sum + Number(fields["decisions"] ?? 0), 0);
  }
}

/** Versions of one entity have no gaps, and owners follow each other: no epoch stores after a higher one, and none has two incarnations. */
export function checkHistory(
  key: string,
  appends: readonly {
    readonly owner: { readonly ownerEpoch: number; readonly incarnation: string };
    readonly version: number;
  }[],
): void {
  let epoch = 0;
  let incarnation = "";
  for (const [index, { owner, version }] of appends.entries()) {
    assert.equal(version, index + 1, `${key}: version ${version} is the ${index + 1}th`);
    assert.ok(owner.ownerEpoch >= epoch, `${key}: epoch ${owner.ownerEpoch} stored after ${epoch}`);
    if (owner.ownerEpoch === epoch) {
      assert.equal(owner.incarnation, incarnation, `${key}: two owners in one epoch`);
    }
    epoch = owner.ownerEpoch;
    incarnation = owner.incarnation;
  }
}

function next(seqs: Map<string, number>, id: string): number {
  const seq = (seqs.get(id) ?? 0) + 1;
  seqs.set(id, seq);
  return seq;
}

function count(notes: readonly string[], note: string): number {
  return notes.filter((one) => one === note).length;
}
