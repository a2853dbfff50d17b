/** Our own line icons, 20 by 20, drawn with one stroke so that they sit quietly beside text. */
import type { ReactNode } from "react";

const shapes = {
  documents: <path d="M5.5 2.8h6l3.5 3.5v10.9h-9.5zM11.5 2.8v3.5H15M8 10h4.5M8 13h4.5" />,
  tasks: (
    <path d="M3.5 5.2 4.8 6.5 7 4M3.5 10.7l1.3 1.3L7 9.5M3.5 16.2l1.3 1.3L7 15M10 5.5h6.5M10 11h6.5M10 16.5h6.5" />
  ),
  bell: (
    <path d="M10 2.8a4.6 4.6 0 0 0-4.6 4.6c0 4.3-1.7 5.4-1.7 6.1h12.6c0-.7-1.7-1.8-1.7-6.1A4.6 4.6 0 0 0 10 2.8zM8.3 16.3a1.8 1.8 0 0 0 3.4 0" />
  ),
  audit: (
    <path d="M10 2.5 4 4.8v4.6c0 4 2.6 6.7 6 8.1 3.4-1.4 6-4.1 6-8.1V4.8zM7.5 9.8l1.8 1.8 3.3-3.6" />
  ),
  search: <path d="M9 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM13.4 13.4 17 17" />,
  upload: <path d="M10 13.2V3.6M6.2 7.2 10 3.4l3.8 3.8M3.5 13.5v3h13v-3" />,
  download: <path d="M10 3.4V13M6.2 9.4l3.8 3.8 3.8-3.8M3.5 13.5v3h13v-3" />,
  close: <path d="m5.2 5.2 9.6 9.6M14.8 5.2l-9.6 9.6" />,
  check: <path d="m4 10.6 3.8 3.8L16 6" />,
  chevron: <path d="m5.5 7.8 4.5 4.5 4.5-4.5" />,
  back: <path d="M12.2 4.8 7 10l5.2 5.2" />,
  next: <path d="M7.8 4.8 13 10l-5.2 5.2" />,
  warning: <path d="M10 3.2 2.6 16.4h14.8zM10 8.3v3.6M10 14.2v.1" />,
  info: <path d="M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4zM10 9.2v4.3M10 6.5v.1" />,
  retry: <path d="M16 10a6 6 0 1 1-1.9-4.4M16 2.8V6h-3.2" />,
  minus: <path d="M4.5 10h11" />,
  plus: <path d="M4.5 10h11M10 4.5v11" />,
  versions: <path d="M10 3 3 6.6l7 3.6 7-3.6zM3.4 10.2 10 13.6l6.6-3.4M3.4 13.6 10 17l6.6-3.4" />,
  user: (
    <path d="M10 10a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6zM3.8 17c.4-3.2 2.9-4.9 6.2-4.9s5.8 1.7 6.2 4.9" />
  ),
  fit: <path d="M3.5 7.5v-4h4M16.5 7.5v-4h-4M3.5 12.5v4h4M16.5 12.5v4h-4" />,
  up: <path d="M10 16V4.5M5.5 8.8 10 4.3l4.5 4.5" />,
  down: <path d="M10 4v11.5M5.5 11.2l4.5 4.5 4.5-4.5" />,
  plug: <path d="M7 2.8v4M13 2.8v4M4.8 6.8h10.4v2.4a5.2 5.2 0 0 1-10.4 0zM10 14.4v3.2" />,
  key: (
    <path d="M7.2 12.8a4.2 4.2 0 1 1 3.4-6.7 4.2 4.2 0 0 1-3.4 6.7zM11.4 8.6H18M15.2 8.8v3M6.2 8.6h.1" />
  ),
  device: <path d="M3.2 4h13.6v9.2H3.2zM7 16.4h6M10 13.2v3.2" />,
  mail: <path d="M2.8 4.6h14.4v10.8H2.8zM3 5l7 5.6L17 5" />,
  calendar: (
    <path d="M3.5 4.8h13v11.7h-13zM3.5 8.5h13M7 2.8v3.6M13 2.8v3.6M6.5 11.3h2M11.5 11.3h2M6.5 13.8h2" />
  ),
  workflows: <path d="M3 3.5h5v4H3zM12 8h5v4h-5zM3 12.5h5v4H3zM8 5.5h2.2v4.5M8 14.5h2.2V10H12" />,
  play: <path d="M6 4v12l9.5-6z" />,
  pause: <path d="M7 4.5v11M13 4.5v11" />,
  clock: <path d="M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 6v4.2l2.8 1.6" />,
  dot: <path d="M10 11.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z" />,
  link: (
    <path d="M8.5 11.5a3 3 0 0 0 4.2 0l3-3a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-3 3a3 3 0 0 0 4.2 4.2l1-1" />
  ),
  spark: <path d="M10 2.8 11.8 8l5.2 2-5.2 2-1.8 5.2L8.2 12 3 10l5.2-2z" />,
  chart: <path d="M3.5 3.5v13h13M7 13.5v-4M10.5 13.5v-7M14 13.5v-2.5" />,
  lock: <path d="M5 9h10v7.5H5zM7 9V6.4a3 3 0 0 1 6 0V9" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof shapes;

export function Icon({ name, className = "size-5" }: { name: IconName; className?: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className={`shrink-0 ${className}`}
    >
      {shapes[name]}
    </svg>
  );
}

export const iconNames = Object.keys(shapes) as IconName[];
