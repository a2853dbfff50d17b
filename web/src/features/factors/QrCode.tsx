/** A QR code, drawn here: a secret goes to no one else to be drawn. */
import { useMemo } from "react";
import { encode } from "uqr";

const QUIET_ZONE = 4;

export function QrCode({ value, label }: { value: string; label: string }) {
  const { path, size } = useMemo(() => {
    const { data, size } = encode(value, { ecc: "M", border: QUIET_ZONE });
    const path = data.flatMap((row, y) =>
      row.map((isDark, x) => isDark ? `M${x} ${y}h1v1h-1z` : "")
    )
      .join("");
    return { path, size };
  }, [value]);
  // Black on white in both themes: that is what cameras look for.
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="w-48 shrink-0 rounded-md border border-line bg-white"
    >
      <path d={path} fill="#000" />
    </svg>
  );
}
