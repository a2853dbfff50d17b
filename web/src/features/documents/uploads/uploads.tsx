/** Files being filed, kept above the pages so that going elsewhere loses nothing. */
import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  use,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "react";
import { useClient } from "../../../api/context.ts";
import { isAborted } from "../../../api/problem.ts";
import { useText } from "../../../i18n/i18n.tsx";
import { useAnnounce } from "../../../ui/announcer.tsx";
import {
  type About,
  isBusy,
  isToSend,
  NOTHING,
  reduce,
  refusalOf,
  tagsIn,
  titleOf,
  type Upload,
} from "./model.ts";

type Uploads = {
  uploads: Upload[];
  about: About;
  setAbout(change: Partial<About>): void;
  add(files: Iterable<File>): void;
  remove(id: string): void;
  retitle(id: string, title: string): void;
  /** Sends whatever is ready or failed before. */
  send(): void;
  stop(id: string): void;
  clear(): void;
};

const Context = createContext<Uploads | undefined>(undefined);

export function useUploads(): Uploads {
  const uploads = use(Context);
  if (!uploads) throw new Error("no uploads around this component");
  return uploads;
}

const PARALLEL = 2;

export function UploadsProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const text = useText();
  const announce = useAnnounce();
  const queries = useQueryClient();
  const [uploads, dispatch] = useReducer(reduce, []);
  const [about, change] = useState(NOTHING);
  const stops = useRef(new Map<string, AbortController>());

  const isAnyBusy = uploads.some(isBusy);
  useEffect(() => {
    if (uploads.every(({ state }) => state.kind === "filed")) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [uploads]);

  const value = useMemo<Uploads>(() => {
    async function sendOne({ id, file, title, key }: Upload): Promise<boolean> {
      const stop = new AbortController();
      stops.current.set(id, stop);
      const form = new FormData();
      if (title.trim() !== "") form.append("title", title.trim());
      if (about.category.trim() !== "") form.append("category", about.category.trim());
      if (about.patient) form.append("patientId", about.patient.id);
      const tags = tagsIn(about.tags);
      if (tags.length > 0) form.append("tags", JSON.stringify(tags));
      form.append("file", file, file.name);
      const sending = (progress: number) =>
        dispatch({ kind: "state", id, state: { kind: "sending", progress } });
      sending(0);
      try {
        const document = await client.upload({
          method: "POST",
          address: "/api/content/documents",
          form,
          headers: { "idempotency-key": `${key}-${about.edition}` },
          signal: stop.signal,
        }, sending);
        dispatch({ kind: "state", id, state: { kind: "filed", document } });
        return true;
      } catch (error) {
        const state: Upload["state"] = isAborted(error)
          ? { kind: "ready" }
          : { kind: "failed", error };
        dispatch({ kind: "state", id, state });
        return false;
      } finally {
        stops.current.delete(id);
      }
    }

    async function send(): Promise<void> {
      const queue = uploads.filter(isToSend);
      for (const { id } of queue) dispatch({ kind: "state", id, state: { kind: "waiting" } });
      let filed = 0;
      const work = [...queue];
      const worker = async () => {
        for (let next = work.shift(); next; next = work.shift()) {
          if (await sendOne(next)) filed++;
          queries.invalidateQueries({ queryKey: ["documents"] });
        }
      };
      await Promise.all(Array.from({ length: PARALLEL }, worker));
      announce(text.upload.finished(filed, queue.length - filed));
      queries.invalidateQueries({ queryKey: ["notifications"] });
      queries.invalidateQueries({ queryKey: ["tasks"] });
    }

    return {
      uploads,
      about,
      setAbout: (to) => change({ ...about, ...to, edition: about.edition + 1 }),
      add: (files) => {
        const added = [...files].map((file): Upload => {
          const why = refusalOf(file);
          return {
            id: crypto.randomUUID(),
            key: crypto.randomUUID(),
            file,
            title: titleOf(file.name),
            state: why ? { kind: "refused", why } : { kind: "ready" },
          };
        });
        dispatch({ kind: "add", uploads: added });
      },
      remove: (id) => dispatch({ kind: "remove", id }),
      retitle: (id, title) => dispatch({ kind: "retitle", id, title, key: crypto.randomUUID() }),
      send: () => void send(),
      stop: (id) => stops.current.get(id)?.abort(),
      clear: () => {
        // Who it was about must not slip into what is filed next.
        change(NOTHING);
        dispatch({ kind: "clear" });
      },
    };
  }, [uploads, about, client, text, announce, queries]);

  return (
    <Context value={value}>
      {children}
      {isAnyBusy && <span className="sr-only" role="status">{text.upload.sending}</span>}
    </Context>
  );
}
