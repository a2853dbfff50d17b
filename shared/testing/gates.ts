/** One test for every route there will ever be: the gate is read from the document itself. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { accessKinds, isPermission, type Permission, permissions } from "../auth/permissions.ts";
import { newId } from "../id/id.ts";
import { expectSafeDefiners } from "./definers.ts";
import type { TestService } from "./service.ts";

type App = { request(path: string, init?: RequestInit): Response | Promise<Response> };
type Operation = { "x-permission"?: string; requestBody?: { content?: Record<string, unknown> } };
type Document = { paths: Record<string, Record<string, Operation>> };

type Options = {
  app: App;
  service: TestService;
  /** For each path with parameters, ids of things that another organization owns. */
  foreign: (path: string) => Record<string, string> | undefined;
  /** A body good enough to pass validation, for routes with parameters that take one. */
  body?: (method: string, path: string) => BodyInit | undefined;
};

const fill = (path: string, ids: Record<string, string>) =>
  path.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? newId());

/** A body of the right media type, so that only the gate can be what refuses. */
function bodyOf(operation: Operation): RequestInit {
  const type = Object.keys(operation.requestBody?.content ?? {})[0];
  if (!type) return {};
  if (type === "multipart/form-data") return { body: new FormData() };
  return { body: type === "application/json" ? "{}" : "", headers: { "content-type": type } };
}

/** What two answers must have in common so that nobody can tell "not yours" from "not there". */
async function comparable(response: Response): Promise<unknown> {
  const text = await response.text();
  const problem = JSON.parse(text) as Record<string, unknown>;
  delete problem.instance;
  return { status: response.status, type: response.headers.get("content-type"), problem };
}

/**
 * Tries every route of `app`: as a stranger (401), without its permission (403), as a user or a
 * service where the other is wanted (401), as a program of others where a person is wanted (403),
 * and with another organization's ids (the same 404 as for ids that do not exist). Behind the
 * routes: that what the database does with its owner's rights cannot be led astray. Returns how
 * many routes it tried.
 */
export async function expectGates({ app, service, foreign, body }: Options): Promise<number> {
  ok(await expectSafeDefiners(service) > 0);
  const document = await (await app.request("/openapi.json")).json() as Document;
  const asService = { authorization: "Bearer service-stranger" };
  let tried = 0;
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [name, operation] of Object.entries(operations)) {
      const method = name.toUpperCase();
      const route = `${method} ${path}`;
      const access = operation["x-permission"];
      ok(access, `${route} says nothing about who may call it`);
      ok(isPermission(access) || accessKinds.includes(access as never), `${route}: ${access}?`);
      tried++;
      const call = async (headers: Record<string, string>) => {
        const { headers: type, ...init } = bodyOf(operation);
        const all = { ...type as Record<string, string>, ...headers };
        return await app.request(fill(path, {}), { ...init, method, headers: all });
      };
      const expectStatus = async (status: number, who: string, headers: Record<string, string>) => {
        const response = await call(headers);
        await response.body?.cancel();
        equal(response.status, status, `${route} answers ${response.status} to ${who}`);
      };
      if (access === "public" || access === "link" || access === "signature") continue;
      await expectStatus(401, "a stranger", {});
      await expectStatus(401, "unsigned identity headers", {
        "x-user-id": newId(),
        "x-tenant-id": newId(),
        "x-permissions": permissions.join(","),
        "x-session-id": newId(),
      });
      if (access === "service") {
        await expectStatus(401, "a user", service.headersOf({}));
        continue;
      }
      await expectStatus(401, "a service", asService);
      if (access === "signed-in") {
        const program = service.headersOf({ clientId: newId() });
        await expectStatus(403, "a program that acts for a user", program);
      }
      if (isPermission(access)) {
        const others = permissions.filter((permission) => permission !== access);
        await expectStatus(
          403,
          "a user without the permission",
          service.headersOf({
            permissions: others as readonly Permission[],
          }),
        );
      }
      if (!path.includes("{")) continue;
      const ids = foreign(path);
      ok(ids, `${route}: the test has no foreign ids for this path`);
      const stranger = service.headersOf({});
      const given = body?.(method, path);
      const type = given === undefined || given instanceof FormData
        ? {}
        : { "content-type": "application/json" };
      const init = {
        method,
        headers: { ...type, ...stranger },
        ...(given === undefined ? {} : { body: given }),
      };
      const missing = await comparable(await app.request(fill(path, {}), init));
      const theirs = await comparable(await app.request(fill(path, ids), init));
      equal((missing as { status: number }).status, 404, `${route} with an unknown id`);
      deepEqual(theirs, missing, `${route} tells another organization's id from an unknown one`);
    }
  }
  return tried;
}
