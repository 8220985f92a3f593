import type { Standing } from "./claims.ts";
import type { EntityType } from "./entity-type.ts";
import { Placement } from "./placement.ts";
import type { Whereabouts } from "./transit-steps.ts";

/** The role of nodes that take entities, unless their type names another. */
export const ENTITY_ROLE = "entities";

/** The members as entities see them: to whom each belongs, and who is gone. */
export class MemberMap implements Whereabouts {
  readonly #member: Standing;
  /** Nodes that have said that they take nothing any more, before the table says so. */
  readonly #drained = new Set<string>();
  #placement = new Placement([]);

  constructor(member: Standing) {
    this.#member = member;
    this.learn();
  }

  get self(): string {
    return this.#member.incarnation;
  }

  /** The view has changed. Those who leave take nothing. */
  learn(): void {
    const members = [...this.#member.view.members.values()];
    for (const incarnation of this.#drained) {
      if (!this.isAlive(incarnation)) this.#drained.delete(incarnation);
    }
    const takers = members.filter(
      ({ state, incarnation }) => state === "up" && !this.#drained.has(incarnation),
    );
    this.#placement = new Placement(takers);
  }

  /** That node takes nothing any more. */
  drained(incarnation: string): void {
    this.#drained.add(incarnation);
    this.learn();
  }

  home({ key, type }: { readonly key: string; readonly type: EntityType }): string | undefined {
    return this.#placement.of(key, roleOf(type));
  }

  mayTake({ type }: { readonly type: EntityType }): boolean {
    const self = this.#member.view.members.get(this.self);
    if (self?.state !== "up" || self.capacity <= 0 || !self.roles.includes(roleOf(type))) return false;
    return this.#member.holdsLease();
  }

  /** Whether it may own something. */
  mayOwn(incarnation: string): boolean {
    return this.isAlive(incarnation) && !this.#drained.has(incarnation);
  }

  /** The other nodes that live. */
  others(): readonly string[] {
    return [...this.#member.view.members.keys()].filter((one) => one !== this.self && this.isAlive(one));
  }

  isAlive(incarnation: string): boolean {
    const member = this.#member.view.members.get(incarnation);
    return member !== undefined && member.state !== "dead";
  }

  /** Whether it is known to be dead: one that has just come may not be known yet. */
  hasEnded(incarnation: string): boolean {
    return this.#member.view.members.get(incarnation)?.state === "dead";
  }
}

function roleOf({ kind }: EntityType): string {
  return kind.definition.role ?? ENTITY_ROLE;
}
