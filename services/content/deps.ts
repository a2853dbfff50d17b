/** What content needs from the outside world. Opened once in `main.ts`. */
import type { Jobs } from "@praxis/shared/jobs";
import type { BaseDeps } from "@praxis/shared/service";
import type { DrawFrame } from "./dicom/renderings.ts";
import type { ReadFile, ReadFiles } from "./ingestion/model.ts";
import type { Senders } from "./ingestion/senders.ts";
import type { Storage } from "./storage/storage.ts";
import type { UploadLimits } from "./uploads/model.ts";

export type Deps = BaseDeps & {
  jobs: Pick<Jobs, "send">;
  storage: Storage;
  senders: Senders;
  /** Reads a file in a process of its own. */
  readFile: ReadFile;
  readFiles: ReadFiles;
  /** Draws a frame of a DICOM file in a process of its own. */
  drawFrame: DrawFrame;
  uploadLimits: UploadLimits;
};
