export {
  currentIdentity,
  fetchPeer,
  followIdentity,
  type Identity,
  mtlsConfig,
  peerClient,
  readIdentity,
  serviceNamed,
  takeIdentity,
} from "./identity.ts";
export { type MutualServer, serveMutual } from "./serve.ts";
