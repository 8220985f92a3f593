import { objectSchema } from "../../protocols/protocol.ts";
import type { Fields, Protocol } from "../../protocols/protocol.ts";
import { referencePlan } from "../../runtime/codec/reference-plan.ts";
import type { ReplyShape } from "../../runtime/net/route.ts";
import type { EntityType } from "../../runtime/sharding/entity-type.ts";

/** A type of entities that services outside of the cluster may speak to, and what they may say. */
export interface OpenType {
  readonly type: EntityType;
  /** What they may say, by kind, without the fields that only actors can fill. */
  readonly messages: Readonly<Record<string, Fields>>;
  /** All that they may be answered. */
  readonly replies: readonly ReplyShape[];
  isQuestion(kind: string): boolean;
}

/**
 * What a type of entities says to services; undefined when it says nothing to them. Pure.
 * @throws RangeError when it is open for what cannot be said from outside, or not at all
 */
export function openType(type: EntityType): OpenType | undefined {
  const { forServices = [], protocol } = type.kind.definition as {
    readonly forServices?: readonly string[];
    readonly protocol: Protocol;
  };
  if (forServices.length === 0) return undefined;
  const isQuestion = (kind: string): boolean => Object.hasOwn(protocol.ask, kind);
  const messages = forServices.map((kind) => [kind, fieldsFromOutside(type, kind)] as const);
  return {
    type,
    messages: Object.fromEntries(messages),
    replies: forServices.filter(isQuestion).flatMap((kind) => repliesTo(type, kind)),
    isQuestion,
  };
}

function fieldsFromOutside(type: EntityType, kind: string): Fields {
  const { tell, ask } = type.kind.definition.protocol as Protocol;
  const fields = ask[kind]?.request ?? tell[kind];
  if (fields === undefined) throw unfit(type, kind, "there is no such message");
  const required = objectSchema(fields).required as readonly string[] | undefined;
  const inner = Object.entries(fields).filter(([name, schema]) => isOfActors({ [name]: schema }));
  const missing = inner.find(([name]) => required?.includes(name) === true);
  if (missing !== undefined) throw unfit(type, kind, `only an actor can fill "${missing[0]}"`);
  return Object.fromEntries(
    Object.entries(fields).filter((field) => !inner.some(([name]) => name === field[0])),
  );
}

function repliesTo(type: EntityType, question: string): readonly ReplyShape[] {
  const { ask } = type.kind.definition.protocol as Protocol;
  return Object.entries(ask[question]?.reply ?? {}).map(([kind, fields]) => {
    if (isOfActors(fields)) throw unfit(type, question, `its answer "${kind}" means nothing outside`);
    return { kind, fields };
  });
}

/** Whether fields hold references, or values of one process. */
function isOfActors(fields: Fields): boolean {
  const plan = referencePlan(fields);
  return plan.isLocal || plan.fields.size > 0;
}

function unfit({ type }: EntityType, kind: string, why: string): RangeError {
  return new RangeError(`entity ${type} cannot be open to services for "${kind}": ${why}`);
}
