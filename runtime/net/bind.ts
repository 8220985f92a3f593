import { Fault } from "../fault.ts";

/** Connections that may wait to be accepted while the loop is busy. */
export const ACCEPT_BACKLOG = 4_096;

/** Where a port listens. */
export interface PortAddress {
  /** What operators call the listener. */
  readonly name: string;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
}

/** What binding a port may end in. @throws Fault `portTaken`, which names listener and port, or the error itself */
export async function bound<T>({ name, host, port }: PortAddress, listening: Promise<T>): Promise<T> {
  try {
    return await listening;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Fault("portTaken", { listener: name, host, port }, { cause: error });
  }
}
