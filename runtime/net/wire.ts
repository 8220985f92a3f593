import type { CloseReason } from "../../protocols/client-protocol.ts";
import type { MovedWire } from "./hand-over/moved-connection.ts";
import type { Released } from "./hand-over/socket-handle.ts";
import type { Intake } from "./intake.ts";

/** Is told once when a wire has nothing left to write. */
export interface DrainListener {
  drained(): void;
}

/** The two ends of one socket, whatever it speaks: what the send path and the intake need of it. */
export interface Wire {
  /** Begins to hand to the intake what it reads. */
  listen(intake: Intake): void;
  /** Hands bytes on; what the operating system does not take at once counts as `bufferedBytes`. */
  write(bytes: Buffer): void;
  readonly bufferedBytes: number;
  /** Has the listener told once everything written so far has been taken. */
  awaitDrain(listener: DrainListener): void;
  pauseReading(): void;
  resumeReading(): void;
  /** Ends the connection after everything written so far; `text` is for people. */
  close(reason: CloseReason, text: string): void;
  /** What it speaks, for another process that goes on with its socket. */
  readonly speech: MovedWire;
  /** Whether it is whole: its client has not begun to end it. */
  readonly isWhole: boolean;
  /** Gives up the socket, which stays open, with all bytes that complete no frame; nobody is told. Undefined when it is not whole. */
  release(): Released | undefined;
}
