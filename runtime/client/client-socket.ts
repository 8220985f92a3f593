/** What a socket tells the session that opened it. Nothing follows `closed`. */
export interface SocketEvents {
  opened(): void;
  received(data: string | Uint8Array): void;
  /** @param code the close code; 1006 when the connection broke without one */
  closed(code: number): void;
}

/** One WebSocket as the client sees it, whichever package or platform made it. */
export interface ClientSocket {
  send(data: string | Uint8Array): void;
  close(code: number): void;
}

/** Begins to open a socket; what becomes of it is told through `events`, never thrown. */
export type OpenSocket = (url: string, subprotocol: string, events: SocketEvents) => ClientSocket;
