/** Who may call what: docs/permissions.md, from the services' OpenAPI documents. */
import { accessKinds, isPermission, permissions } from "@praxis/shared/auth";
import type { Issue } from "./model.ts";

export type Route = { service: string; method: string; path: string; access: string };

type Document = { paths: Record<string, Record<string, { "x-permission"?: string }>> };

export function routesOf(service: string, document: Document): Route[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      service,
      method: method.toUpperCase(),
      path,
      access: operation["x-permission"] ?? "",
    }))
  );
}

export function checkPermissions(routes: readonly Route[]): Issue[] {
  const kinds: ReadonlySet<string> = new Set(accessKinds);
  return routes.filter(({ access }) => !kinds.has(access) && !isPermission(access))
    .map(({ service, method, path, access }) => ({
      check: "permissions",
      text: `${service}: ${method} ${path} asks for ${access || "nothing"}, which nobody can hold`,
    }));
}

export function permissionsMarkdown(routes: readonly Route[]): string {
  const of = (access: string) =>
    routes.filter((route) => route.access === access)
      .map(({ method, path }) => `\`${method} ${path}\``).sort();
  const meaning: Record<typeof accessKinds[number], string> = {
    public: "anybody",
    "signed-in": "whoever is signed in, for what is their own",
    service: "another service of the platform, with its token",
    signature: "a provider, by its signature over the body",
    link: "whoever holds a signed link",
  };
  const unused = permissions.filter((name) => of(name).length === 0);
  return [
    "# Permissions",
    "",
    "Written by `deno task coordination` from `docs/openapi`: change the routes. Which roles hold",
    "which permissions is identity's to say (`services/identity/roles/model.ts`).",
    "",
    "| Permission | Lets one call |",
    "| --- | --- |",
    ...permissions.filter((name) => of(name).length > 0)
      .map((name) => `| \`${name}\` | ${of(name).join("<br>")} |`),
    "",
    `No route asks for these yet: ${unused.map((name) => `\`${name}\``).join(", ") || "none"}.`,
    "",
    "## Routes that ask for no permission",
    "",
    "| Kind | Open to | Routes |",
    "| --- | --- | --- |",
    ...accessKinds.map((kind) =>
      `| ${kind} | ${meaning[kind]} | ${of(kind).join("<br>") || "none"} |`
    ),
    "",
  ].join("\n");
}
