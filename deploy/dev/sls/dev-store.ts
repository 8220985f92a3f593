import { ApiError } from "./api-error.ts";
import { DevLogstore } from "./dev-logstore.ts";
import type { ShardQuotas } from "./dev-logstore.ts";

const PROJECTS_MAX = 100;
const LOGSTORES_MAX = 100;

/** How much the server takes in. */
export interface StoreRules {
  /** Of each logstore; the oldest log groups go when there are more, in bytes. */
  readonly bytesMax: number;
  readonly quotas: ShardQuotas;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** In milliseconds; what it measures goes on evenly, also when the time is set. */
  readonly steadyMs: () => number;
}

/** How a logstore shall be. */
export interface LogstoreWish {
  readonly shards: number;
  readonly ttlDays: number;
}

/** The projects of the test server with their logstores. */
export class DevStore {
  readonly #rules: StoreRules;
  readonly #projects = new Map<string, Map<string, DevLogstore>>();

  constructor(rules: StoreRules) {
    this.#rules = rules;
  }

  projects(): string[] {
    return [...this.#projects.keys()];
  }

  /** Makes a project, unless it is there. */
  createProject(name: string): void {
    if (this.#projects.has(name)) return;
    if (this.#projects.size >= PROJECTS_MAX) throw new ApiError(403, "ExceedQuota", "too many projects");
    this.#projects.set(name, new Map());
  }

  /** The logstores of a project. @throws ApiError */
  logstores(project: string | undefined): ReadonlyMap<string, DevLogstore> {
    return this.#project(project);
  }

  /** @throws ApiError when it is there */
  createLogstore(project: string | undefined, name: string, { shards, ttlDays }: LogstoreWish): DevLogstore {
    const logstores = this.#project(project);
    if (!/^[a-z0-9][a-z0-9_-]{1,62}$/.test(name)) {
      throw new ApiError(400, "LogStoreInfoInvalid", `${name} is no name`);
    }
    if (logstores.has(name)) throw new ApiError(400, "LogStoreAlreadyExist", `${name} exists`);
    if (logstores.size >= LOGSTORES_MAX) throw new ApiError(403, "ExceedQuota", "too many logstores");
    const logstore = new DevLogstore({ ...this.#rules, name, shards, ttlDays });
    logstores.set(name, logstore);
    return logstore;
  }

  /** @throws ApiError */
  logstore(project: string | undefined, name: string): DevLogstore {
    const logstore = this.#project(project).get(name);
    if (logstore === undefined) {
      throw new ApiError(404, "LogStoreNotExist", `logstore ${name} does not exist`);
    }
    return logstore;
  }

  /** @throws ApiError */
  removeLogstore(project: string | undefined, name: string): void {
    this.logstore(project, name);
    this.#project(project).delete(name);
  }

  #project(name: string | undefined): Map<string, DevLogstore> {
    const project = this.#projects.get(name ?? "");
    if (project === undefined) {
      throw new ApiError(404, "ProjectNotExist", `The Project does not exist : ${name}`);
    }
    return project;
  }
}
