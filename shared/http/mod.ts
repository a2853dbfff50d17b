export { type Api, createApi, errorsOf, type RequestFacts } from "./api.ts";
export { defineRoute, readBody } from "./define_route.ts";
export { docsPage, docsRoutes } from "./docs.ts";
export { Page, type Paged, PageQuery, readCursor, toPage } from "./paging.ts";
export { checkReadiness, type ReadyChecks } from "./readiness.ts";
export { empty, reply, stream } from "./reply.ts";
export { serve } from "./serve.ts";
export { requestIdOf } from "./request_id.ts";
export { createService, type Surroundings } from "./service.ts";
