import { setTimeout as pause } from "node:timers/promises";
import { startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess } from "../support/node-process.ts";
import { ProgramCopy } from "../support/program-copy.ts";
import { SeededChance } from "../support/seeded-chance.ts";
import { Complaints } from "./complaints.ts";
import { Crowd } from "./crowd.ts";
import type { CrowdCounts } from "./crowd.ts";
import { Overseer } from "./overseer.ts";
import { reload } from "./reload.ts";

/** Between two reloads, in milliseconds. */
const REST_MS = { min: 50, max: 500 };
/** What is logged of a worker whose code does not run. */
const BROKEN_EVENTS = ["worker.died", "reload.refused"];

/** Ways to break the code, each in one file. */
const BREAKS: readonly Break[] = [
  { name: "a syntax error", file: "actors/rooms/room.js", edit: (text) => `${text}\nconst = ;` },
  {
    name: "a throw at its start",
    file: "actors/rooms/feature.js",
    edit: (text) => `${text}\nthrow new Error("broken on purpose");`,
  },
  { name: "a file that is missing", file: "actors/rooms/room.js", edit: () => 'import "./nowhere.js";' },
];

interface Break {
  readonly name: string;
  readonly file: string;
  readonly edit: (text: string) => string;
}

/** How often what is reloaded. */
export interface ReloadOrders {
  readonly seed: number;
  readonly times: number;
  /** One in so many finds broken code. */
  readonly brokenEvery: number;
  readonly say: (text: string) => void;
}

/** What came of it; sound when there is no complaint. */
export interface ReloadReport extends CrowdCounts {
  readonly complaints: readonly string[];
  readonly done: number;
  readonly refused: number;
  readonly processes: number;
}

/**
 * Reloads a service again and again while clients talk and services push, now and then with code that does not run:
 * no request may fail, no connection may close, and nothing that was accepted may be lost.
 */
export async function reloads({ seed, times, brokenEvery, say }: ReloadOrders): Promise<ReloadReport> {
  say(`seed ${seed}`);
  const chance = new SeededChance(seed);
  const complaints = new Complaints();
  const copy = new ProgramCopy();
  const place = workplace();
  const node = await startNode(place.folder, ["--set", "log.format=json"], {}, copy.cli);
  const overseer = new Overseer(node, complaints);
  const crowd = new Crowd(node, complaints);
  let refused = 0;
  try {
    overseer.start();
    await crowd.start();
    for (let time = 1; time <= times; time++) {
      await pause(chance.between(REST_MS.min, REST_MS.max));
      const broken = time % brokenEvery === 0 ? chance.shuffled(BREAKS)[0] : undefined;
      say(`reload ${time} of ${times}${broken === undefined ? "" : `, ${broken.name}`}`);
      if (broken !== undefined) overseer.expect(BROKEN_EVENTS);
      const complaint = await reloadOnce(node, copy, broken);
      if (complaint !== undefined) complaints.add(`reload ${time}: ${complaint}`);
      if (broken !== undefined) refused++;
    }
    const counts = await crowd.end();
    const { processes } = overseer;
    await overseer.end();
    return { ...counts, done: times - refused, refused, processes, complaints: complaints.lines };
  } finally {
    node.process.child.kill("SIGKILL");
    place.remove();
    copy.remove();
  }
}

/** Reloads sound or broken code; answers what was wrong with the way in which that ended. */
async function reloadOnce(
  node: NodeProcess,
  copy: ProgramCopy,
  broken: Break | undefined,
): Promise<string | undefined> {
  const before = node.workerPid();
  const repair = broken === undefined ? undefined : copy.change(broken.file, broken.edit);
  const refusal = await reload(node);
  repair?.();
  if (broken === undefined) return refusal;
  if (refusal === undefined) return `${broken.name} was taken`;
  return node.workerPid() === before ? undefined : "the worker that serves is another one";
}
