/** How long a client may take to answer a close frame, in milliseconds. */
const CLOSE_TIMEOUT_MS = 5_000;

/** In how many pieces a message may come: as frames, and as reads that complete none. */
const FRAGMENTS_MAX = 1_024;
const BUFFERED_CHUNKS_MAX = 4_096;

/** What ws is told of every WebSocket, whether its handshake was here or in another process. */
export function webSocketOptions(frameBytes: number) {
  return {
    // A compressed broadcast could not be encoded once for all.
    perMessageDeflate: false,
    maxPayload: frameBytes,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: BUFFERED_CHUNKS_MAX,
    skipUTF8Validation: false,
    // Pings are answered through the outlet, in order with everything else, and cost the client like any frame.
    autoPong: false,
    allowSynchronousEvents: true,
    ...NOT_TYPED_YET,
  };
}

// ws documents this option; its type declarations are behind.
const NOT_TYPED_YET: object = { closeTimeout: CLOSE_TIMEOUT_MS };
