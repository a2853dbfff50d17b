/** The architecture, checked by `deno lint`. Each rule explains itself in its message. */

/** Inside a feature, imports only go down this ladder. */
const LADDER = ["routes", "<feature>", "store", "model"];

type Place = { area: string; service?: string; feature?: string; file: string; test: boolean };

const AREAS = /(?:^|\/)((?:services|shared|web|tools|deploy|bench)\/.+)$/;

/** Where a file lives: `services/identity/sessions/store.ts` and so on. */
function placeOf(path: string): Place | undefined {
  const parts = path.replaceAll("\\", "/").match(AREAS)?.[1]?.split("/");
  if (!parts) return undefined;
  const file = parts.at(-1)!.replace(/\.tsx?$/, "");
  const test = /(_test|testing|fixtures)$/.test(file) || parts.includes("testing");
  const place: Place = { area: parts[0]!, file, test };
  if (parts[0] === "services") {
    if (parts[1]) place.service = parts[1];
    if (parts.length > 3) place.feature = parts[2]!;
  }
  return place;
}

const stepOf = (place: Place) =>
  LADDER.indexOf(place.file === place.feature ? "<feature>" : place.file);

/** Says why `from` may not import `to`, or nothing when it may. */
export function whyNot(from: Place, to: Place): string | undefined {
  if (from.test) return undefined;
  if (from.area === "shared" && to.area !== "shared") return "shared/ may not know any service";
  if (from.area === "web" && to.area === "services") return "web/ talks to services over HTTP only";
  if (from.area !== "services" || to.area !== "services") return undefined;
  if (from.service !== to.service) {
    return "a service may not import another service: call it over HTTP";
  }
  if (!from.feature || !to.feature) return undefined;
  if (from.feature !== to.feature) {
    const face = to.file === to.feature || to.file === "model";
    return face
      ? undefined
      : `only ${to.feature}.ts and model.ts of a neighbour feature may be imported`;
  }
  const [up, down] = [stepOf(from), stepOf(to)];
  if (up >= 0 && down >= 0 && down <= up) {
    return "inside a feature imports go down: routes, feature, store, model";
  }
  return undefined;
}

/** Turns a relative or workspace specifier into a path that `placeOf` understands. */
function resolve(filename: string, specifier: string): string {
  if (specifier.startsWith(".")) return new URL(specifier, `file://${filename}`).pathname;
  const member = specifier.match(/^@praxis\/(\w+)(.*)$/);
  if (!member) return specifier;
  if (member[1] === "shared") return `shared${member[2]}/mod.ts`;
  return member[1] === "local" ? `deploy/local${member[2]}.ts` : `services/${member[1]}/app.ts`;
}

const ENVIRONMENT_READERS = /(^|\/)(shared\/config|deploy|tools|bench)\//;

const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    "import-direction": {
      create(context) {
        const from = placeOf(context.filename);
        const check = (source: Deno.lint.StringLiteral | null) => {
          const to = source && placeOf(resolve(context.filename, source.value));
          const message = from && to && whyNot(from, to);
          if (message) context.report({ node: source!, message });
        };
        return {
          ImportDeclaration: (node) => check(node.source),
          ExportNamedDeclaration: (node) => check(node.source),
          ExportAllDeclaration: (node) => check(node.source),
        };
      },
    },
    "sql-lives-in-stores": {
      create(context) {
        const place = placeOf(context.filename);
        if (!place || place.test || place.area !== "services" || place.file === "store") return {};
        return {
          TaggedTemplateExpression(node) {
            if (node.tag.type === "Identifier" && /^(sql|db|tx)$/.test(node.tag.name)) {
              context.report({
                node,
                message: "SQL is written in store.ts",
                hint: "Move the query next to its siblings.",
              });
            }
          },
        };
      },
    },
    "no-select-star": {
      create(context) {
        const place = placeOf(context.filename);
        if (!place || place.test || !["services", "shared"].includes(place.area)) return {};
        return {
          TaggedTemplateExpression(node) {
            if (/\bselect\s+(\w+\.)?\*/i.test(context.sourceCode.getText(node.quasi))) {
              context.report({ node, message: "Name the columns: a new one must not leak" });
            }
          },
        };
      },
    },
    "environment-is-read-once": {
      create(context) {
        const place = placeOf(context.filename);
        if (!place || place.test || ENVIRONMENT_READERS.test(context.filename)) return {};
        return {
          MemberExpression(node) {
            if (context.sourceCode.getText(node) === "Deno.env") {
              context.report({
                node,
                message: "Only shared/config reads the environment",
                hint: "Add the name to config.ts.",
              });
            }
          },
        };
      },
    },
    "routes-are-defined": {
      create(context) {
        const place = placeOf(context.filename);
        if (!place || place.test || place.area !== "services" || place.service === "gateway") {
          return {};
        }
        return {
          CallExpression(node) {
            const text = context.sourceCode.getText(node.callee);
            if (/^(api|app)\.(get|post|put|patch|delete|all|on)$/.test(text)) {
              context.report({
                node,
                message: "A route needs defineRoute and a permission",
                hint: "Use api.openapi(route, handler).",
              });
            }
            if (/^c\.(json|body|text|html)$/.test(text)) {
              context.report({
                node,
                message: "Answer with reply(), stream() or empty(): a schema decides what leaves",
              });
            }
            if (/^new OpenAPIHono|^new Hono/.test(context.sourceCode.getText(node))) {
              context.report({ node, message: "Start a feature with createApi()" });
            }
          },
        };
      },
    },
    "files-say-what-they-hold": {
      create(context) {
        const place = placeOf(context.filename);
        if (!place || place.test || place.file === "mod") return {};
        return {
          Program(node) {
            if (
              !/^(#!.*\n)?\/\*\*/.test(context.sourceCode.getText(node).trimStart()) &&
              !/^(#!.*\n)?\/\*\*/.test(context.sourceCode.text)
            ) {
              context.report({
                node: node.body[0] ?? node,
                message: "A file starts with one sentence that says what it holds",
              });
            }
          },
        };
      },
    },
  },
};

export default plugin;
