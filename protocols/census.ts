import { defineProtocol } from "./protocol.ts";

/** Spoken by nobody but the census itself: it counts whenever its time has come. */
export const CensusProtocol = defineProtocol({ name: "census", version: 1, self: { count: {} } });
export type CensusProtocol = typeof CensusProtocol;
