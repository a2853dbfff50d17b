/** Everything content reads from its environment. */
import { serviceConfig } from "@praxis/shared/config";
import { discoveryConfig } from "@praxis/shared/discovery";
import { z } from "zod";
import { FRAME_CACHE_MIB, RENDERERS_MAX } from "./dicom/renderings.ts";
import { READ_MEMORY_MIB, READERS_MAX } from "./ingestion/reading_model.ts";

export const Config = z.object({
  ...serviceConfig,
  ...discoveryConfig,
  /** The folder that holds the files: `file:///…`. */
  STORAGE_URL: z.url({ protocol: /^file$/ }),
  /** Processes that read files, at most; each is one more that may take `READER_MEMORY_MIB`. */
  READERS_MAX: z.coerce.number().int().min(1).max(16).default(READERS_MAX),
  /** Resident memory of a process that reads a file or draws a frame; above it, it is ended. */
  READER_MEMORY_MIB: z.coerce.number().int().min(192).max(8_192).default(READ_MEMORY_MIB),
  /** Processes that draw DICOM frames, at most. */
  RENDERERS_MAX: z.coerce.number().int().min(1).max(16).default(RENDERERS_MAX),
  /** Languages of scans, as tesseract names them; those that are not installed are left out. */
  OCR_LANGUAGES: z.string().regex(/^[a-z_]{3,20}(\+[a-z_]{3,20})*$/).default("eng+deu+fra"),
  /** Frames that were drawn are kept in memory, up to so much. */
  FRAME_CACHE_MIB: z.coerce.number().int().min(0).max(4_096).default(FRAME_CACHE_MIB),
});
