/** A bar in a cell of a table: what it shows stands beside it as a number. */

/** `share`: from 0 to 1 of the longest. */
export function Bar({ share, tone = "accent" }: { share: number; tone?: "accent" | "caution" }) {
  const width = Math.max(0, Math.min(1, share)) * 100;
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      className="mt-1.5 h-2 w-full max-w-48 min-w-16"
    >
      <rect width="100" height="8" rx="1" className="fill-sunken" />
      <rect
        width={width}
        height="8"
        rx="1"
        className={tone === "caution" ? "fill-caution" : "fill-accent"}
      />
    </svg>
  );
}
