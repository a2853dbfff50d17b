/** DICOM's run-length encoding (PS3.5 annex G): one segment per byte plane. */

const HEADER_BYTES = 64;
const SEGMENTS_MAX = 15;

/** PackBits: a count, then so many bytes as they are, or one byte so many times. */
function unpack(source: Uint8Array, target: Uint8Array): void {
  let from = 0;
  let to = 0;
  while (from < source.length && to < target.length) {
    const control = source[from++]!;
    if (control < 128) {
      const run = source.subarray(from, from + control + 1);
      target.set(run.subarray(0, target.length - to), to);
      from += control + 1;
      to += control + 1;
    } else if (control > 128) {
      const end = Math.min(to + 257 - control, target.length);
      target.fill(source[from++] ?? 0, to, end);
      to = end;
    }
  }
}

/**
 * Samples of one frame, plane by plane: all of the first sample, then all of the second.
 * @throws RangeError when the segments do not fit the picture.
 */
export function decodeRle(
  frame: Uint8Array,
  shape: { pixels: number; samples: number; bytesPerSample: number },
): Uint8Array | Uint16Array {
  const { pixels, samples, bytesPerSample } = shape;
  const header = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
  const count = header.getUint32(0, true);
  if (count !== samples * bytesPerSample || count > SEGMENTS_MAX) {
    throw new RangeError("the segments do not fit the picture");
  }
  const plane = (segment: number) => {
    const start = header.getUint32(4 + segment * 4, true);
    const end = segment + 1 < count ? header.getUint32(8 + segment * 4, true) : frame.length;
    const bytes = new Uint8Array(pixels);
    unpack(frame.subarray(start, end), bytes);
    return bytes;
  };
  if (bytesPerSample === 1) {
    const out = new Uint8Array(pixels * samples);
    for (let sample = 0; sample < samples; sample++) out.set(plane(sample), sample * pixels);
    return out;
  }
  const out = new Uint16Array(pixels * samples);
  for (let sample = 0; sample < samples; sample++) {
    // The most significant byte comes first.
    const [high, low] = [plane(sample * 2), plane(sample * 2 + 1)];
    for (let at = 0; at < pixels; at++) out[sample * pixels + at] = high[at]! << 8 | low[at]!;
  }
  return out;
}
