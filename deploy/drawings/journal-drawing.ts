import type { InspectedEntity, ListedEntity, TypeCount } from "../journal/inspect-journal.ts";
import { drawTable } from "./columns.ts";
import type { Paint } from "./columns.ts";
import { bytes, oneLine, timeOf } from "./units.ts";

const EVENTS_MAX = 200;

/** Draws how many entities of which types a journal holds. Pure. */
export function drawTypes(types: readonly TypeCount[], paint: Paint): string {
  if (types.length === 0) return "No entity has stored anything yet.";
  const rows = types.map(({ type, entities }) => ({ cells: [type, String(entities)] }));
  return drawTable({ headings: ["type", "entities"], numbers: ["entities"], rows }, paint);
}

/** Draws the entities of a type. Pure. */
export function drawEntities(
  { entities, hasMore }: { readonly entities: readonly ListedEntity[]; readonly hasMore: boolean },
  paint: Paint,
): string {
  if (entities.length === 0) return "No entity of this type has stored anything.";
  const rows = entities.map(({ entity, version, snapshot }) => ({
    cells: [oneLine(entity), String(version), snapshot === 0 ? "-" : String(snapshot)],
  }));
  const table = drawTable(
    { headings: ["entity", "version", "snapshot"], numbers: ["version", "snapshot"], rows },
    paint,
  );
  return hasMore ? `${table}\n… and more: --limit shows more of them` : table;
}

/** Draws one entity and its records. Pure. */
export function drawEntity({ records, ...entity }: InspectedEntity, paint: Paint): string {
  const snapshot =
    entity.snapshot === 0
      ? "no snapshot"
      : `snapshot of version ${entity.snapshot}, ${bytes(entity.snapshotBytes)}`;
  const head = `${oneLine(entity.entity)}: version ${entity.version}, ${snapshot}, last written by ${entity.owner}`;
  if (records.length === 0) return `${head}\nno records from there on`;
  const hasEvents = records.some(({ events }) => events !== undefined);
  const rows = records.map(({ version, atMs, bytes: size, events }) => ({
    cells: [
      String(version),
      timeOf(atMs),
      bytes(size),
      ...(hasEvents ? [oneLine(JSON.stringify(events) ?? "", EVENTS_MAX)] : []),
    ],
  }));
  const headings = ["version", "when", "size", ...(hasEvents ? ["events"] : [])];
  return `${head}\n${drawTable({ headings, numbers: ["version", "size"], rows }, paint)}`;
}
