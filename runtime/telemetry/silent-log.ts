import type { Logger } from "./logger.ts";

const nothing = (): void => {};

/** Writes nothing: for tests, and for systems that nobody has given a logger. */
export const SILENT: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
};
