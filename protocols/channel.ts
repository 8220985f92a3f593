import Type from "typebox";
import type { ServerFrame } from "./client-frames.ts";
import type { OutletProtocol } from "./outlet.ts";
import { defineProtocol } from "./protocol.ts";
import { local, reference } from "./reference.ts";

/**
 * What a channel does for a subscriber who reads too slowly: `conflate` keeps only the latest publication for it, `dropOldest`
 * as many of the latest as its buffer holds, `skipAndRecover` leaves all out and says so (`skipped`) once it has caught up.
 */
export type SlowPolicy = "conflate" | "dropOldest" | "skipAndRecover";

/**
 * What may be said to the fast lane of a fan-out: each publication is encoded once for each format and leaves with one
 * write for each subscriber. It stands in this process and takes everything at once.
 */
export const ChannelProtocol = defineProtocol({
  name: "channel",
  version: 1,
  tell: {
    /** Adds a subscriber; `first` reaches it before any later publication. One who is attached already only gets `first`. A socket that closes detaches itself. */
    attach: { outlet: reference<OutletProtocol>(), first: Type.Optional(local<ServerFrame>()) },
    detach: { outlet: reference<OutletProtocol>() },
    publish: { frame: local<ServerFrame>() },
    /** For subscribers on routes that speak plain text. */
    publishText: { text: Type.String() },
    /** Keeps what is published from now on, for subscribers who are on their way from another process. */
    remember: {},
    /** Adds a subscriber from another process: what was remembered reaches it before any later publication. */
    resume: { outlet: reference<OutletProtocol>() },
    /** Nobody is on the way any more. */
    forget: {},
    /** Detaches everybody, for an owner that ends. */
    close: {},
  },
});
export type ChannelProtocol = typeof ChannelProtocol;
