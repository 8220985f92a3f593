/** What a test writes as one version of an entity: anybody can tell whether it is the right one and whole. */
export function writtenBytes(id: string, version: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size).fill(version % 251);
  const name = new TextEncoder().encode(`${id}#${version};`);
  bytes.set(name.subarray(0, size));
  return bytes;
}
