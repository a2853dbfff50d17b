/** Steps of runs: taken up, told something, held. The folder's public face. */
export {
  claim,
  deliver,
  type Held,
  hold,
  insertOrder,
  type KeptStep,
  listLive,
  listLiveOf,
  listSignals,
  listSteps,
  type SeenStep,
} from "./store.ts";
