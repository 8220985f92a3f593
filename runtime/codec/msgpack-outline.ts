/** Why bytes from outside are not decoded at all. */
export type OutlineFault = "notOneValue" | "tooDeep" | "notPlain";

/** What a token is, and how the size that follows it is written: `size` itself, or a number of `sizeBytes` bytes. */
interface Shape {
  readonly kind: "value" | "string" | "array" | "map" | "refused";
  readonly sizeBytes: 0 | 1 | 2 | 4;
  readonly size: number;
}

/** One container on the way down. */
interface Level {
  readonly isMap: boolean;
  /** How many values are still to come, keys included. */
  left: number;
}

/** nil, false, true; float 32 and 64; uint and int of 1, 2, 4 and 8 bytes; str, array and map with their size written out. */
const LONG_SHAPES: Readonly<Record<number, Shape>> = {
  0xc0: value(0),
  0xc2: value(0),
  0xc3: value(0),
  0xca: value(4),
  0xcb: value(8),
  0xcc: value(1),
  0xcd: value(2),
  0xce: value(4),
  0xcf: value(8),
  0xd0: value(1),
  0xd1: value(2),
  0xd2: value(4),
  0xd3: value(8),
  0xd9: sized("string", 1),
  0xda: sized("string", 2),
  0xdb: sized("string", 4),
  0xdc: sized("array", 2),
  0xdd: sized("array", 4),
  0xde: sized("map", 2),
  0xdf: sized("map", 4),
};

/** The shape of each token, by its first byte: https://github.com/msgpack/msgpack/blob/master/spec.md */
const SHAPES: readonly Shape[] = Array.from({ length: 256 }, (_, token) => shapeOf(token));

/**
 * Walks over msgpack bytes without decoding them, so that the decoder meets only what JSON could say too: complete, no
 * deeper than `depthMax` containers, maps with text keys, no binaries and no extensions. Pure; allocates no more than its depth.
 */
export function outlineFault(bytes: Uint8Array, depthMax: number): OutlineFault | undefined {
  const levels: Level[] = [{ isMap: false, left: 1 }];
  let position = 0;
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    if (level.left === 0) {
      levels.pop();
      continue;
    }
    const shape = shapeAt(bytes, position);
    if (shape === undefined) return "notOneValue";
    if (shape.kind === "refused" || (isKeyDue(level) && shape.kind !== "string")) return "notPlain";
    const size = shape.size + numberAt(bytes, position + 1, shape.sizeBytes);
    position += 1 + shape.sizeBytes;
    level.left--;
    const opened = levelOf(shape, size);
    if (opened === undefined) position += size;
    else if (levels.push(opened) > depthMax + 1) return "tooDeep";
  }
  return position === bytes.length ? undefined : "notOneValue";
}

function levelOf(shape: Shape, size: number): Level | undefined {
  if (shape.kind === "array") return { isMap: false, left: size };
  if (shape.kind === "map") return { isMap: true, left: 2 * size };
  return undefined;
}

function isKeyDue(level: Level): boolean {
  return level.isMap && level.left % 2 === 0;
}

function shapeAt(bytes: Uint8Array, position: number): Shape | undefined {
  const shape = SHAPES[bytes[position] ?? -1];
  return shape === undefined || position + 1 + shape.sizeBytes > bytes.length ? undefined : shape;
}

function numberAt(bytes: Uint8Array, position: number, byteCount: number): number {
  let number = 0;
  for (let index = 0; index < byteCount; index++) number = number * 256 + (bytes[position + index] ?? 0);
  return number;
}

function shapeOf(token: number): Shape {
  if (token < 0x80 || token >= 0xe0) return value(0);
  if (token < 0x90) return { kind: "map", sizeBytes: 0, size: token & 0x0f };
  if (token < 0xa0) return { kind: "array", sizeBytes: 0, size: token & 0x0f };
  if (token < 0xc0) return { kind: "string", sizeBytes: 0, size: token & 0x1f };
  return LONG_SHAPES[token] ?? { kind: "refused", sizeBytes: 0, size: 0 };
}

function value(size: number): Shape {
  return { kind: "value", sizeBytes: 0, size };
}

function sized(kind: "string" | "array" | "map", sizeBytes: 1 | 2 | 4): Shape {
  return { kind, sizeBytes, size: 0 };
}
