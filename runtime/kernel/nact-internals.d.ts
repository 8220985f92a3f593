/** The parts of nact 7.6.2 that the kernel builds on; they are not in its published types. */
declare module "nact/lib/actor.js" {
  export interface NactPath {
    readonly parts: readonly string[];
    createChildPath(name: string): NactPath;
  }

  /** What nact asks of the parent of an actor. */
  export interface NactParent {
    readonly path: NactPath;
    readonly reference: unknown;
    readonly children: ReadonlyMap<string, unknown>;
    childSpawned(child: Actor): void;
    childStopped(child: Actor): void;
  }

  /** What nact asks of an actor's system. */
  export interface NactSystem {
    readonly name: string;
    createLogger(reference: unknown): unknown;
  }

  export class Actor {
    parent: NactParent | undefined;
    name: string;
    get path(): NactPath;
    set path(path: NactPath);
    system: NactSystem;
    reference: unknown;
    log: unknown;
    f: unknown;
    stopped: boolean;
    busy: boolean;
    children: Map<string, Actor>;
    childReferences: Map<string, unknown> | undefined;
    mailbox: unknown;
    state: unknown;
    onCrash: unknown;
    afterStop: unknown;
    constructor(parent: NactParent, name: string, system: NactSystem, f: unknown, properties: object);
    initializeState(): void;
    childSpawned(child: Actor): void;
    childStopped(child: Actor): void;
    dispatch(message: unknown, sender?: unknown): void;
    query(message: unknown, timeout: number): unknown;
    stop(): void;
    reset(): void;
    resume(): void;
    processNext(): void;
    handleMessage(message: unknown, sender: unknown): void;
    handleFault(message: unknown, sender: unknown, error: unknown, child?: unknown): unknown;
  }
}

declare module "nact/lib/system.js" {
  import type { NactParent } from "nact/lib/actor.js";

  /** A system in nact's own shape: the root under which the first actor hangs. */
  export interface NactRoot extends NactParent {
    readonly name: string;
    stop(): void;
  }

  export function start(options: { name: string }, extension: (system: NactRoot) => void): unknown;
}
