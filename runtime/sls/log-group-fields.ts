/** How SLS writes logs down: the tags (field number and wire type) of its Protobuf messages. */
export const LIST = { group: 0x0a } as const;
export const GROUP = { log: 0x0a, topic: 0x1a, source: 0x22, tag: 0x32 } as const;
export const LOG = { time: 0x08, content: 0x12, nanoseconds: 0x25 } as const;
/** A content of a log and a tag of a group are made alike. */
export const PAIR = { key: 0x0a, value: 0x12 } as const;
