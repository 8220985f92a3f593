import { setFlagsFromString } from "node:v8";

/** For the start of a process: how large the part of the heap for young objects may become, 8 MiB a half. The start alone would make it twice as large, for good. */
export const YOUNG_GENERATION_FLAG = "--max-semi-space-size=8";

/**
 * Keeps the part of the heap for young objects as large as the start has made it. What connections hold
 * survives there for a while, so V8 would double it while they come; with 2,000 of them that was half of all the memory
 * they took, and nothing became faster by it.
 */
export function keepYoungGeneration(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
