/** What can be done for the programs of others: the face of this folder. */
export { begin, decide, describe } from "./authorization.ts";
export {
  authenticate,
  type Credentials,
  credentialsOf,
  findOwnPermissions,
  isClientNamed,
  listClients,
  register,
  remove,
} from "./clients.ts";
export { readAccessToken } from "./client_tokens.ts";
export { exchangeCode, grantOwn, refreshGrant, revokeGrant } from "./grants.ts";
export { introspect, userInfo } from "./inspection.ts";
