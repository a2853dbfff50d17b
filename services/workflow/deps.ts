/** What workflow needs from the outside world. Opened once in `main.ts`, made up in tests. */
import type { Db } from "@praxis/shared/postgres";
import type { BaseDeps } from "@praxis/shared/service";
import type { Evaluator } from "./dmn/dmn.ts";
import type { Assistance } from "./assistance/model.ts";
import type { FetchFhir } from "./fhir_servers/fhir_servers.ts";
import type { IdentityClient } from "./clients/identity.ts";
import type { CatalogueFunction, Sandbox } from "./language/language.ts";
import type { SagaDefinition } from "./sagas/model.ts";

export type Deps = BaseDeps & {
  identity: IdentityClient;
  /** Every saga that can be started, and older versions of those that are under way. */
  sagas: readonly SagaDefinition[];
  /** Sees to it that sagas are looked at once `tx` is committed. */
  wakeSagas(tx: Db): Promise<void>;
  /** Where expressions and schemas of clinics are evaluated. */
  sandbox: Sandbox;
  /** Where decisions of clinics are evaluated. */
  evaluator: Evaluator;
  /** Reads from the FHIR server of a client of hooks. */
  fetchFhir: FetchFhir;
  /** Where browsers and programs of others reach the platform. */
  publicUrl: string;
  isProduction: boolean;
  /** What definitions may call. */
  functions: readonly CatalogueFunction[];
  /** Sees to it that runs are looked at once `tx` is committed. */
  wakeRuns(tx: Db): Promise<void>;
  /** Who drafts; without it our own rules do, and nothing leaves. */
  assistance?: Assistance;
};
