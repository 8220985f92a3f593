/** The hash slots of a Redis Cluster. */
export const HASH_SLOTS = 16_384;

const POLYNOMIAL = 0x10_21;
const HIGHEST_BIT = 0x80_00;
const BITS = 0xff_ff;

/**
 * The hash slot of a key: CRC-16 (XMODEM) of what stands between its first brace and the next closing one, or of the whole key where nothing does
 * (Redis Cluster specification). Pure.
 */
export function slotOf(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(hashed(key))) crc = withByte(crc, byte);
  return crc % HASH_SLOTS;
}

function hashed(key: string): string {
  const open = key.indexOf("{");
  const close = open === -1 ? -1 : key.indexOf("}", open + 1);
  return close > open + 1 ? key.slice(open + 1, close) : key;
}

function withByte(crc: number, byte: number): number {
  let next = crc ^ (byte << 8);
  for (let bit = 0; bit < 8; bit++) {
    next = (next & HIGHEST_BIT) === 0 ? next << 1 : (next << 1) ^ POLYNOMIAL;
  }
  return next & BITS;
}
