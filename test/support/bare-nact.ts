import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** An actor's reference as nact gives it out. */
export interface BareRef {
  readonly name: string;
}

export interface BareContext {
  readonly self: BareRef;
  readonly sender: BareRef;
  readonly children: ReadonlyMap<string, BareRef>;
  readonly resume: symbol;
  readonly reset: symbol;
  readonly resetAllChildren: symbol;
}

type BareHandler = (state: unknown, message: string, context: BareContext) => unknown;

interface BareProperties {
  afterStop?: () => unknown;
  onCrash?: (message: unknown, error: unknown, context: BareContext, child?: BareRef) => unknown;
  initialStateFunc?: (context: BareContext) => unknown;
}

/** The parts of nact that the conformance suite shows the defects of; its published types do not fit what it does. */
interface BareNact {
  start(options?: { name: string }): BareRef;
  spawn(parent: BareRef, handler: BareHandler, name: string, properties?: BareProperties): BareRef;
  dispatch(to: BareRef, message: string, sender?: BareRef): unknown;
  query(to: BareRef, message: unknown, timeoutMs: number): Promise<unknown>;
  stop(actor: BareRef): void;
}

/** nact as its users get it, without the kernel around it. */
export function bareNact(): BareNact {
  return require("nact") as BareNact;
}

/** nact's temporary references, which carry the number of a query. */
export function bareTemporaryReference(): new (system: string) => { readonly id: number } {
  return (require("nact/lib/references.js") as { TemporaryReference: new (system: string) => { id: number } })
    .TemporaryReference;
}

/** Lets `count` turns of the event loop pass: nact spends one for each message. */
export async function loopTurns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
