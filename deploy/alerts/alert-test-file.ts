import type { AlertSettings } from "../../protocols/alert-settings.ts";
import { AlertTestFile } from "../../protocols/alert-tests.ts";
import type { MetricDefinition } from "../../protocols/metric-settings.ts";
import { allMetrics } from "../../runtime/counting/built-in-metrics.ts";
import { alertConflicts } from "../alert-rules.ts";
import { metricConflicts } from "../metric-rules.ts";
import { checkSettings, pathText } from "../settings-check.ts";
import type { SettingProblem, SettingSchema } from "../settings-check.ts";
import { parseSettingsFile } from "../settings-file.ts";
import type { TestedRules } from "./run-alert-test.ts";

/** The settings that are tested where the file has none of its own. */
export interface OwnSettings {
  readonly alerts: AlertSettings;
  readonly metrics: readonly MetricDefinition[];
}

/** A file with tests, with what they test; or what is wrong with it, a line each. */
export type ReadAlertTests =
  | { readonly tests: AlertTestFile["tests"]; readonly tested: TestedRules }
  | { readonly problems: readonly string[] };

/** Reads tests of alert rules; `name` is how the file is called in messages. Pure. */
export function readAlertTests(name: string, text: string, own: OwnSettings): ReadAlertTests {
  const file = parseSettingsFile(name, text);
  if (file.errors.length > 0) return { problems: file.errors };
  const { value, problems } = checkSettings(AlertTestFile as unknown as SettingSchema, file.value);
  const told = (found: readonly SettingProblem[]): readonly string[] =>
    found.map(({ path, at, text: why }) => `${file.locate(path, at)}: ${pathText(path)} ${why}`);
  if (problems.length > 0) return { problems: told(problems) };
  const { metrics, alerts = own.alerts, tests } = value as AlertTestFile;
  const counted = metrics.length > 0 ? metrics : own.metrics;
  const conflicts = [...metricConflicts(metrics), ...alertConflicts(alerts, counted)];
  if (conflicts.length > 0) return { problems: told(conflicts) };
  return { tests, tested: { alerts, metrics: allMetrics(counted) } };
}
