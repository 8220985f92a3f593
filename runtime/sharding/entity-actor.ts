import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { Context } from "../actor/context.ts";
import type { AnyDefinition, Handler } from "../actor/define-actor.ts";
import type { RequestName } from "../codec/done-request.ts";
import { Fault, isFault } from "../fault.ts";
import type { Cell } from "../kernel/cell.ts";
import type { LocalRef } from "../kernel/local-ref.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { Journal, LoadedAhead } from "../persistence/journal.ts";
import type { TurnContext } from "./after-notes.ts";
import type { EntityKind } from "./entity-kind.ts";
import { COMMITTED } from "./entity-commits.ts";
import { EntityLife, REMINDED } from "./entity-life.ts";
import { foldAhead, loadEntity } from "./load-entity.ts";
import type { Delivery } from "./origin.ts";
import { refuseOpen } from "./place.ts";
import type { Place } from "./place.ts";

/** A message that comes with a receipt. */
export const DELIVERED = "entity.delivered";

/** A message that comes with a name under which it is known again. */
export const REQUESTED = "entity.requested";

interface Delivered extends Delivery {
  readonly message: TaggedMessage;
}

interface Requested {
  readonly message: TaggedMessage;
  readonly request: RequestName;
}

/** The actor that each entity of a kind is while it is in memory. Its life begins with a load, and ends when all it decided is stored. */
export function entityActor(kind: EntityKind): AnyDefinition {
  const { definition } = kind;
  const { type, protocol, mailboxMax, progressWithinMs } = definition;
  return {
    type,
    protocol,
    ...(mailboxMax === undefined ? {} : { mailboxMax }),
    ...(progressWithinMs === undefined ? {} : { progressWithinMs }),
    goneCode: "entityPassive",
    initialState: (place: Place, context: Context<Protocol>) => begin(place, context),
    settle: (life: EntityLife) => life.settle(),
    describe: (life: EntityLife) => life.describe(),
    handlers: handlersOf(kind),
  };
}

function handlersOf({ definition, journal }: EntityKind): Record<string, Handler> {
  const take = (life: EntityLife, message: TaggedMessage, context: TurnContext): void | Promise<void> =>
    onceFree(journal, life, () => life.take(message, context));
  const handlers: Record<string, Handler> = Object.create(null);
  for (const kind of Object.keys(definition.decide)) handlers[kind] = take;
  handlers[COMMITTED] = (life: EntityLife, _committed: TaggedMessage, context: TurnContext) =>
    life.committed(context);
  handlers[REMINDED] = (life: EntityLife, _reminded: TaggedMessage, context: TurnContext) =>
    onceFree(journal, life, () => life.reminded(context));
  handlers[DELIVERED] = (life: EntityLife, delivered: Delivered, context: TurnContext) =>
    onceFree(journal, life, () => life.takeOnce(delivered.message, context, delivered));
  handlers[REQUESTED] = (life: EntityLife, { message, request }: Requested, context: TurnContext) =>
    onceFree(journal, life, () => life.takeRequest(message, context, request));
  return handlers;
}

/** While too much waits for the journal nothing new is decided: the turn stays open, and mail waits in the mailbox. */
function onceFree(journal: Journal, life: EntityLife, take: () => void): void | Promise<void> {
  const { whenFree } = journal;
  if (whenFree === undefined) return take();
  return whenFree.then(() => (life.isOver ? undefined : onceFree(journal, life, take)));
}

function begin(place: Place, context: Context<Protocol>): EntityLife | Promise<EntityLife> {
  const { cell } = context.self as unknown as LocalRef;
  place.cell = cell;
  const ahead = place.kind.journal.loadedAhead?.(place.address);
  const life = ahead && beginAtOnce(place, context, ahead);
  return life ?? load(place, context, ahead);
}

/** What came with the claim is not waited for, unless an earlier life still has something on its way. */
function beginAtOnce(place: Place, context: Context<Protocol>, ahead: LoadedAhead): EntityLife | undefined {
  const { address, kind, cell } = place;
  const owner = kind.routing.owners.owned(address);
  if (cell === undefined || owner === undefined || place.lastAppend !== undefined) return undefined;
  const fold = foldAhead({ kind, address, context, ahead }, owner);
  if (fold === undefined) return undefined;
  place.owner = owner;
  return new EntityLife(place, cell, context, { fold, sinceSnapshot: ahead.records.length });
}

async function load(
  place: Place,
  context: Context<Protocol>,
  ahead: LoadedAhead | undefined,
): Promise<EntityLife> {
  const { cell } = context.self as unknown as LocalRef;
  const { life } = cell;
  const { address, kind, lastAppend } = place;
  // Waited for once: one that never ends must not hold up every life to come.
  place.lastAppend = undefined;
  await lastAppend;
  try {
    let records = 0;
    const onPage = (count: number): void => {
      records += count;
      context.beat();
    };
    const acquired = kind.routing.owners.acquire(address);
    place.owner = acquired instanceof Promise ? await acquired : acquired;
    const fold = await loadEntity({ kind, address, context, ahead, onPage }, place.owner);
    return new EntityLife(place, cell, context, { fold, sinceSnapshot: records });
  } catch (error) {
    if (cell.life === life) endUnlessRetryable(place, cell, error);
    throw error;
  }
}

/** Ends the life that could not begin, unless trying again may help. */
export function endUnlessRetryable(place: Place, cell: Cell, error: unknown): void {
  // Its mail finds whoever owns it. That something was lost is told once, and not of each entity.
  if (isFault(error, "fenced") || isFault(error, "stateLost")) place.drop(error);
  else if (error instanceof Fault && !error.retryable) endUnreadable(place, cell, error);
}

/** Trying again would find the same: whoever waits is told at once, and somebody has to look. */
function endUnreadable({ address }: Place, cell: Cell, fault: Fault): void {
  cell.system.log.error("entity.unreadable", { entity: entityText(address), err: fault });
  refuseOpen(cell, fault);
  cell.stop();
}
