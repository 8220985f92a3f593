/**
 * A socket below Node's streams, as it travels between processes. A `net.Socket` in its place would lose bytes: each
 * process on the way begins to read it.
 */
export interface RawHandle {
  /** Bytes that were written to it and that the operating system has not taken yet. */
  readonly writeQueueSize: number;
  /** Whether Node reads from it, as Node's streams note it. */
  reading?: boolean;
  /** What Node calls with what was read. */
  onread?: unknown;
  readStart(): number;
  readStop(): number;
  /** Closes this process's copy; the connection lives on while another process holds one. */
  close(closed?: () => void): void;
}
