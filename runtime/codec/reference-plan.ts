import type { TSchema } from "typebox";
import type { Fields } from "../../protocols/protocol.ts";

/** Where references stand in a value: it is one, or some of its items or fields are or hold some. */
type Plan =
  | { readonly kind: "reference" }
  | { readonly kind: "items"; readonly of: Plan }
  | { readonly kind: "fields"; readonly of: ReadonlyMap<string, Plan> };

/** What is known of the fields of one message: which of them hold references, and whether it may leave its process at all. */
export interface ReferencePlan {
  readonly fields: ReadonlyMap<string, Plan>;
  /** It holds a value that means nothing outside of its process. */
  readonly isLocal: boolean;
}

/** A schema as plain data: JSON Schema is what TypeBox writes. */
type Shape = TSchema & {
  readonly title?: string;
  readonly items?: TSchema;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly anyOf?: readonly TSchema[];
};

/** Finds out where the references of a message stand. Pure. */
export function referencePlan(fields: Fields): ReferencePlan {
  return { fields: plansOf(fields), isLocal: Object.values(fields).some((schema) => holdsLocal(schema)) };
}

/** The message with each reference replaced by what `convert` makes of it. What holds none is given back as it is. */
export function withReferences<T extends object>(
  message: T,
  plan: ReferencePlan,
  convert: (reference: unknown) => unknown,
): T {
  return converted(message, { kind: "fields", of: plan.fields }, convert) as T;
}

function plansOf(fields: Readonly<Record<string, TSchema>>): ReadonlyMap<string, Plan> {
  const plans = new Map<string, Plan>();
  for (const [name, schema] of Object.entries(fields)) {
    const plan = planOf(schema);
    if (plan !== undefined) plans.set(name, plan);
  }
  return plans;
}

function planOf(schema: Shape): Plan | undefined {
  if (schema.title === "reference") return { kind: "reference" };
  if (schema.items !== undefined && !Array.isArray(schema.items)) {
    const of = planOf(schema.items);
    return of === undefined ? undefined : { kind: "items", of };
  }
  const of = plansOf(schema.properties ?? {});
  return of.size === 0 ? undefined : { kind: "fields", of };
}

/** References in places where a value has to be looked at to find them do not travel either. */
function holdsLocal(schema: Shape): boolean {
  if (schema.title === "local") return true;
  const parts = [schema.items, ...Object.values(schema.properties ?? {})].filter(
    (part) => part !== undefined,
  );
  if (parts.some((part) => holdsLocal(part))) return true;
  return (schema.anyOf ?? []).some((option) => holdsLocal(option) || planOf(option) !== undefined);
}

function converted(value: unknown, plan: Plan, convert: (reference: unknown) => unknown): unknown {
  if (value === undefined) return undefined;
  if (plan.kind === "reference") return convert(value);
  if (plan.kind === "items") {
    return Array.isArray(value) ? value.map((item: unknown) => converted(item, plan.of, convert)) : value;
  }
  if (plan.of.size === 0 || typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = { ...value };
  for (const [name, part] of plan.of) {
    if (name in copy) copy[name] = converted(copy[name], part, convert);
  }
  return copy;
}
