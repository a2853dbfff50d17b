export { expectSafeDefiners } from "./definers.ts";
export { expectGates } from "./gates.ts";
export { asService, openTestService, type TestService, testUser } from "./service.ts";
