/** Turns the tables of the house into oxlint overrides. An override replaces a rule's options, so each states its whole list. */
import { LAYERS, PACKAGE_HOMES } from "./house.ts";

/** How deep files lie below a folder of `actors/`; the tidy test notices a deeper one. */
export const ACTORS_DEPTH_MAX = 4;

interface Restriction {
  regex?: string;
  group?: string[];
  message: string;
}

export interface ImportRule {
  files: string[];
  rules: { "no-restricted-imports": ["error", { patterns: Restriction[] }] };
}

/** The overrides that `.oxlintrc.json` must hold, general folders first because the last match wins. */
export function importRules(): ImportRule[] {
  const layers = Object.keys(LAYERS).filter((layer) => layer !== "test");
  return layers.flatMap((layer) => foldersOf(layer).flatMap((folder) => rulesOf(layer, folder)));
}

/** A layer and the homes inside it. */
function foldersOf(layer: string): string[] {
  const homes = Object.values(PACKAGE_HOMES).flat();
  return [...new Set([`${layer}/`, ...homes.filter((home) => home.startsWith(`${layer}/`)).toSorted()])];
}

function rulesOf(layer: string, folder: string): ImportRule[] {
  const upward = upwardRestriction(layer);
  const foreign = packageRestriction(folder);
  if (layer !== "actors") return [rule(`${folder}**`, [upward, foreign])];
  const depths = Array.from({ length: ACTORS_DEPTH_MAX }, (_, index) => index + 1);
  const base = folder === "actors/" ? "actors/*/" : folder;
  const baseDepth = base.split("/").length - 2;
  return depths
    .filter((depth) => depth >= baseDepth)
    .map((depth) =>
      rule(`${base}${"*/".repeat(depth - baseDepth)}*`, [upward, featureRestriction(depth), foreign]),
    );
}

function rule(files: string, patterns: Restriction[]): ImportRule {
  return { files: [files], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

function upwardRestriction(layer: string): Restriction {
  const allowed = LAYERS[layer] ?? [];
  const forbidden = Object.keys(LAYERS).filter((other) => !allowed.includes(other));
  return {
    regex: `^(\\.\\./)+(${forbidden.join("|")})/`,
    message: `${layer}/ may import only ${[layer, ...allowed].join("/, ")}/.`,
  };
}

/** As many steps up as the file lies deep lead to `actors/`; a name after them is another feature. */
function featureRestriction(depth: number): Restriction {
  return {
    regex: `^(\\.\\./){${depth}}[^.]`,
    message: "A feature never imports another feature; they meet through protocols/.",
  };
}

function packageRestriction(folder: string): Restriction {
  const atHome = Object.keys(PACKAGE_HOMES).filter((name) =>
    PACKAGE_HOMES[name]?.some((home) => folder.startsWith(home)),
  );
  const allowed = ["./**", "../**", "node:*", "node:*/**", ...atHome.flatMap((name) => [name, `${name}/**`])];
  return {
    group: ["*", ...allowed.map((pattern) => `!${pattern}`)],
    message: "This package has another home; test/support/house.ts says where.",
  };
}
