export {
  type Actor,
  anonymous,
  callingService,
  type ServiceActor,
  signedIn,
  type UserActor,
} from "./actor.ts";
export { CONTEXT_SECONDS_MAX, contextHeaders, identityHeaders, verifyContext } from "./context.ts";
export { createIdentify, userOf } from "./identify.ts";
export {
  type Access,
  accessKinds,
  isPermission,
  type Permission,
  permissions,
} from "./permissions.ts";
export { withinScope } from "./scope.ts";
export { createServiceToken, type ServiceToken } from "./service_token.ts";
export { createStanding, RevocationPage, Standing, type StandingOf } from "./standing.ts";
export {
  ACCESS_AUDIENCE,
  ACCESS_TOKEN_TYPE,
  AccessClaims,
  ALGORITHM,
  bearerOf,
  CLIENT_AUDIENCE,
  ClientClaims,
  createTokenVerifier,
  remoteKeys,
  SERVICE_AUDIENCE,
  SERVICE_TOKEN_TYPE,
  type TokenVerifier,
  type VerifiedClaims,
} from "./tokens.ts";
