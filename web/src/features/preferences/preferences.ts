/** How a person likes the app to look and speak; kept in this browser. */
import { useSyncExternalStore } from "react";
import { type Language, languages } from "../../i18n/format.ts";

export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";
export type Preferences = { theme: Theme; density: Density; language: Language };

const KEY = "praxis.preferences";
const themes: readonly Theme[] = ["system", "light", "dark"];
const densities: readonly Density[] = ["comfortable", "compact"];

const oneOf = <T extends string>(allowed: readonly T[], value: unknown): T | undefined =>
  allowed.find((item) => item === value);

/** Whatever storage holds becomes something usable. */
export function readPreferences(stored: string | null, spoken: readonly string[]): Preferences {
  let given: Partial<Record<keyof Preferences, unknown>> = {};
  try {
    const value: unknown = JSON.parse(stored ?? "{}");
    if (typeof value === "object" && value !== null) given = value;
  } catch {
    // Not ours, or cut off: start anew.
  }
  const bySystem = spoken.map((tag) => oneOf(languages, tag.slice(0, 2).toLowerCase()))
    .find((language) => language !== undefined);
  return {
    theme: oneOf(themes, given.theme) ?? "system",
    density: oneOf(densities, given.density) ?? "comfortable",
    language: oneOf(languages, given.language) ?? bySystem ?? "en",
  };
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

let preferences: Preferences | undefined;
const listeners = new Set<() => void>();

function current(): Preferences {
  preferences ??= readPreferences(stored(), navigator.languages);
  return preferences;
}

export function setPreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  preferences = { ...current(), [name]: value };
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Then it holds until the page is left.
  }
  const { dataset } = document.documentElement;
  if (preferences.theme === "system") delete dataset.theme;
  else dataset.theme = preferences.theme;
  dataset.density = preferences.density;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, current);
