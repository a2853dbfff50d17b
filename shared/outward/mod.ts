/** Reaching systems that are not ours, on somebody's word. */
export { isInside, isPlainlyInside, type LookUp, type Place, placeOf } from "./network.ts";
export { requestOutward, within } from "./request.ts";
