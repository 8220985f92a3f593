import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { Context } from "../actor/context.ts";
import type { AnyDefinition, Handler } from "../actor/define-actor.ts";
import { Fault } from "../fault.ts";
import type { Cell } from "../kernel/cell.ts";
import type { LocalRef } from "../kernel/local-ref.ts";
import { entityText } from "../persistence/entity-address.ts";
import type { TurnContext } from "./after-notes.ts";
import type { EntityKind } from "./entity-kind.ts";
import { COMMITTED, EntityLife } from "./entity-life.ts";
import type { Delivery } from "./entity-life.ts";
import { loadEntity } from "./load-entity.ts";
import type { Place } from "./place.ts";

/** A message that comes with a receipt. */
export const DELIVERED = "entity.delivered";

interface Delivered extends Delivery {
  readonly message: TaggedMessage;
}

/** The actor that each entity of a kind is while it is in memory. Its life begins with a load, and ends when all it decided is stored. */
export function entityActor({ definition }: EntityKind): AnyDefinition {
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
    handlers: handlersOf(definition.decide),
  };
}

function handlersOf(decide: EntityKind["definition"]["decide"]): Record<string, Handler> {
  const take = (life: EntityLife, message: TaggedMessage, context: TurnContext): void =>
    life.take(message, context);
  const handlers: Record<string, Handler> = Object.create(null);
  for (const kind of Object.keys(decide)) handlers[kind] = take;
  handlers[COMMITTED] = (life: EntityLife) => life.committed();
  handlers[DELIVERED] = (life: EntityLife, delivered: Delivered, context: TurnContext) =>
    life.takeOnce(delivered.message, context, delivered);
  return handlers;
}

async function begin(place: Place, context: Context<Protocol>): Promise<EntityLife> {
  const { cell } = context.self as unknown as LocalRef;
  place.cell = cell;
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
    const fold = await loadEntity({ kind, address, log: context.log, onPage });
    return new EntityLife(place, cell, context, { fold, sinceSnapshot: records });
  } catch (error) {
    if (error instanceof Fault && !error.retryable && cell.life === life) endUnreadable(place, cell, error);
    throw error;
  }
}

/** Trying again would find the same: whoever waits is told at once, and somebody has to look. */
function endUnreadable({ address }: Place, cell: Cell, fault: Fault): void {
  cell.system.log.error("entity.unreadable", { entity: entityText(address), err: fault });
  for (let ask = cell.firstOpenAsk; ask !== undefined;) {
    const next = ask.nextOpen;
    ask.refuse(fault);
    ask = next;
  }
  cell.stop();
}
