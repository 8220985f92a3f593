import Type from "typebox";
import type { Protocol } from "./protocol.ts";

/** The key under which a reference carries its protocol, for the type checker alone. */
export declare const protocolOf: unique symbol;

/**
 * Where a receiver of protocol `P` is reached, wherever it runs. Opaque: hand it on, or to `context.tell` and `context.ask`.
 * A reference names one spawn: it survives the restarts of its actor, and never reaches a later one of the same name.
 */
export interface Reference<P extends Protocol> {
  /** Path and incarnation, for logs and operators: `/rooms/chat$2flobby#41`. */
  readonly address: string;
  readonly [protocolOf]: (protocol: P) => P;
}

/** Any reference, whatever may be said to it: `any` is the one type to which each invariant reference assigns. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyReference = Reference<any>;

/** The schema of a field that holds a reference. It never passes a door as plain data. */
export const reference = <P extends Protocol>() =>
  Type.Unsafe<Reference<P>>({ type: "object", title: "reference" });

/** The schema of a field that holds a reference to somebody whose protocol is known without it. */
export const anyReference = () => Type.Unsafe<AnyReference>({ type: "object", title: "reference" });

/** The schema of a field that stays inside one process: any value of type `T`. */
export const local = <T>() => Type.Unsafe<T>({ title: "local" });
