/** In a viewer's place when it cannot show the file. */
import type { ReactNode } from "react";
import { useText } from "../../i18n/i18n.tsx";
import { Empty } from "../../ui/Notice.tsx";

export function ViewerFailed({ children }: { children?: ReactNode }) {
  const text = useText();
  return (
    <Empty icon="warning" title={text.document.viewerFailed}>
      {children ?? text.document.viewerFailedText}
    </Empty>
  );
}
